package web

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"runtime"
	"time"

	"amanah/internal/fault"
	"amanah/internal/web/i18n"
)

// policy is the content security policy of every answer. Nothing is loaded from
// another host, nothing inline runs, nothing frames a page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; manifest-src 'self'; font-src 'none'; form-action 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'"

// Handler wraps the routes: security headers, request id, log, panics, limits,
// cross-origin refusal, language. It goes around the one mux of the program.
func (s *Shell) Handler(routes http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.cfg.Clock.Now()
		s.secure(w.Header())
		st := &state{shell: s, request: s.newID(), service: s.service(r), body: r.Body,
			printer: i18n.Printer{Catalog: s.cfg.Catalog}}
		rec := &recorder{ResponseWriter: w}
		rec.Header().Set("X-Request-Id", st.request)
		r = r.WithContext(context.WithValue(r.Context(), stateKey{}, st))
		rec.before = func(h http.Header) { s.sift(h, r, st) }
		r.Body = http.MaxBytesReader(rec, r.Body, s.cfg.MaxBody)
		defer s.finish(rec, r, st, began)
		defer s.catch(rec, r, st)
		lang, zone := s.choose(rec, r)
		st.printer = i18n.Printer{Lang: lang, Zone: zone, Catalog: s.cfg.Catalog}
		if s.clients != nil && !(s.cfg.OwnLimit != nil && s.cfg.OwnLimit(r)) {
			if wait, ok := s.clients.Allow(s.ClientKey(r)); !ok {
				Fail(rec, r, TooMany("web.Handler", wait))
				return
			}
		}
		if err := s.origin.Check(r); err != nil {
			Fail(rec, r, fault.New(fault.Forbidden, "web.Handler", "").Cause(err))
			return
		}
		routes.ServeHTTP(&plainErrors{recorder: rec, r: r}, r)
	})
}

// secure sets the headers that every answer carries.
func (s *Shell) secure(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()")
	if s.cfg.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// newID is a number for the log and the error page: 8 random bytes.
func (s *Shell) newID() string {
	var b [8]byte
	if _, err := io.ReadFull(s.cfg.Rand, b[:]); err != nil {
		return "0000000000000000"
	}
	return hex.EncodeToString(b[:])
}

// catch turns a panic into the error page and logs where it was, not what it
// said: the value of a panic may hold what a person wrote.
func (s *Shell) catch(rec *recorder, r *http.Request, st *state) {
	v := recover()
	if v == nil {
		return
	}
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v)
	}
	s.cfg.Log.LogAttrs(r.Context(), levelError, "panic", str("request", st.request), str("at", panicSite()))
	if rec.status != 0 {
		panic(http.ErrAbortHandler)
	}
	Fail(rec, r, fault.New(fault.Internal, "web.Handler", ""))
}

// panicSite names the functions on the stack, the innermost first.
func panicSite() string {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	out := ""
	for {
		f, more := frames.Next()
		if f.Function != "" {
			out += f.Function + " "
		}
		if !more {
			return out
		}
	}
}

// finish writes the line of the access log: method, pattern of the route, status,
// duration, size. Never the path, the query, an address or a person.
func (s *Shell) finish(rec *recorder, r *http.Request, st *state, began time.Time) {
	took := s.cfg.Clock.Now().Sub(began)
	pattern := r.Pattern
	if st.pattern != "" {
		pattern = st.pattern
	}
	if pattern == "" {
		pattern = "none"
	}
	status := rec.status
	if status == 0 {
		rec.sift()
		status = http.StatusOK
	}
	s.cfg.Log.LogAttrs(r.Context(), levelInfo, "request", str("request", st.request), str("method", method(r)),
		str("route", pattern), num("status", status), dur("took", took), num("bytes", rec.bytes))
	if s.cfg.Observe != nil {
		s.cfg.Observe(method(r), pattern, status, took)
	}
}

// LimitBody lets a route take more, or less, than the shell's limit.
func LimitBody(n int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if st := stateOf(r.Context()); st != nil {
			r.Body = http.MaxBytesReader(w, st.body, n)
		}
		next.ServeHTTP(w, r)
	})
}

// Body is the body of a request with a route's own limit; reading over it is an
// *http.MaxBytesError.
func Body(w http.ResponseWriter, r *http.Request, n int64) io.ReadCloser {
	if st := stateOf(r.Context()); st != nil {
		return http.MaxBytesReader(w, st.body, n)
	}
	return http.MaxBytesReader(w, r.Body, n)
}

// HandlerFunc is a handler that may fail; the shell answers for it.
type HandlerFunc func(w http.ResponseWriter, r *http.Request) error

// ServeHTTP runs the handler and answers its error with Fail.
func (f HandlerFunc) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if st := stateOf(r.Context()); st != nil {
		st.pattern = r.Pattern
	}
	if err := f(w, r); err != nil {
		Fail(w, r, err)
	}
}
