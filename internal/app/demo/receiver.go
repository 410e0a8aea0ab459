package demo

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"strings"
	"sync"

	"amanah/internal/clock"
)

// Receiver is a stranger's server for the demo: it takes webhooks and shows the
// last ones as they came.
type Receiver struct {
	clock clock.Clock
	mu    sync.Mutex
	last  []string
	total int
}

// NewReceiver makes an empty one.
func NewReceiver(c clock.Clock) *Receiver { return &Receiver{clock: c} }

// shown is how many deliveries the page has.
const shown = 20

// Take answers 204 to what comes.
func (r *Receiver) Take() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(io.LimitReader(req.Body, 64<<10))
		if err != nil {
			http.Error(w, "broken body", http.StatusBadRequest)
			return
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s\n", r.clock.Now().In(clock.WIB).Format("2006-01-02 15:04:05 MST"))
		for _, h := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
			fmt.Fprintf(&b, "%s: %s\n", h, req.Header.Get(h))
		}
		b.Write(body)
		r.mu.Lock()
		r.total++
		r.last = append([]string{b.String()}, r.last[:min(len(r.last), shown-1)]...)
		r.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	})
}

// Page lists them, newest first.
func (r *Receiver) Page() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		w.Header().Set("Refresh", "2")
		fmt.Fprintf(w, "<!DOCTYPE html><html lang=\"en\"><title>Webhook receiver</title><h1>%d deliveries</h1>", r.total)
		for _, one := range r.last {
			fmt.Fprintf(w, "<pre>%s</pre><hr>", html.EscapeString(one))
		}
	})
}
