package capture_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"amanah/internal/capture"
	"amanah/internal/capture/learning"
	"amanah/internal/clock"
	"amanah/internal/extract/email"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/job"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
)

var config = storetest.Config{
	Sets:       []store.Set{ledger.Tables(), inbox.Tables(), capture.Tables(), learning.Tables()},
	Migrations: []fs.FS{ledger.Migrations(), inbox.Migrations(), capture.Migrations(), learning.Migrations()},
}

// rig is a service over a store, with everything outside of it at hand.
type rig struct {
	*storetest.Bundle
	*capture.Service
	t      testing.TB
	mails  *mails
	jobs   *jobs
	door   *door
	home   id.Tenant
	tenant id.Tenant
	person id.Subject
	auth   email.Auth // of the next mails
}

func newRig(t testing.TB, b *storetest.Bundle) *rig {
	r := &rig{Bundle: b, t: t, mails: &mails{by: map[string]email.Result{}}, jobs: &jobs{}, door: &door{status: 204}, auth: email.Auth{DKIM: "pass", SPF: "none", DMARC: "none", ARC: "none"}, home: b.Tenant(), tenant: b.Tenant(), person: b.Subject()}
	r.Service = capture.New(capture.Options{Store: b.DB, Extractor: r.mails, Jobs: r.jobs, Inbox: inbox.New(inbox.Options{Store: b.DB, Log: slog.New(slog.DiscardHandler), Scope: func(_ string, t id.Tenant) store.Scope { return r.scopeOf(t) }}), Door: r.door, Rand: rand.Reader, Domain: "agent.example.com", Slug: "ctt", Home: r.home,
		Owns: func(_ context.Context, _ store.Scope, _ id.Subject, a string) (bool, error) {
			return a == "rina@example.com", nil
		}})
	return r
}

// both runs a test over a rig on each engine.
func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) { f(t, newRig(t, b)) })
}

func (r *rig) scope() store.Scope { return r.scopeOf(r.tenant) }

func (r *rig) scopeOf(tenant id.Tenant) store.Scope {
	return store.Scope{Tenant: tenant, Home: r.home, Service: "ctt", Actor: store.Actor{Kind: "person", ID: id.ID(r.person)}, Purpose: "capture"}
}

func (r *rig) write(f func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.Write(context.Background(), r.scope(), f); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) read(f func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.Read(context.Background(), r.scope(), f); err != nil {
		r.t.Fatal(err)
	}
}

// mail hands a new message with this result to HandleMail and applies it.
func (r *rig) mail(res email.Result) inbox.Result {
	r.t.Helper()
	return r.handle(r.message(res))
}

func (r *rig) message(res email.Result) inbox.Message {
	m := inbox.Message{Subject: r.person, ReceivedAt: clock.At(r.Clock.Now()), Auth: vault.Seal(capture.FormatAuth(r.auth))}
	m.ID = r.IDs.New()
	r.mails.set(m.ID.String(), res)
	return m
}

func (r *rig) handle(m inbox.Message) inbox.Result {
	r.t.Helper()
	out, err := r.tryHandle(m)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

func (r *rig) tryHandle(m inbox.Message) (out inbox.Result, err error) {
	ctx := context.Background()
	apply, err := r.HandleMail(ctx, r.scope(), m, []byte(m.ID.String()))
	if err != nil {
		return out, err
	}
	err = r.Write(ctx, r.scope(), func(tx *store.Tx) error { out, err = apply(ctx, tx); return err })
	return out, err
}

// all reads every transaction, the oldest first.
func (r *rig) all() []capture.View {
	r.t.Helper()
	var out []capture.View
	for _, st := range []capture.State{"", capture.Rejected} {
		if err := r.Each(context.Background(), r.scope(), capture.Query{State: st, Asc: true}, func(v capture.View) error { out = append(out, v); return nil }); err != nil {
			r.t.Fatal(err)
		}
	}
	return out
}

// target adds a target and has it verified.
func (r *rig) target() id.ID {
	r.t.Helper()
	var key id.ID
	r.write(func(tx *store.Tx) (err error) {
		key, _, err = r.AddTarget(context.Background(), tx, r.person, "https://hook.example.com/in", "")
		return err
	})
	if status, why, err := r.Test(context.Background(), r.scope(), key); err != nil || why != "" {
		r.t.Fatalf("the test delivery gave %d %s %v", status, why, err)
	}
	return key
}

// kopi is a plain purchase, and a change of it.
func kopi(change ...func(*email.Transaction)) email.Transaction {
	t := email.Transaction{Status: "success", Direction: "out", Amount: money.Amount{Minor: 15250000, Currency: money.IDR}, Fee: money.Amount{Minor: 250000, Currency: money.IDR},
		At: time.Date(2026, 11, 22, 5, 31, 5, 0, time.UTC), AtPrecision: "second", Merchant: "Kopi Tuku", Issuer: "BCA", AccountLast: "1234", AccountName: "Rina Maharani",
		Channel: "qris", Reference: "REF-77120", Category: "food_drink", Confidence: 0.98}
	for _, c := range change {
		c(&t)
	}
	return t
}

// genuine is a verified mail of these transactions.
func genuine(inner string, ts ...email.Transaction) email.Result {
	return email.Result{Kind: email.KindTransaction, Transactions: ts, Issuer: "BCA", Rule: "bca/qris@1", InnerMessageID: inner, Sender: email.Sender{Domain: "bca.co.id", DKIM: "pass", Trust: email.TrustVerified}}
}

// mails is an extractor that knows its results ahead.
type mails struct {
	mu  sync.Mutex
	by  map[string]email.Result
	err error
}

func (m *mails) set(key string, res email.Result) { m.mu.Lock(); m.by[key] = res; m.mu.Unlock() }

func (m *mails) Extract(raw []byte, _ email.Options) (email.Result, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.by[string(raw)], m.err
}

// jobs keeps what was put in by transactions that committed.
type jobs struct {
	mu    sync.Mutex
	tasks []planned
}

type planned struct {
	job.Task
	at time.Time
}

func (j *jobs) Enqueue(_ context.Context, tx *store.Tx, t job.Task, at time.Time) error {
	tx.AfterCommit(func() { j.mu.Lock(); j.tasks = append(j.tasks, planned{t, at}); j.mu.Unlock() })
	return nil
}

func (j *jobs) take() []planned {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := j.tasks
	j.tasks = nil
	return out
}

// door answers what it is told and keeps what was sent.
type door struct {
	mu     sync.Mutex
	status int
	err    error
	sent   []*http.Request
	uses   []egress.Use
}

func (d *door) Do(_ context.Context, u egress.Use, req *http.Request) (*egress.Response, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent, d.uses = append(d.sent, req), append(d.uses, u)
	if d.err != nil {
		return nil, d.err
	}
	return &egress.Response{Status: d.status}, nil
}

// Client is the door as a protocol's own client.
func (d *door) Client(u egress.Use) *http.Client {
	return &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		got, err := d.Do(req.Context(), u, req)
		if got == nil {
			return nil, err
		}
		return &http.Response{StatusCode: got.Status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(got.Body)), Request: req}, nil
	})}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (d *door) count() int { d.mu.Lock(); defer d.mu.Unlock(); return len(d.sent) }

func openSQLite(t testing.TB) *storetest.Bundle { return storetest.Open(t, "sqlite", config) }
