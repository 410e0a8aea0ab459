package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/capture/mailbox"
	"amanah/internal/channel/imap"
	"amanah/internal/channel/imap/imaptest"
	"amanah/internal/clock"
	"amanah/internal/extract/email"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

var config = storetest.Config{
	Sets:       []store.Set{inbox.Tables(), mailbox.Tables()},
	Migrations: []fs.FS{inbox.Migrations(), mailbox.Migrations()},
	Clock:      clock.System{},
}

type rig struct {
	*storetest.Bundle
	*mailbox.Service
	t      testing.TB
	server *imaptest.Server
	door   *door
	inbox  *gate
	told   chan string
	home   id.Tenant
	tenant id.Tenant
	person id.Subject
}

// door counts connections.
type door struct {
	mu sync.Mutex
	n  int
	by []egress.Use
	up int // connections that are not closed
}

// line is a connection that the door counts.
type line struct {
	net.Conn
	once sync.Once
	d    *door
}

func (l *line) Close() error {
	l.once.Do(func() { l.d.mu.Lock(); l.d.up--; l.d.mu.Unlock() })
	return l.Conn.Close()
}

func (d *door) open() int { d.mu.Lock(); defer d.mu.Unlock(); return d.up }

func (d *door) DialContext(u egress.Use) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		d.mu.Lock()
		d.n, d.by = d.n+1, append(d.by, u)
		d.mu.Unlock()
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		d.mu.Lock()
		d.up++
		d.mu.Unlock()
		return &line{Conn: c, d: d}, nil
	}
}

func (d *door) count() int { d.mu.Lock(); defer d.mu.Unlock(); return d.n }

// gate is an inbox that a test can have fail after it kept a mail, as a kill
// between the two commits would.
type gate struct {
	*inbox.Inbox
	mu    sync.Mutex
	kill  int
	calls int
}

var errKilled = errors.New("killed")

func (g *gate) Accept(ctx context.Context, in inbox.In) (id.ID, bool, error) {
	key, fresh, err := g.Inbox.Accept(ctx, in)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.calls++; err == nil && g.kill > 0 && g.calls%g.kill == 0 {
		return key, fresh, errKilled
	}
	return key, fresh, err
}

func newRig(t *testing.T, b *storetest.Bundle) *rig {
	r := &rig{Bundle: b, t: t, server: imaptest.Start(t), door: &door{}, told: make(chan string, 10), home: b.Tenant(), tenant: b.Tenant(), person: b.Subject()}
	x, err := email.New()
	if err != nil {
		t.Fatal(err)
	}
	r.inbox = &gate{Inbox: inbox.New(inbox.Options{Store: b.DB, Log: slog.New(slog.DiscardHandler), Scope: func(string, id.Tenant) store.Scope { return r.scope() }})}
	r.Service = r.node(x)
	return r
}

func (r *rig) node(x *email.Extractor) *mailbox.Service {
	s := mailbox.New(mailbox.Options{Store: r.DB, Inbox: r.inbox, Door: r.door, Known: x.Known, Slug: "ctt", Home: r.home, Loopback: true, RootCAs: r.server.CAs, Look: 50 * time.Millisecond, Poll: 10 * time.Second,
		Prove: func(context.Context, []byte, string) email.Auth { return email.Auth{DKIM: "none"} },
		Told: func(_ context.Context, tx *store.Tx, m *mailbox.Mailbox) error {
			reason := m.Reason
			tx.AfterCommit(func() { r.told <- reason })
			return nil
		}})
	ctx, stop := context.WithCancel(context.Background())
	s.Start(ctx)
	r.t.Cleanup(func() { stop(); s.Stop() })
	return s
}

func (r *rig) scope() store.Scope {
	return store.Scope{Tenant: r.tenant, Home: r.home, Service: "ctt", Actor: store.Actor{Kind: "person", ID: id.ID(r.person)}, Purpose: "capture"}
}

func (r *rig) entry() mailbox.Entry {
	return mailbox.Entry{Host: "127.0.0.1", Port: r.server.TLSPort, Security: imap.TLS, User: "rina@example.com", Password: "first-secret"}
}

func (r *rig) connect(e mailbox.Entry) id.ID {
	r.t.Helper()
	key, err := r.Connect(context.Background(), r.scope(), r.person, e)
	if err != nil {
		r.t.Fatal(err)
	}
	return key
}

func (r *rig) get(key id.ID) *mailbox.Mailbox {
	r.t.Helper()
	m, err := r.Get(context.Background(), r.tenant, r.person, key)
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

// until asks again and again until something holds.
func (r *rig) until(what string, holds func() bool) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			r.t.Fatalf("not within a minute: %s", what)
		case <-tick.C:
		}
	}
}

func (r *rig) kept() (n int) {
	r.t.Helper()
	err := r.Read(context.Background(), r.scope(), func(tx *store.Tx) error {
		return tx.QueryRow(context.Background(), "SELECT COUNT(*) FROM inbox_messages WHERE tenant_id = $1", []any{tx.Tenant()}, &n)
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

func (r *rig) drop(n int, from string) {
	r.server.Drop("rina@example.com", fmt.Sprintf("From: <%s>\r\nSubject: Transaksi\r\nMessage-ID: <%d@test>\r\n\r\nHello %d\r\n", from, n, n))
}

func (r *rig) read(key id.ID) func() bool {
	return func() bool { return !r.get(key).SeenAt.IsZero() }
}

// New mails of banks arrive by IDLE; a private mail is never kept; what was there
// before is not read unless the person asked for it.
func TestRead(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		r := newRig(t, b)
		r.drop(1, "bca@klikbca.com")
		e := r.entry()
		e.Senders = "toko@warung.example, langganan.example"
		key := r.connect(e)
		r.until("read once", r.read(key))
		if n := r.kept(); n != 0 {
			t.Errorf("%d mails that were there before", n)
		}
		for n, from := range []string{"dewi@friend.example", "bca@klikbca.com", "toko@warung.example", "x@mail.langganan.example", "toko@warung.example.evil.example", "rina@gmail.com"} {
			r.drop(10+n, from)
		}
		r.until("three mails by IDLE", func() bool { return r.kept() == 3 })
		r.until("read to the end", func() bool { return r.get(key).LastUID == 7 })
		if m := r.get(key); m.Kept != 3 || r.kept() != 3 || m.State != mailbox.Active {
			t.Errorf("%d kept", m.Kept)
		}
		if u := r.door.by[0]; u.Recipient.Key != "mailbox" || u.Purpose != "capture" || u.Subject != r.person {
			t.Errorf("the door was told %+v", u)
		}
		// A huge mail is passed over, and those behind it arrive.
		r.server.Drop("rina@example.com", "From: bca@klikbca.com\r\n\r\n"+strings.Repeat("x", 11<<20))
		r.drop(30, "bca@klikbca.com")
		r.until("the mail behind a huge one", func() bool { return r.kept() == 4 })
		if m := r.get(key); m.TooLarge != 1 {
			t.Errorf("%d too large", m.TooLarge)
		}
	})
}

func TestRead_passwordChanged(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.Open(t, "sqlite", config))
	key := r.connect(r.entry())
	r.until("read once", r.read(key))
	r.server.SetPassword("rina@example.com", "second-secret")
	r.server.Stop()
	r.server.Restart()
	r.until("paused", func() bool { return r.get(key).State == mailbox.Paused })
	if why := <-r.told; why != "imap.login" || r.get(key).Reason != "imap.login" {
		t.Errorf("told %q", why)
	}
	tries := r.door.count()
	r.drop(1, "bca@klikbca.com")
	if err := r.NewPassword(context.Background(), r.get(key), "wrong"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a wrong new password: %v", err)
	}
	if n := r.door.count(); n != tries+1 || len(r.told) != 0 || r.get(key).State != mailbox.Paused {
		t.Errorf("%d tries with a refused password, %d more notices", n-tries-1, len(r.told))
	}
	if err := r.NewPassword(context.Background(), r.get(key), "second-secret"); err != nil {
		t.Fatal(err)
	}
	r.until("nothing lost meanwhile", func() bool { return r.kept() == 1 })
}

func TestRead_renumbered(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.Open(t, "sqlite", config))
	key := r.connect(r.entry())
	r.until("read once", r.read(key))
	for n := range 5 {
		r.drop(n, "bca@klikbca.com")
	}
	r.until("five mails", func() bool { return r.kept() == 5 })
	was := r.get(key).Validity
	r.server.Stop()
	r.server.Renumber("rina@example.com")
	for n := range 3 {
		r.drop(100+n, "bca@klikbca.com")
	}
	r.server.Restart()
	r.until("the new ones too", func() bool { return r.kept() >= 8 && r.get(key).Validity != was })
	r.until("read to the end", func() bool { return r.get(key).LastUID == 8 })
	if n := r.kept(); n != 8 {
		t.Errorf("%d mails kept of 8", n)
	}
}

// A worker that dies between keeping a mail and noting it begins there again.
func TestRead_killed(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.Open(t, "sqlite", config))
	r.inbox.kill = 4
	for n := range 12 {
		r.drop(n, "bca@klikbca.com")
	}
	e := r.entry()
	e.Days = 7
	key := r.connect(e)
	r.until("killed once", func() bool { return r.get(key).Failures > 0 })
	r.inbox.mu.Lock()
	r.inbox.kill = 0
	r.inbox.mu.Unlock()
	if err := r.Resume(context.Background(), r.get(key)); err != nil {
		t.Fatal(err)
	}
	r.until("all of them", func() bool { return r.get(key).LastUID == 12 })
	if n := r.kept(); n != 12 {
		t.Errorf("%d mails kept of 12", n)
	}
}

// Two nodes share the mailboxes: one reads, the other takes over.
func TestRead_nodes(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		r := newRig(t, b)
		x, err := email.New()
		if err != nil {
			t.Fatal(err)
		}
		second := r.node(x)
		key := r.connect(r.entry())
		r.until("read once", r.read(key))
		r.Stop()
		r.drop(1, "bca@klikbca.com")
		r.until("the second node reads on", func() bool { return r.kept() == 1 })
		if err := second.Disconnect(context.Background(), r.get(key)); err != nil {
			t.Fatal(err)
		}
		r.drop(2, "bca@klikbca.com")
		if _, err := r.Get(context.Background(), r.tenant, r.person, key); !fault.Is(err, fault.NotFound) {
			t.Errorf("after disconnecting: %v", err)
		}
	})
}

// Who leaves, and a workspace that is closed, have their mailboxes read no more:
// nothing that comes afterwards is kept, on the node that was told and on another.
func TestForget(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		ctx, r := context.Background(), newRig(t, b)
		for name, forget := range map[string]func(*mailbox.Service) error{
			"person":    func(s *mailbox.Service) error { return s.ForgetPerson(ctx, r.person) },
			"workspace": func(s *mailbox.Service) error { return s.Forget(ctx, r.tenant) },
		} {
			for where, told := range map[string]func() *mailbox.Service{
				"here": func() *mailbox.Service { return r.Service },
				"on another node": func() *mailbox.Service {
					return mailbox.New(mailbox.Options{Store: r.DB, Inbox: r.inbox, Door: r.door, Slug: "ctt", Home: r.home})
				},
			} {
				key := r.connect(r.entry())
				r.until("read", r.read(key))
				was := r.kept()
				if err := forget(told()); err != nil {
					t.Fatal(err)
				}
				r.drop(1, "bca@klikbca.com")
				r.until("the worker ended", func() bool { return r.door.open() == 0 })
				if n := r.kept(); n != was {
					t.Errorf("%s, %s: %d mails kept after it was forgotten", name, where, n-was)
				}
				if _, err := r.Get(ctx, r.tenant, r.person, key); !fault.Is(err, fault.NotFound) {
					t.Errorf("%s, %s: the mailbox is still there: %v", name, where, err)
				}
			}
		}
	})
}

func TestConnect_refused(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.Open(t, "sqlite", config))
	for name, c := range map[string]struct {
		change     func(*mailbox.Entry)
		field, key string
	}{
		"wrong password":    {func(e *mailbox.Entry) { e.Password = "no" }, "password", "imap.login"},
		"no folder":         {func(e *mailbox.Entry) { e.Folder = "Nowhere" }, "folder", "imap.folder"},
		"no host":           {func(e *mailbox.Entry) { e.Host = "a b" }, "host", "mailbox.host.invalid"},
		"no TLS there":      {func(e *mailbox.Entry) { e.Port = r.server.Port }, "host", "imap.not_imap"},
		"all of a freemail": {func(e *mailbox.Entry) { e.Senders = "gmail.com" }, "senders", "mailbox.senders.invalid"},
		"a wild card":       {func(e *mailbox.Entry) { e.Senders = "*.example" }, "senders", "mailbox.senders.invalid"},
	} {
		e := r.entry()
		c.change(&e)
		_, err := r.Connect(context.Background(), r.scope(), r.person, e)
		f := fault.Of(err)
		if err == nil || f.Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, err := r.List(context.Background(), r.tenant, r.person); err != nil || len(all) != 0 {
		t.Errorf("%d mailboxes of refused entries, %v", len(all), err)
	}
	key := r.connect(r.entry())
	if _, err := r.Connect(context.Background(), r.scope(), r.person, r.entry()); !fault.Is(err, fault.Invalid) {
		t.Errorf("the same again: %v", err)
	}
	if _, err := r.Get(context.Background(), r.tenant, r.Subject(), key); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger got %v", err)
	}
}
