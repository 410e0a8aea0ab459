package web

import (
	"container/list"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"amanah/internal/clock"
)

// Rate is a limit: so many a second in the long run, so many at once.
type Rate struct {
	PerSecond float64
	Burst     int
	// Keys is how many keys are remembered; the one unused longest is forgotten
	// first. 10,000 where 0.
	Keys int
}

// PerMinute is a limit of n a minute that may come at once.
func PerMinute(n int) Rate { return Rate{PerSecond: float64(n) / 60, Burst: n} }

// Limiter counts by key: an address, an account, a token. It keeps its keys in
// memory only, never in a log. It is safe for concurrent use.
type Limiter struct {
	clock clock.Clock
	rate  Rate
	mu    sync.Mutex
	keys  map[string]*list.Element
	order *list.List // the most recently used first
}

type bucket struct {
	key string
	lim *rate.Limiter
}

// NewLimiter makes a limiter.
func NewLimiter(c clock.Clock, r Rate) *Limiter {
	if r.Keys <= 0 {
		r.Keys = 10_000
	}
	if r.Burst <= 0 {
		r.Burst = 1
	}
	return &Limiter{clock: c, rate: r, keys: map[string]*list.Element{}, order: list.New()}
}

// Allow takes one from a key's allowance. Where none is left it takes nothing
// and says how long to wait.
func (l *Limiter) Allow(key string) (wait time.Duration, ok bool) {
	now := l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(key)
	res := b.lim.ReserveN(now, 1)
	if d := res.DelayFrom(now); !res.OK() || d > 0 {
		res.CancelAt(now)
		return d, false
	}
	return 0, true
}

// Take is Allow, and says besides how many are left and when all are again.
func (l *Limiter) Take(key string) (left int, full, wait time.Duration, ok bool) {
	wait, ok = l.Allow(key)
	now := l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	have := l.bucket(key).lim.TokensAt(now)
	missing := float64(l.rate.Burst) - have
	return max(int(have), 0), time.Duration(missing / l.rate.PerSecond * float64(time.Second)), wait, ok
}

// bucket finds the allowance of a key, or begins one.
func (l *Limiter) bucket(key string) *bucket {
	e, seen := l.keys[key]
	if !seen {
		if l.order.Len() >= l.rate.Keys {
			oldest := l.order.Back()
			b, _ := l.order.Remove(oldest).(*bucket)
			delete(l.keys, b.key)
		}
		e = l.order.PushFront(&bucket{key, rate.NewLimiter(rate.Limit(l.rate.PerSecond), l.rate.Burst)})
		l.keys[key] = e
	} else {
		l.order.MoveToFront(e)
	}
	b, _ := e.Value.(*bucket)
	return b
}

// Len is how many keys are remembered.
func (l *Limiter) Len() int { l.mu.Lock(); defer l.mu.Unlock(); return l.order.Len() }

// Throttle limits a route by a key of the request; an empty key is not limited.
func Throttle(l *Limiter, key func(*http.Request) string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if k := key(r); k != "" {
			if wait, ok := l.Allow(k); !ok {
				Fail(w, r, TooMany("web.Throttle", wait))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
