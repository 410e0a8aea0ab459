package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/store/keyring"
	"amanah/internal/vault"
)

// Start is where the tests' clocks stand: a Tuesday morning in Jakarta.
var Start = time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)

// FileKey is the key of the tests' SQLite files.
var FileKey = bytes.Repeat([]byte{7}, 32)

// Config says what a test stores.
type Config struct {
	Sets       []store.Set
	Migrations []fs.FS
	// Clock is the store's; nil gives a manual one at Start.
	Clock clock.Clock
	Gate  store.Gate
}

// Bundle is an open store with what a test wants to look into.
type Bundle struct {
	*store.DB
	Engine string
	Clock  clock.Clock
	Vault  *vault.Vault
	Ring   *keyring.Ring
	// Dir is SQLite's folder, with amanah.db and keys.db; URL is PostgreSQL's.
	Dir, URL string
	IDs      id.Maker
}

// Manual is the bundle's clock where the test gave none.
func (b *Bundle) Manual() *clock.Manual { return b.Clock.(*clock.Manual) }

// Both runs a test as two sub-tests, sqlite and postgres.
func Both(t *testing.T, c Config, f func(t *testing.T, b *Bundle)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			f(t, Open(t, engine, c))
		})
	}
}

// Open gives an empty store of one engine; it is closed at the end of the test.
func Open(t testing.TB, engine string, c Config) *Bundle {
	t.Helper()
	b := &Bundle{Engine: engine, Clock: c.Clock, Dir: t.TempDir()}
	if b.Clock == nil {
		b.Clock = clock.NewManual(Start)
	}
	b.IDs = id.NewMaker(b.Clock.Now)
	if engine == "postgres" {
		b.URL = PostgresURL(t)
	}
	b.open(t, c)
	t.Cleanup(func() { _ = b.Close(); _ = b.Ring.Close() })
	return b
}

func (b *Bundle) open(t testing.TB, c Config) {
	t.Helper()
	ctx := context.Background()
	master, err := vault.FileMaster(filepath.Join(b.Dir, "keys", "master.key"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if b.Ring, err = keyring.Open(ctx, b.URL, b.Dir, FileKey); err != nil {
		t.Fatal(err)
	}
	files, err := vault.NewFolder(filepath.Join(b.Dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	b.Vault = vault.New(master, b.Ring, rand.Reader, b.Clock, vault.Options{Files: files})
	m, err := store.NewMap(c.Sets...)
	if err != nil {
		t.Fatal(err)
	}
	b.DB, err = store.Open(ctx, store.Options{URL: b.URL, Dir: b.Dir, FileKey: FileKey, Map: m, Migrations: c.Migrations, Vault: b.Vault, Clock: b.Clock, Readers: 1, Gate: c.Gate})
	if err != nil {
		t.Fatal(err)
	}
}

// Reopen closes the store and opens it again, as after a restart.
func (b *Bundle) Reopen(t testing.TB, c Config) {
	t.Helper()
	b.DB.Close()
	b.Ring.Close()
	b.open(t, c)
}

// Scope is a scope of a tenant of its own home, for the purpose "service".
func (b *Bundle) Scope(tenant id.Tenant) store.Scope {
	return store.Scope{Tenant: tenant, Service: "test", Actor: store.Actor{Kind: "person"}, Purpose: "service"}
}

// Tenant makes a tenant's id.
func (b *Bundle) Tenant() id.Tenant { return id.Tenant(b.IDs.New()) }

// Subject makes a person's id.
func (b *Bundle) Subject() id.Subject { return id.Subject(b.IDs.New()) }
