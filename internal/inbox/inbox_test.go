package inbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

var config = storetest.Config{Sets: []store.Set{inbox.Tables()}, Migrations: []fs.FS{inbox.Migrations()}, Clock: clock.System{}}

// diary is a handler that writes down what it was given, in order.
type diary struct {
	mu    sync.Mutex
	order map[id.Tenant][]string
	fail  func(m inbox.Message, raw []byte) error
	seen  chan string
}

func newDiary() *diary {
	return &diary{order: map[id.Tenant][]string{}, seen: make(chan string, 10_000)}
}

func (d *diary) handle(_ context.Context, s store.Scope, m inbox.Message, raw []byte) (inbox.Apply, error) {
	return func(_ context.Context, tx *store.Tx) (inbox.Result, error) {
		if d.fail != nil {
			if err := d.fail(m, raw); err != nil {
				return inbox.Result{}, err
			}
		}
		tx.AfterCommit(func() {
			d.mu.Lock()
			d.order[s.Tenant] = append(d.order[s.Tenant], string(raw))
			d.mu.Unlock()
			d.seen <- string(raw)
		})
		return inbox.Result{State: inbox.Done, Outcome: "noted"}, nil
	}, nil
}

func open(t *testing.T, b *storetest.Bundle, d *diary) *inbox.Inbox {
	t.Helper()
	in := inbox.New(inbox.Options{Store: b.DB, Log: slog.New(slog.DiscardHandler), Scope: func(service string, tenant id.Tenant) store.Scope {
		s := b.Scope(tenant)
		s.Service = service
		return s
	}})
	in.Handle("test", "mail", d.handle)
	return in
}

func TestAccept_onceAndInOrder(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, d := context.Background(), newDiary()
		in := open(t, b, d)
		tenants := []id.Tenant{b.Tenant(), b.Tenant(), b.Tenant()}
		who := b.Subject()
		if err := in.Start(ctx); err != nil {
			t.Fatal(err)
		}
		defer in.Stop()
		const each = 20
		var all sync.WaitGroup
		for _, tenant := range tenants {
			all.Go(func() {
				for i := range each {
					for try := range 2 {
						_, fresh, err := in.Accept(ctx, inbox.In{Scope: b.Scope(tenant), Subject: who, Channel: "mail", Conversation: "a", Raw: fmt.Appendf(nil, "%03d", i)})
						if err != nil || fresh != (try == 0) {
							t.Errorf("message %d, try %d: new %v, %v", i, try, fresh, err)
						}
					}
				}
			})
		}
		all.Wait()
		for range each * len(tenants) {
			<-d.seen
		}
		for _, tenant := range tenants {
			for i, got := range d.order[tenant] {
				if want := fmt.Sprintf("%03d", i); got != want {
					t.Fatalf("place %d of the conversation has %s", i, got)
				}
			}
		}
	})
}

// What was acknowledged before a crash is handled after it.
func TestStart_takesUpWhatWaits(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, d := context.Background(), newDiary()
		large := bytes.Repeat([]byte("surat "), 100_000)
		before := open(t, b, d)
		if _, _, err := before.Accept(ctx, inbox.In{Scope: b.Scope(b.Tenant()), Subject: b.Subject(), Channel: "mail", Conversation: "a", Raw: large}); err != nil {
			t.Fatal(err)
		}
		b.Reopen(t, config)
		after := open(t, b, d)
		if err := after.Start(ctx); err != nil {
			t.Fatal(err)
		}
		defer after.Stop()
		if got := <-d.seen; got != string(large) {
			t.Errorf("%d bytes came back of %d", len(got), len(large))
		}
	})
}

func TestWork_failures(t *testing.T) {
	t.Parallel()
	c := config
	c.Clock = nil
	storetest.Both(t, c, func(t *testing.T, b *storetest.Bundle) {
		ctx, d := context.Background(), newDiary()
		tried := make(chan string, 100)
		d.fail = func(_ inbox.Message, raw []byte) error {
			tried <- string(raw)
			switch string(raw) {
			case "bad":
				return fault.New(fault.Invalid, "test", "test.reason")
			case "panic":
				panic("as a broken parser would")
			}
			return nil
		}
		in := open(t, b, d)
		s := b.Scope(b.Tenant())
		var bad id.ID
		for _, raw := range []string{"bad", "panic", "good"} {
			key, _, err := in.Accept(ctx, inbox.In{Scope: s, Subject: b.Subject(), Channel: "mail", Conversation: "a", Raw: []byte(raw)})
			if err != nil {
				t.Fatal(err)
			}
			if raw == "bad" {
				bad = key
			}
		}
		if err := in.Start(ctx); err != nil {
			t.Fatal(err)
		}
		defer in.Stop()
		counts := map[string]int{}
		for counts["bad"] < 8 || counts["panic"] < 8 || counts["good"] < 1 {
			select {
			case raw := <-tried:
				counts[raw]++
				if raw == "good" && counts["bad"] < 3 {
					t.Error("a later message passed one that was tried less than three times")
				}
			case <-time.After(50 * time.Millisecond): // nothing to do until the clock moves
				b.Manual().Add(6 * time.Hour)
			}
		}
		waitDead(t, b, s)
		err := b.Read(ctx, s, func(tx *store.Tx) error {
			m, err := store.Get[inbox.Message](ctx, tx, bad)
			if err == nil && (m.State != inbox.Dead || m.Reason != "test.reason") {
				t.Errorf("the bad message is %s for %q", m.State, m.Reason)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := in.Retry(ctx, s, bad); err != nil {
			t.Fatal(err)
		}
		for raw := range tried {
			if raw == "bad" {
				break
			}
		}
		if err := in.Retry(ctx, b.Scope(b.Tenant()), bad); !fault.Is(err, fault.NotFound) {
			t.Errorf("another tenant's retry gives %v", err)
		}
	})
}

// waitDead asks until both failing messages are given up.
func waitDead(t *testing.T, b *storetest.Bundle, s store.Scope) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	for {
		n := 0
		err := b.Read(ctx, s, func(tx *store.Tx) error {
			return tx.QueryRow(ctx, "SELECT count(*) FROM inbox_messages WHERE state = $1", []any{"dead"}, &n)
		})
		if n == 2 {
			return
		}
		if err != nil || errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Fatalf("%d dead letters, %v", n, err)
		}
	}
}
