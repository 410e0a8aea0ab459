package web

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"amanah/internal/fault"
)

const (
	levelInfo  = slog.LevelInfo
	levelError = slog.LevelError
)

func str(k, v string) slog.Attr               { return slog.String(k, v) }
func num(k string, v int) slog.Attr           { return slog.Int(k, v) }
func dur(k string, v time.Duration) slog.Attr { return slog.Duration(k, v) }

// method keeps invented methods out of the log.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int
	before func(http.Header) // runs once, before the headers go
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
		w.sift()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
		w.sift()
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += n
	return n, err
}

// sift lets the shell look at the headers before they go.
func (w *recorder) sift() {
	if w.before != nil {
		w.before(w.Header())
	}
}

// Unwrap gives http.ResponseController the writer below, for streams.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// plainErrors turns the bare texts with which http.ServeMux answers an unknown
// path or a wrong method into pages of the shell.
type plainErrors struct {
	*recorder
	r       *http.Request
	swallow bool
}

func (w *plainErrors) WriteHeader(status int) {
	unknown := status == http.StatusNotFound || status == http.StatusMethodNotAllowed
	if unknown && w.r.Pattern == "" && w.status == 0 && strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		w.swallow = true
		w.Header().Del("Content-Type")
		w.Header().Del("X-Content-Type-Options")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		f := fault.New(fault.NotFound, "web.routes", "")
		if status == http.StatusMethodNotAllowed {
			f = fault.New(fault.Invalid, "web.routes", methodKey)
		}
		Fail(w.recorder, w.r, f)
		return
	}
	w.recorder.WriteHeader(status)
}

func (w *plainErrors) Write(b []byte) (int, error) {
	if w.swallow {
		return len(b), nil
	}
	return w.recorder.Write(b)
}
