package rest

import (
	"fmt"
	"net/http"
	"time"

	"amanah/internal/fault"
	"amanah/internal/web"
)

// Quota is a limit: so many calls in a window. They may come at once; the quota
// then fills again evenly.
type Quota struct {
	Calls  int
	Window time.Duration
}

func (q Quota) rate() web.Rate {
	return web.Rate{PerSecond: float64(q.Calls) / q.Window.Seconds(), Burst: q.Calls}
}

// Limits are the quotas of each node.
type Limits struct {
	Address Quota // of one network address, before the token is looked up
	Token   Quota
}

func (l Limits) filled() Limits {
	if l.Address.Calls == 0 {
		l.Address = Quota{3000, 30 * time.Second}
	}
	if l.Token.Calls == 0 {
		l.Token = Quota{1200, 20 * time.Second}
	}
	return l
}

// admitAddress takes a call from the allowance of an address.
func (a *API) admitAddress(w http.ResponseWriter, r *http.Request) bool {
	return a.admit(w, r, a.addresses, "address", web.AddressKey(r))
}

// admit takes a call from an allowance, says in the header fields of
// draft-ietf-httpapi-ratelimit-headers what is left, and refuses where nothing is.
func (a *API) admit(w http.ResponseWriter, r *http.Request, l *web.Limiter, name, key string) bool {
	left, full, wait, ok := l.Take(key)
	w.Header().Set("RateLimit-Policy", fmt.Sprintf(`"address";q=%d;w=%d, "token";q=%d;w=%d`,
		a.cfg.Limits.Address.Calls, int(a.cfg.Limits.Address.Window.Seconds()), a.cfg.Limits.Token.Calls, int(a.cfg.Limits.Token.Window.Seconds())))
	w.Header().Set("RateLimit", fmt.Sprintf(`%q;r=%d;t=%s`, name, left, seconds(full)))
	if ok {
		return true
	}
	w.Header().Set("Retry-After", seconds(max(wait, time.Second)))
	a.problem(w, r, code(fault.TooMany), nil)
	return false
}
