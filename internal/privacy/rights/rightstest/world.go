package rightstest

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
	"amanah/internal/vault/vaulttest"
	"amanah/notices"
)

// World is a store with two people in it. Rina owns one workspace alone, Dewi
// another; a third belongs to both.
type World struct {
	*storetest.Bundle
	Schema               *rowset.Schema
	Files                *vaulttest.Files
	Key                  *receipt.Key
	Home                 store.Scope
	Rina, Dewi           id.Subject
	RinaOwn, DewiOwn, Us id.Tenant

	vault *vault.Vault
	marks map[string][]string // by person: "rina", "dewi", and "shared"
	n     int
}

// Config is a store's configuration with the invented module's tables.
func Config(sets []store.Set, migrations []fs.FS) storetest.Config {
	return storetest.Config{
		Sets:       append([]store.Set{Tables(), audit.Tables()}, sets...),
		Migrations: append([]fs.FS{Migrations, audit.Migrations()}, migrations...),
	}
}

// Both runs a test in a world on each engine.
func Both(t *testing.T, c storetest.Config, f func(t *testing.T, w *World)) {
	t.Helper()
	storetest.Both(t, c, func(t *testing.T, b *storetest.Bundle) { f(t, New(t, b, c)) })
}

// New makes an empty world.
func New(t testing.TB, b *storetest.Bundle, c storetest.Config) *World {
	t.Helper()
	schema, err := rowset.New(b.Map(), c.Sets...)
	if err != nil {
		t.Fatal(err)
	}
	w := &World{Bundle: b, Schema: schema, Files: vaulttest.NewFiles(), marks: map[string][]string{}}
	master, err := vault.FileMaster(filepath.Join(b.Dir, "keys", "master.key"), nil)
	if err != nil {
		t.Fatal(err)
	}
	w.vault = vault.New(master, b.Ring, nil, b.Clock, vault.Options{Files: w.Files})
	if w.Key, err = receipt.OpenKey(context.Background(), filepath.Join(b.Dir, "keys", "receipt.key"), master, nil); err != nil {
		t.Fatal(err)
	}
	w.Home = w.In(b.Tenant())
	w.Home.Home = w.Home.Tenant
	w.Renew()
	return w
}

// Renew puts two other people with other workspaces into the world, and forgets
// the markers: a test that needs many worlds has them in one store.
func (w *World) Renew() {
	w.Rina, w.Dewi, w.RinaOwn, w.DewiOwn, w.Us = w.Subject(), w.Subject(), w.Tenant(), w.Tenant(), w.Tenant()
	clear(w.marks)
}

// In is the scope of an enclosure.
func (w *World) In(tenant id.Tenant) store.Scope {
	s := w.Scope(tenant)
	s.Home, s.Service, s.Purpose = w.Home.Tenant, "ctt", "rights"
	return s
}

// loaded are the program's own notices, read once.
var loaded = sync.OnceValue(func() []*notice.Notice { all, _ := notice.LoadNotices(notices.FS); return all })

// Notice gives a service's own.
func (w *World) Notice(service string) (*notice.Notice, bool) {
	all := loaded()
	i := slices.IndexFunc(all, func(n *notice.Notice) bool { return n.Service() == service })
	if i < 0 {
		return nil, false
	}
	return all[i], true
}

// Enclosures implements rights.People.
func (w *World) Enclosures(_ context.Context, who id.Subject) ([]store.Scope, error) {
	switch who {
	case w.Rina:
		return []store.Scope{w.Home, w.In(w.RinaOwn), w.In(w.Us)}, nil
	case w.Dewi:
		return []store.Scope{w.Home, w.In(w.DewiOwn), w.In(w.Us)}, nil
	}
	return nil, nil
}

// Alone implements rights.People.
func (w *World) Alone(_ context.Context, who id.Subject) ([]id.Tenant, error) {
	switch who {
	case w.Rina:
		return []id.Tenant{w.RinaOwn}, nil
	case w.Dewi:
		return []id.Tenant{w.DewiOwn}, nil
	}
	return nil, nil
}

// Mark makes a text that stands nowhere else and remembers whose it is.
func (w *World) Mark(whose string) string {
	w.n++
	m := fmt.Sprintf("marker-%s-%d-q7x", whose, w.n)
	w.marks[whose] = append(w.marks[whose], m)
	return m
}

// Marks are the markers of a person.
func (w *World) Marks(whose string) []string { return slices.Clone(w.marks[whose]) }

// Secrets are markers that stand in what is never given out.
func (w *World) Secret(whose string) string { return w.Mark(whose + "-secret") }

// Insert stores a row in an enclosure.
func Insert[T any](t testing.TB, w *World, tenant id.Tenant, row *T) {
	t.Helper()
	ctx := context.Background()
	if err := w.Write(ctx, w.In(tenant), func(tx *store.Tx) error { return store.Insert(ctx, tx, row) }); err != nil {
		t.Fatal(err)
	}
}

// File keeps a person's file that holds a marker.
func (w *World) File(t testing.TB, who id.Subject, content string) vault.FileID {
	t.Helper()
	f := vault.FileID(w.IDs.New())
	if _, err := w.vault.PutFile(context.Background(), w.Home.Tenant, who, f, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	return f
}

// Populate gives both people n rows of every kind.
func (w *World) Populate(t testing.TB, n int) {
	t.Helper()
	at := clock.At(w.Clock.Now().Add(-time.Hour))
	for _, p := range []struct {
		name      string
		who, them id.Subject
		own       id.Tenant
	}{{"rina", w.Rina, w.Dewi, w.RinaOwn}, {"dewi", w.Dewi, w.Rina, w.DewiOwn}} {
		index, err := w.vault.Index(context.Background(), w.Home.Tenant, "fx_people.email", p.name)
		if err != nil {
			t.Fatal(err)
		}
		Insert(t, w, w.Home.Tenant, &Person{Subject: p.who, Name: vault.Seal(w.Mark(p.name)), Email: w.Mark(p.name), EmailIndex: index, Password: w.Secret(p.name), CreatedAt: at})
		Insert(t, w, w.Home.Tenant, &Invite{Guest: p.them, Host: p.who, Role: "viewer"})
		Insert(t, w, p.own, &Target{Address: vault.Seal(w.Mark(p.name)), Label: w.Mark(p.name), Secret: vault.Seal(w.Secret(p.name))})
		for range n {
			for _, tenant := range []id.Tenant{p.own, w.Us} {
				m := &Mail{Subject: p.who, At: at, Title: w.Mark(p.name), Raw: vault.Seal(w.Mark(p.name)), Source: w.File(t, p.who, w.Mark(p.name)), Result: w.Mark(p.name), State: "read"}
				Insert(t, w, tenant, m)
				Insert(t, w, tenant, &Log{Subject: p.who, Mail: m.ID, At: at, Outcome: w.Mark(p.name)})
			}
			other := map[string]string{"rina": "dewi", "dewi": "rina"}[p.name]
			Insert(t, w, w.Us, &Transfer{Payer: p.who, Payee: p.them, At: at, Minor: 100, Memo: vault.Seal(w.Mark("shared")), FromNote: vault.Seal(w.Mark(p.name)), ToNote: w.Mark(other)})
		}
	}
}
