package api

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
)

type nonceKey struct{}

func nonceOf(r *http.Request) string {
	nonce, _ := r.Context().Value(nonceKey{}).(string)
	return nonce
}

// largestBody bounds every request's body; operations set lower bounds of their own.
const largestBody = 32 << 20

// headers puts on each answer what browsers need to be told, with a nonce for scripts and styles of our own page.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b [16]byte
		_, _ = rand.Read(b[:]) // never fails since Go 1.24
		nonce := base64.RawURLEncoding.EncodeToString(b[:])
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'nonce-"+nonce+"'; style-src 'self' 'nonce-"+nonce+"'; "+
			"img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "+
			"form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		if secure(r) { // a browser complains of it anywhere else
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
		}
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "microphone=(self), camera=(), geolocation=()")
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		r.Body = http.MaxBytesReader(w, r.Body, largestBody)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), nonceKey{}, nonce)))
	})
}

// sameOrigin refuses unsafe requests that another site's page made.
func sameOrigin(public string, next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	if u, err := url.Parse(public); err == nil && u.Host != "" {
		_ = guard.AddTrustedOrigin(u.Scheme + "://" + u.Host) // of the right form by construction
	}
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, &Problem{Type: "about:blank", Status: http.StatusForbidden, Title: http.StatusText(http.StatusForbidden), Code: "foreign_origin"})
	}))
	return guard.Handler(next)
}

// OriginAllowed says whether a websocket's opening request comes from our own page: its Origin must be there, and be
// where the browser came to, or the public address. A foreign, a null and a missing Origin are refused.
func OriginAllowed(r *http.Request, public string) bool {
	origin := r.Header.Get("Origin")
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	if p, err := url.Parse(public); err == nil && p.Host != "" && strings.EqualFold(p.Scheme+"://"+p.Host, origin) {
		return true
	}
	return strings.EqualFold(u.Host, r.Host)
}

// toTLS sends plain requests to the TLS port, those to this very machine excepted: browsers trust its own address.
func toTLS(port string, next http.Handler) http.Handler {
	if port == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := hostname(r.Host)
		switch {
		case secure(r), r.URL.Path == "/healthz", r.URL.Path == "/readyz", r.URL.Path == "/ca.crt":
			next.ServeHTTP(w, r)
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			to := url.URL{Scheme: "https", Host: net.JoinHostPort(name, port), Path: r.URL.Path, RawQuery: r.URL.RawQuery}
			if port == "443" {
				to.Host = strings.TrimSuffix(to.Host, ":443")
			}
			http.Redirect(w, r, to.String(), http.StatusPermanentRedirect)
		default: // what was sent has been read by the network already: say so, rather than repeat it
			refuse(w, &Problem{Type: "about:blank", Status: http.StatusForbidden, Title: http.StatusText(http.StatusForbidden), Code: "https_needed"})
		}
	})
}

// secure says whether the browser takes our origin for a secure one: HTTPS, ours or a proxy's on this machine, or this machine itself.
func secure(r *http.Request) bool {
	behindProxy := local(hostname(r.RemoteAddr)) && r.Header.Get("X-Forwarded-Proto") == "https"
	return r.TLS != nil || behindProxy || local(hostname(r.Host))
}

func hostname(hostport string) string {
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		return h
	}
	return strings.Trim(hostport, "[]")
}

func local(name string) bool {
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// refuse answers with a problem outside the typed API.
func refuse(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the reader may be gone; there is nobody to tell
}
