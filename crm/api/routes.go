package api

import (
	"io/fs"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"ringbook/crm/access"
)

// Slice is a room of the business with routes of its own.
type Slice interface {
	Routes(api huma.API, guard access.Guard)
}

// Options are the parts that the door opens to.
type Options struct {
	Log       *slog.Logger
	Access    *access.Store
	Slices    []Slice      // clients, calls, reports ... besides access
	Live      http.Handler // the browsers' websocket; nil: none
	Web       fs.FS        // the built web app; nil: none
	CAFile    string       // certificate of the local CA, offered at /ca.crt; empty: none
	PublicURL string       // where browsers find us, empty: wherever they came to
	TLSPort   string       // where plain requests from other machines are sent; empty: they are served
	Checks    []Check      // what /readyz asks
	Limits    Limits       // how often the API may be asked; zero: the usual ones
}

// Prefix is where the typed API begins.
const Prefix = "/api/v1"

// New mounts everything: the table of contents of what Ringbook answers.
func New(o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	mux := http.NewServeMux()
	Mount(mux, o)
	mux.HandleFunc("GET /healthz", healthz)
	mux.Handle("GET /readyz", readyz(o.Checks))
	mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, problem(http.StatusNotFound)) })
	if o.Live != nil {
		mux.Handle("GET /live", o.Live)
	}
	if o.CAFile != "" {
		mux.Handle("GET /ca.crt", certificate(o.CAFile))
	}
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) { refuse(w, problem(http.StatusNotFound)) }) // local only
	mux.Handle("/", web(o.Web))
	return logged(o.Log, headers(toTLS(o.TLSPort, sameOrigin(o.PublicURL, throttled(o.Access, o.Limits, mux)))))
}

// Mount puts the typed API on a mux and gives it, with its OpenAPI.
func Mount(mux *http.ServeMux, o Options) huma.API {
	api := humago.NewWithPrefix(mux, Prefix, config())
	api.UseMiddleware(o.Access.Middleware(api))
	guard := access.Guard{}
	o.Access.Routes(api, guard)
	for _, slice := range o.Slices {
		slice.Routes(api, guard)
	}
	nullable(api.OpenAPI())
	mux.Handle("GET "+Prefix+"/docs", docs(api.OpenAPI()))
	return api
}

func config() huma.Config {
	c := huma.DefaultConfig("Ringbook", "1")
	c.Info.Description = "Everything that the web app can do. Log in for the cookie, or send a token: `Authorization: Bearer`."
	c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", nil
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: access.Cookie, Description: "With the header X-CSRF-Token for unsafe methods"},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	return c
}
