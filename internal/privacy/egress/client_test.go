package egress

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"amanah/internal/fault"
)

// A vendor's library gets what the door lets through, and each request is a line
// of the record.
func TestClient(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "/elsewhere":
			t.Error("a redirect was followed")
		case "/huge":
			io.WriteString(w, strings.Repeat("x", 100<<10))
		default:
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
			io.WriteString(w, r.Header.Get("Authorization")+r.Header.Get("Cookie")+string(body))
		}
	}))
	defer srv.Close()
	b := &book{}
	c := New(notice{}, b, Options{AllowLoopback: true}).Client(delivery)
	for _, step := range []struct {
		path, body, want string
		status           int
	}{{"/", "one", "Bearer xone", 200}, {"/", "two", "Bearer xtwo", 200}, {"/moved", "", "", 302}} {
		req := post(t, srv.URL+step.path, step.body)
		req.Header.Set("Authorization", "Bearer x")
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != step.status || string(got) != step.want {
			t.Errorf("%s: %d %q, %v", step.path, resp.StatusCode, got, err)
		}
	}
	if _, err := c.Do(post(t, srv.URL+"/huge", "")); key(Fault("x", err)) != "egress.too_large" {
		t.Errorf("a huge answer: %v", err)
	}
	wide := delivery
	wide.MaxResponse = 1 << 20
	if resp, err := New(notice{}, &book{}, Options{AllowLoopback: true}).Client(wide).Do(post(t, srv.URL+"/huge", "")); err != nil || resp.ContentLength != 100<<10 {
		t.Errorf("a huge answer to a use that may have one: %v", err)
	}
	if got := b.outcomes(); got != "intended , sent status 200, intended , sent status 200, intended , sent egress.redirect, intended , sent egress.too_large" {
		t.Errorf("record: %s", got)
	}
}

// What the notice does not name does not leave by a library either, and what is
// told of it names no address.
func TestClient_refused(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it went out") }))
	defer srv.Close()
	use := delivery
	use.Purpose = "advertising"
	b := &book{}
	for name, c := range map[string]struct {
		client *http.Client
		to     string
		key    string
	}{
		"not named":  {New(notice{}, b, Options{AllowLoopback: true}).Client(use), srv.URL, "egress.refused_by_notice"},
		"private":    {New(notice{}, b, Options{}).Client(delivery), strings.Replace(srv.URL, "http://", "https://", 1), "egress.private_address"},
		"not secret": {New(notice{}, b, Options{}).Client(delivery), srv.URL, "egress.insecure"},
	} {
		_, err := c.client.Do(post(t, c.to+"/bot12345:secret/send", "x"))
		told := Fault("vendor.Send", err)
		if key(told) != c.key || strings.Contains(told.Error(), "secret") || strings.Contains(told.Error(), "127.0.0.1") {
			t.Errorf("%s: %v", name, told)
		}
	}
}

func TestFault(t *testing.T) {
	t.Parallel()
	if Fault("x", nil) != nil {
		t.Error("no error became one")
	}
	odd := &url.Error{Op: "Post", URL: "https://api.example/bot1:secret", Err: errors.New("not JSON")}
	if f := fault.Of(Fault("x", odd)); f.Code != fault.Unavailable || f.Key != "egress.answer" || strings.Contains(f.Error(), "secret") {
		t.Errorf("%v", f)
	}
}
