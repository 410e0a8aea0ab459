package backup_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"amanah/internal/audit"
	"amanah/internal/backup"
	"amanah/internal/fault"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
)

var config = storetest.Config{Sets: []store.Set{audit.Tables(), backup.Tables()}, Migrations: nil}

func open(t *testing.T, b *storetest.Bundle) *backup.Service {
	t.Helper()
	ctx := context.Background()
	m, err := vault.FileMaster(filepath.Join(b.Dir, "keys", "master.key"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := m.Wrap(ctx, storetest.FileKey, []byte(backup.DatabaseKeyAAD))
	if err == nil {
		err = os.WriteFile(filepath.Join(b.Dir, "keys", "database.key"), wrapped, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	files, err := vault.NewFolder(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := backup.Open(ctx, backup.Options{DB: b.DB, Ring: b.Ring, Files: files, Master: m, Random: rand.Reader, Clock: b.Clock, Log: slog.New(slog.DiscardHandler),
		Dir: filepath.Join(b.Dir, "backups"), Data: b.Dir, FileKey: storetest.FileKey, URL: b.URL, Keep: 28 * 24 * time.Hour,
		Watched: []backup.Watched{{Table: "activity_log"}}, Homes: []store.Scope{b.Scope(b.Tenant())}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A backup is made by itself once a day, tried, found out when it was changed, and
// gone before thirty days.
func TestService_days(t *testing.T) {
	t.Parallel()
	c := config
	c.Migrations = append(c.Migrations, audit.Migrations(), backup.Migrations())
	storetest.Both(t, c, func(t *testing.T, b *storetest.Bundle) {
		ctx := context.Background()
		s := open(t, b)
		tenant := b.Tenant()
		err := b.Write(ctx, b.Scope(tenant), func(tx *store.Tx) error {
			return audit.Tell(ctx, tx, audit.Act{Name: "signin", Subject: b.Subject()})
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time it is not due
			if err := s.Run(ctx); err != nil {
				t.Fatal(err)
			}
		}
		first, err := s.List()
		if err != nil || len(first) != 1 {
			t.Fatalf("%d archives, want one (%v)", len(first), err)
		}
		whole, err := os.ReadFile(first[0].Path)
		if err != nil {
			t.Fatal(err)
		}
		changed := append([]byte(nil), whole...)
		changed[len(changed)/2] ^= 1
		for name, bad := range map[string][]byte{"changed": changed, "cut": whole[:len(whole)-1]} {
			if err := os.WriteFile(first[0].Path, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Try(ctx, first[0]); err == nil {
				t.Errorf("a backup that was %s passed its trial", name)
			}
		}
		if err := os.WriteFile(first[0].Path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		for range 35 {
			b.Manual().Add(24 * time.Hour)
			if err := s.Run(ctx); err != nil {
				t.Fatal(err)
			}
			all, err := s.List()
			if err != nil {
				t.Fatal(err)
			}
			if age := b.Clock.Now().Sub(all[len(all)-1].At); age >= 30*24*time.Hour {
				t.Fatalf("an archive is %s old", age)
			}
			b.Manual().Add(0)
		}
	})
}

// A database that is older than its journal is refused.
func TestOpen_refusesAnOldDatabase(t *testing.T) {
	t.Parallel()
	c := config
	c.Migrations = append(c.Migrations, audit.Migrations(), backup.Migrations())
	storetest.Both(t, c, func(t *testing.T, b *storetest.Bundle) {
		ctx := context.Background()
		open(t, b)
		err := b.Write(ctx, b.Scope(b.Tenant()), func(tx *store.Tx) error {
			return audit.Tell(ctx, tx, audit.Act{Name: "signin", Subject: b.Subject()})
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Journaled(ctx, store.State{}, nil); err != nil { // as a database of yesterday says
			t.Fatal(err)
		}
		m, err := vault.FileMaster(filepath.Join(b.Dir, "keys", "master.key"), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		_, err = backup.Open(ctx, backup.Options{DB: b.DB, Ring: b.Ring, Master: m, Random: rand.Reader, Clock: b.Clock, Dir: filepath.Join(b.Dir, "backups"), Data: b.Dir})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("an old database was opened: %v", err)
		}
	})
}

// What a process that was killed left half made goes with the next backup, and
// two that are made at once do not take each other's away.
func TestService_Create_leftovers(t *testing.T) {
	t.Parallel()
	c := config
	c.Migrations = append(c.Migrations, audit.Migrations(), backup.Migrations())
	storetest.Both(t, c, func(t *testing.T, b *storetest.Bundle) {
		ctx := context.Background()
		s := open(t, b)
		left := filepath.Join(s.Dir, ".making-12345")
		if err := os.MkdirAll(filepath.Join(left, "archive"), 0o700); err != nil {
			t.Fatal(err)
		}
		failed := make(chan error, 2)
		for range 2 {
			go func() {
				a, _, err := s.Create(ctx)
				if err == nil {
					_, err = s.Try(ctx, a)
				}
				failed <- err
			}()
		}
		for range 2 {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
		if left, err := filepath.Glob(filepath.Join(s.Dir, ".making-*")); err != nil || len(left) > 0 {
			t.Errorf("half made things lie there: %v %v", left, err)
		}
		if all, err := s.List(); err != nil || len(all) != 2 {
			t.Errorf("%d archives: %v", len(all), err)
		}
	})
}
