package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"sync"
	"time"
)

// Check is one part that must work for us to be ready. Detail, which may be empty, is shown also when all is well.
type Check struct {
	Name string
	Run  func(ctx context.Context) (detail string, err error)
}

// Warning is what a check says of a part that works and soon will not: it is shown, and we are ready.
type Warning string

func (w Warning) Error() string { return string(w) }

const checkTime = 3 * time.Second

type checked struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Detail  string `json:"detail,omitempty"`
	Warning string `json:"warning,omitempty"`
	Error   string `json:"error,omitempty"`
}

// healthz says that the process serves.
func healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// readyz asks all parts at once and says which is missing: 200 when all are there, else 503.
func readyz(checks []Check) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), checkTime)
		defer cancel()
		answers := make([]checked, len(checks))
		var all sync.WaitGroup
		for i, c := range checks {
			all.Go(func() {
				detail, err := c.Run(ctx)
				answers[i] = checked{Name: c.Name, OK: err == nil, Detail: detail}
				if warning, soon := errors.AsType[Warning](err); soon {
					answers[i].OK, answers[i].Warning = true, warning.Error()
				} else if err != nil {
					answers[i].Error = err.Error()
				}
			})
		}
		all.Wait()
		status := http.StatusOK
		for _, a := range answers {
			if !a.OK {
				status = http.StatusServiceUnavailable
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"ready": status == http.StatusOK, "checks": answers})
	})
}

// certificate serves the local CA's certificate, for other machines to trust.
func certificate(file string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		pem, err := os.ReadFile(file)
		if err != nil {
			refuse(w, problem(http.StatusNotFound))
			return
		}
		w.Header().Set("Content-Type", "application/x-x509-ca-cert")
		w.Header().Set("Content-Disposition", `attachment; filename="ringbook-ca.crt"`)
		_, _ = w.Write(pem)
	})
}
