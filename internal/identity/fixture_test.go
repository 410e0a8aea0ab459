package identity_test

import (
	"context"
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"sync"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/identity/factor"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
)

var config = storetest.Config{
	Sets:       []store.Set{tenant.Tables(), identity.Tables(), factor.Tables()},
	Migrations: []fs.FS{tenant.Migrations(), identity.Migrations(), factor.Migrations()},
}

// letter is a mail that the tests' mailer kept.
type letter struct{ identity.Letter }

var tokenIn = regexp.MustCompile(`\?token=([A-Za-z0-9_-]+)`)

func (l letter) token(t *testing.T) string {
	t.Helper()
	m := tokenIn.FindStringSubmatch(l.Text)
	if m == nil {
		t.Fatalf("no link in %q", l.Text)
	}
	return m[1]
}

// world is a service with everything around it faked by hand.
type world struct {
	*identity.Service
	t     *testing.T
	b     *storetest.Bundle
	cfg   identity.Config
	mu    sync.Mutex
	mails []letter
	// accepted, chosen and events are what the service handed on.
	accepted []identity.Acceptance
	chosen   []identity.Choice
	events   []identity.Event
	broken   bool // the recorder fails
}

func (w *world) Send(_ context.Context, l identity.Letter) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mails = append(w.mails, letter{l})
	return nil
}

func (w *world) Accept(_ context.Context, _ *store.Tx, a identity.Acceptance) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.accepted = append(w.accepted, a)
	return nil
}

func (w *world) Give(_ context.Context, _ *store.Tx, c identity.Choice) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.chosen = append(w.chosen, c)
	return nil
}

func (w *world) Record(_ context.Context, _ *store.Tx, e identity.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken {
		return errors.New("the log is full")
	}
	w.events = append(w.events, e)
	return nil
}

// letters waits for the letters under way and gives those to an address.
func (w *world) letters(to string) []letter {
	w.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []letter
	for _, l := range w.mails {
		if l.To == to {
			out = append(out, l)
		}
	}
	return out
}

// last is the newest letter to an address.
func (w *world) last(to string) letter {
	w.t.Helper()
	all := w.letters(to)
	if len(all) == 0 {
		w.t.Fatal("no letter arrived")
	}
	return all[len(all)-1]
}

func (w *world) recorded(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.ContainsFunc(w.events, func(e identity.Event) bool { return e.Name == name })
}

var services = []tenant.Service{
	{
		Slug: "ctt", Name: map[string]string{"id": "CTT", "en": "CTT"}, MinimumAge: 18, NoticeVersion: "2.0", TermsVersion: "1.0", Companies: true,
		Optional: []tenant.Optional{{Purpose: "improve", Say: map[string]string{"id": "Memperbaiki layanan.", "en": "To improve the service."}}},
	},
	{Slug: "jagacash", Name: map[string]string{"id": "JagaCash", "en": "JagaCash"}, MinimumAge: 18, NoticeVersion: "1.0"},
}

func newWorld(t *testing.T, b *storetest.Bundle) *world {
	t.Helper()
	w := &world{t: t, b: b}
	catalog, err := i18n.New(identity.Texts())
	if err != nil {
		t.Fatal(err)
	}
	w.cfg = identity.Config{
		DB: b.DB, Services: services, Consents: w, Recorder: w, Mailer: w, Catalog: catalog,
		Address: func(slug string) string { return "https://example.co.id/" + slug },
		Cost:    bcrypt.MinCost,
		Report:  func(_ context.Context, err error) { t.Errorf("a letter failed: %v", err) },
	}
	if w.Service, err = identity.New(w.cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// node is another process on the same database.
func (w *world) node() *identity.Service {
	w.t.Helper()
	s, err := identity.New(w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(s.Close)
	return s
}

const (
	rina     = "rina.maharani@example.com"
	dewi     = "dewi@example.co.id"
	password = "jeruk nipis di teras"
)

var phone = identity.Device{IP: "203.0.113.7", Agent: "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36", Lang: "id"}

func form(email string) identity.SignUp {
	return identity.SignUp{Kind: tenant.Person, Name: "Rina Maharani", Email: email, Password: password, Age: true, Accept: true, Device: phone}
}

// member signs up, proves the address and is signed in.
func (w *world) member(slug, email string) (identity.Ticket, identity.Principal) {
	w.t.Helper()
	ctx := context.Background()
	if err := w.SignUp(ctx, slug, form(email)); err != nil {
		w.t.Fatal(err)
	}
	ticket, err := w.Verify(ctx, slug, w.last(email).token(w.t), password, phone)
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := w.Resolve(ctx, slug, ticket.Token)
	if err != nil {
		w.t.Fatal(err)
	}
	return ticket, p
}

// faults gives the faults inside an error, joined or not.
func faults(err error) []*fault.Error {
	if err == nil {
		return nil
	}
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		var out []*fault.Error
		for _, e := range j.Unwrap() {
			out = append(out, faults(e)...)
		}
		return out
	}
	return []*fault.Error{fault.Of(err)}
}

func key(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Key
}
