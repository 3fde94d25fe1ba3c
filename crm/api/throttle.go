package api

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"ringbook/crm/access"
)

// Limits are how often the API may be asked; a burst is what may come at once. They are far above what people do.
type Limits struct {
	Each, EachBurst       float64 // requests a second of one session or token
	Strange, StrangeBurst float64 // of one address, by whoever has not proved who they are
}

var usualLimits = Limits{Each: 50, EachBurst: 500, Strange: 100, StrangeBurst: 1000}

// buckets keep one limiter for each who asks, and forget those that are full again.
type buckets struct {
	limits Limits
	mu     sync.Mutex
	all    map[string]*rate.Limiter
	swept  time.Time
}

// wait says how long to wait before asking again, 0 for now.
func (b *buckets) wait(key string, known bool, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sweep(now)
	l := b.all[key]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(b.limits.Strange), int(b.limits.StrangeBurst))
		if known {
			l = rate.NewLimiter(rate.Limit(b.limits.Each), int(b.limits.EachBurst))
		}
		b.all[key] = l
	}
	if l.AllowN(now, 1) {
		return 0
	}
	return time.Duration((1 - l.TokensAt(now)) / float64(l.Limit()) * float64(time.Second))
}

func (b *buckets) sweep(now time.Time) {
	if now.Sub(b.swept) < time.Minute {
		return
	}
	b.swept = now
	for key, l := range b.all {
		if l.TokensAt(now) >= float64(l.Burst()) {
			delete(b.all, key)
		}
	}
}

// throttled answers whoever asks too often with 429 and says when to come again. Pages and their files are not counted.
func throttled(people *access.Store, limits Limits, next http.Handler) http.Handler {
	if limits == (Limits{}) {
		limits = usualLimits
	}
	b := &buckets{limits: limits, all: map[string]*rate.Limiter{}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/live" {
			key, known := people.Asker(r)
			if wait := b.wait(key, known, time.Now()); wait > 0 {
				seconds := int(math.Ceil(wait.Seconds()))
				w.Header().Set("Retry-After", strconv.Itoa(seconds))
				p := problem(http.StatusTooManyRequests)
				p.Code, p.Params = "too_many_requests", map[string]any{"seconds": seconds}
				refuse(w, p)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
