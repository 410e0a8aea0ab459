package telegram_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"amanah/internal/channel/telegram"
	"amanah/internal/channel/telegram/telegramtest"
)

// pauses writes down how long a poller meant to sleep, and does not sleep.
type pauses struct {
	mu  sync.Mutex
	all []time.Duration
}

func (p *pauses) sleep(ctx context.Context, d time.Duration) error {
	p.mu.Lock()
	p.all = append(p.all, d)
	p.mu.Unlock()
	return ctx.Err()
}

// Whatever happens on the way, each update is handled in order, and those whose
// handling failed come again.
func TestPoller_losesNothing(t *testing.T) {
	t.Parallel()
	tg := telegramtest.New(t)
	rina := tg.Person("Rina")
	for _, f := range []telegramtest.Failure{{Cut: true}, {Code: 502, Page: true}, {Code: 409}, {Code: 500}, telegramtest.TooMany(40)} {
		tg.Fail("getUpdates", f)
	}
	for _, text := range []string{"satu", "dua", "tiga"} {
		rina.Text(text)
	}
	tg.Push("message", "no object") // is passed over
	tg.Push("unheard_of", map[string]any{})
	rina.Text("empat")

	ctx, stop := context.WithCancel(t.Context())
	var slept pauses
	var got []string
	failed := false
	err := telegram.Poller{Client: tg.Client(), Log: quiet, Sleep: slept.sleep, Handle: func(_ context.Context, u telegram.Update) error {
		if u.Message == nil {
			return nil
		}
		if u.Message.Text == "dua" && !failed {
			failed = true
			return errors.New("the disk is full")
		}
		if got = append(got, u.Message.Text); u.Message.Text == "empat" {
			stop()
		}
		return nil
	}}.Run(ctx)
	if err != nil || !slices.Equal(got, []string{"satu", "dua", "tiga", "empat"}) {
		t.Errorf("handled %q, %v", got, err)
	}
	if want := []time.Duration{1, 2, 4, 8, 40, 1}; !slices.EqualFunc(slept.all, want, func(a, b time.Duration) bool { return a == b*time.Second }) {
		t.Errorf("paused %v", slept.all)
	}
}

func TestPoller_pausesEnd(t *testing.T) {
	t.Parallel()
	tg := telegramtest.New(t)
	tg.Fail("getUpdates", telegramtest.Failure{Code: 500, Times: 12})
	tg.Fail("getUpdates", telegramtest.Failure{Code: 401})
	var slept pauses
	err := telegram.Poller{Client: tg.Client(), Log: quiet, Sleep: slept.sleep}.Run(t.Context())
	var e *telegram.Error
	if !errors.As(err, &e) || e.Code != http.StatusUnauthorized {
		t.Errorf("an unknown token ends with %v", err)
	}
	if n := len(slept.all); n != 12 || slept.all[n-1] != 2*time.Minute || !slices.IsSorted(slept.all) {
		t.Errorf("paused %v", slept.all)
	}
}

// turn is a lease that two nodes share.
type turn struct {
	mu    sync.Mutex
	owner string
}

type side struct {
	*turn
	name string
}

func (s side) Take(context.Context, time.Duration) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.owner == "" {
		s.owner = s.name
	}
	return s.owner == s.name, nil
}

func (s side) Give(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.owner == s.name {
		s.owner = ""
	}
	return nil
}

// One node asks; when it stops another one goes on where it was.
func TestPoller_oneOfTwo(t *testing.T) {
	t.Parallel()
	tg := telegramtest.New(t)
	rina := tg.Person("Rina")
	var shared turn
	type heard struct{ node, text string }
	in := make(chan heard, 10)
	run := func(name string) (stop func()) {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = telegram.Poller{Client: tg.Client(), Log: quiet, Lease: side{turn: &shared, name: name},
				Sleep: func(ctx context.Context, d time.Duration) error { // short, as nothing here is far away
					late := time.NewTimer(d / 1000)
					defer late.Stop()
					select {
					case <-late.C:
					case <-ctx.Done():
					}
					return ctx.Err()
				},
				Handle: func(_ context.Context, u telegram.Update) error { in <- heard{name, u.Message.Text}; return nil }}.Run(ctx)
		}()
		return func() { cancel(); <-ended }
	}
	stopA := run("a")
	rina.Text("satu")
	if h := <-in; h != (heard{"a", "satu"}) {
		t.Fatalf("heard %v", h)
	}
	stopB := run("b")
	defer stopB()
	rina.Text("dua")
	if h := <-in; h != (heard{"a", "dua"}) {
		t.Fatalf("heard %v", h)
	}
	tg.Taken()
	stopA()
	rina.Text("tiga")
	if h := <-in; h != (heard{"b", "tiga"}) {
		t.Fatalf("heard %v", h)
	}
	if n := len(tg.Calls("deleteWebhook")); n != 0 {
		t.Errorf("the two met %d times", n)
	}
}
