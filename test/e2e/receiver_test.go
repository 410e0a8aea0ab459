package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// told is the body of an event as the contract has it.
type told struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	At   string `json:"at"`
	Data struct {
		ID        string  `json:"id"`
		Revision  int     `json:"revision"`
		Amount    string  `json:"amount"`
		Merchant  string  `json:"merchant"`
		Reference string  `json:"reference"`
		Sure      float64 `json:"confidence"`
	} `json:"data"`
}

// receiver is somebody's webhook target, with an independent implementation of
// the signature.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	secret *standardwebhooks.Webhook
	got    []told
	wrong  []string // what was not as promised
	status func(n int) int
	asked  int
}

func newReceiver(t testing.TB) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

// knows tells it the secret that the page showed once.
func (r *receiver) knows(t testing.TB, secret string) {
	t.Helper()
	w, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	r.secret = w
	r.mu.Unlock()
}

// ServeHTTP takes an event that is signed.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(io.LimitReader(req.Body, 1<<20))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if r.status != nil {
		if s := r.status(r.asked); s != http.StatusOK {
			if s >= 300 && s < 400 {
				w.Header().Set("Location", "http://169.254.169.254/latest/meta-data/")
			}
			w.WriteHeader(s)
			return
		}
	}
	var e told
	switch {
	case err != nil || json.Unmarshal(body, &e) != nil:
		r.wrong = append(r.wrong, "a body that is no JSON")
	case r.secret == nil || r.secret.Verify(body, req.Header) != nil:
		r.wrong = append(r.wrong, "a signature that does not hold")
		w.WriteHeader(http.StatusUnauthorized)
		return
	case req.Header.Get("webhook-id") != e.ID:
		r.wrong = append(r.wrong, "an id in the head that is not the body's")
	}
	r.got = append(r.got, e)
}

func (r *receiver) all() []told {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]told(nil), r.got...)
}

func (r *receiver) faults() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.wrong...)
}

// answer sets what the n-th request from now on gets.
func (r *receiver) answer(status func(n int) int) {
	r.mu.Lock()
	r.asked, r.status = 0, status
	r.mu.Unlock()
}

// addTarget sets a webhook up by the pages and tests it; it gives the page of
// the target.
func (v *person) addTarget(r *receiver, address string) *page {
	v.t.Helper()
	made := v.submit(v.get("/ctt/app/targets/new?kind=webhook").want(200), "/ctt/app/targets", "url", address).want(201)
	r.knows(v.t, made.code("secret"))
	return v.submit(made, "/test").want(200)
}
