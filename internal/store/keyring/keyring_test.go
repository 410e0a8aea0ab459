package keyring_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"amanah/internal/store/keyring"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
	"amanah/internal/vault/vaulttest"
)

func TestRing(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			vaulttest.TestKeys(t, func() vault.Keys {
				url := ""
				if engine == "postgres" {
					url = storetest.PostgresURL(t)
				}
				r, err := keyring.Open(context.Background(), url, t.TempDir(), storetest.FileKey)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { r.Close() })
				return r
			})
		})
	}
}

// A second ring in the same folder is the same ring.
func TestOpen_again(t *testing.T) {
	t.Parallel()
	dir, ctx := t.TempDir(), context.Background()
	for range 2 {
		r, err := keyring.Open(ctx, "", dir, storetest.FileKey)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := keyring.Open(ctx, "", dir, make([]byte, 32)); err == nil {
		t.Error("another file key opened the ring")
	}
	if b, err := os.ReadFile(filepath.Join(dir, "keys.db")); err != nil || string(b[:6]) == "SQLite" {
		t.Errorf("the ring's file is not encrypted (%v)", err)
	}
}
