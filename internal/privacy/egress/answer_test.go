package egress

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestDo_badAnswers(t *testing.T) {
	t.Parallel()
	hang := func(r *http.Request) { <-r.Context().Done() }
	tests := map[string]struct {
		answer http.HandlerFunc
		key    string
		status int // of the Response beside the fault; 0: none
		record string
	}{
		"never answers": {func(_ http.ResponseWriter, r *http.Request) { hang(r) }, "egress.slow", 0, Unknown},
		"stops in the middle": {func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "half")
			w.(http.Flusher).Flush()
			hang(r)
		}, "egress.slow", 200, Sent},
		"drips": {func(w http.ResponseWriter, r *http.Request) {
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(".")); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				<-tick.C
			}
		}, "egress.slow", 200, Sent},
		"never ends": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 4096)); err != nil {
					return
				}
			}
		}, "egress.too_large", 200, Sent},
		"huge header": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Big", strings.Repeat("x", 100<<10))
		}, "egress.too_large", 0, Unknown},
		"gzip bomb stays packed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "not unpacked")
		}, "", 200, Sent},
		"says no": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "", 500, Sent},
		"hangs up": {func(w http.ResponseWriter, _ *http.Request) {
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Close()
		}, "egress.unreachable", 0, Unknown},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				// The server notices that the client left only once the body is read.
				io.Copy(io.Discard, r.Body)
				tc.answer(w, r)
			}))
			defer srv.Close()
			b := &book{}
			d := New(notice{}, b, Options{AllowLoopback: true, Timeout: 300 * time.Millisecond})
			resp, err := d.Do(context.Background(), delivery, post(t, srv.URL, "x"))
			if key(err) != tc.key || (resp == nil) != (tc.status == 0) || resp != nil && resp.Status != tc.status {
				t.Errorf("%+v, %v", resp, err)
			}
			if resp != nil && len(resp.Body) > 64<<10 {
				t.Errorf("%d bytes kept", len(resp.Body))
			}
			if got := b.lines[len(b.lines)-1].Outcome; got != tc.record {
				t.Errorf("record: %s, want %s", got, tc.record)
			}
		})
	}
}

func TestDo_slowHeadersAreCut(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		for err == nil {
			_, err = io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
		}
	}()
	d := New(notice{}, &book{}, Options{AllowLoopback: true, Timeout: 2 * time.Second})
	_, err = d.Do(context.Background(), delivery, post(t, "http://"+l.Addr().String(), "x"))
	if k := key(err); k != "egress.too_large" && k != "egress.slow" {
		t.Errorf("endless interim answers: %v", err)
	}
}

// A use may be more patient than the door, and less.
func TestDo_patience(t *testing.T) {
	t.Parallel()
	let := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		select {
		case <-let:
		case <-r.Context().Done():
		}
		io.WriteString(w, "late")
	}))
	defer srv.Close()
	d := New(notice{}, &book{}, Options{AllowLoopback: true, Timeout: 10 * time.Millisecond})
	long, short := delivery, delivery
	long.Timeout, short.Timeout = time.Minute, time.Millisecond
	if _, err := d.Do(context.Background(), short, post(t, srv.URL, "x")); key(err) != "egress.slow" {
		t.Errorf("a short question: %v", err)
	}
	answered := make(chan error, 1)
	go func() {
		_, err := d.Do(context.Background(), long, post(t, srv.URL, "x"))
		answered <- err
	}()
	// The door's own time is over for the question that came after this one.
	if _, err := d.Do(context.Background(), delivery, post(t, srv.URL, "x")); key(err) != "egress.slow" {
		t.Errorf("the door's own time: %v", err)
	}
	close(let)
	if err := <-answered; err != nil {
		t.Errorf("a long question: %v", err)
	}
}
