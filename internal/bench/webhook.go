package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"amanah/internal/app"
	"amanah/internal/extract/email"
)

// webhook measures how long it takes from the moment that a mail is accepted
// until its transaction reaches the person's own target, one mail at a time.
func webhook(ctx context.Context, o Options, database string) (*Result, error) {
	t, done, err := running(ctx, o, database)
	if err != nil {
		return nil, err
	}
	defer done()
	got := make(chan time.Time, 100)
	url, end, err := receive(ctx, o, got)
	if err != nil {
		return nil, err
	}
	defer end()
	if err := t.Target(ctx, url); err != nil {
		return nil, err
	}
	<-got // the test
	mails, err := transactions(app.LiveMails(now, 200))
	if err != nil {
		return nil, err
	}
	var bare, accepted, whole []time.Duration
	for i, raw := range mails {
		began := o.Clock.Now()
		if err := post(ctx, url); err != nil {
			return nil, err
		}
		bare = append(bare, (<-got).Sub(began))
		began = o.Clock.Now()
		// Several senders, because one alone may not send so many in a minute.
		if err := t.Submit(ctx, fmt.Sprintf("bank-%d@bank.example", i%9), raw); err != nil {
			return nil, err
		}
		taken := o.Clock.Now()
		select {
		case at := <-got:
			accepted, whole = append(accepted, max(0, at.Sub(taken))), append(whole, at.Sub(began))
		case <-time.After(20 * time.Second):
			return nil, fmt.Errorf("mail %d of %d did not reach the target in 20 s", i+1, len(mails))
		}
	}
	r := &Result{Engine: t.Engine(), Baseline: "posting a body of the same size straight to the receiver"}
	base := quantile(bare, 0.5)
	r.add("baseline p50", milliseconds(base), "ms", 1)
	for _, s := range []struct {
		name string
		of   []time.Duration
	}{{"accepted to received", accepted}, {"first byte to received", whole}} {
		for _, q := range []float64{0.5, 0.99} {
			v := quantile(s.of, q)
			r.add(fmt.Sprintf("%s p%g", s.name, q*100), milliseconds(v), "ms", float64(base)/float64(v))
		}
	}
	r.add("mails", float64(len(mails)), "mails", 0)
	seen := milliseconds(quantile(whole, 0.99))
	r.goal("p99 within the two seconds that a person is promised", seen, seen < 2000)
	return r, nil
}

// transactions are the mails that are booked at once, and so announced.
func transactions(all [][]byte) ([][]byte, error) {
	x, err := email.New()
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for _, raw := range all {
		r, err := x.Extract(raw, email.Options{})
		if err != nil {
			return nil, err
		}
		if r.Kind == email.KindTransaction && r.Reason == "" {
			out = append(out, raw)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no mail of the demo is a transaction")
	}
	return out, nil
}

// receive is a target on this machine that notes when something came.
func receive(ctx context.Context, o Options, got chan<- time.Time) (url string, end func(), err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := o.Clock.Now()
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNoContent)
		got <- at
	})}
	go func() { _ = s.Serve(l) }()
	return "http://" + l.Addr().String() + "/hook", func() { _ = s.Close() }, nil
}

// client speaks only with what the benchmark started on this machine, so it need
// not go through the door out.
var client = &http.Client{Timeout: 5 * time.Second}

func post(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(make([]byte, 600)))
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
