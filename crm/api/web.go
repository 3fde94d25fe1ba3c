package api

import (
	"bytes"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// NoncePlaceholder stands in the built index.html wherever the nonce of the content security policy belongs.
const NoncePlaceholder = "__CSP_NONCE__"

const notBuilt = "The web app is not built into this binary: run deploy/build.\n"

// web serves the files of the built web app; every other path is a page of the app, which finds its way itself.
func web(files fs.FS) http.Handler {
	if files == nil {
		return http.HandlerFunc(noApp)
	}
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return http.HandlerFunc(noApp)
	}
	static := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			refuse(w, problem(http.StatusMethodNotAllowed))
			return
		}
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if info, err := fs.Stat(files, name); err == nil && !info.IsDir() && name != "index.html" {
			if strings.HasPrefix(name, "assets/") { // their names change with their bytes
				w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			} else {
				w.Header().Set("Cache-Control", "no-cache")
			}
			static.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(name, "assets/") { // a page of an older build: no app where a script was wanted
			refuse(w, problem(http.StatusNotFound))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(bytes.ReplaceAll(index, []byte(NoncePlaceholder), []byte(nonceOf(r))))
	})
}

func noApp(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, notBuilt, http.StatusNotFound)
}
