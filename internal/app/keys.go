package app

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"amanah/internal/backup"
	"amanah/internal/clock"
	"amanah/internal/config"
	"amanah/internal/fault"
	"amanah/internal/privacy/receipt"
	"amanah/internal/store/keyring"
	"amanah/internal/vault"
)

// keys is everything that seals and signs.
type keys struct {
	master  vault.Master
	fileKey []byte // of the SQLite files
	ring    *keyring.Ring
	vault   *vault.Vault
	files   *vault.Folder
	signing *receipt.Key
}

// masterKey is from the environment where it is given, else from the data folder.
func masterKey(cfg config.Config, getenv func(string) string) (vault.Master, error) {
	if v := getenv("AMANAH_MASTER_KEY"); v != "" {
		return vault.EnvMaster(v)
	}
	return vault.FileMaster(filepath.Join(cfg.Data, "keys", "master.key"), rand.Reader)
}

func openKeys(ctx context.Context, cfg config.Config, getenv func(string) string, c clock.Clock) (*keys, error) {
	master, err := masterKey(cfg, getenv)
	if err != nil {
		return nil, err
	}
	k := &keys{master: master}
	if k.fileKey, err = wrappedKey(ctx, filepath.Join(cfg.Data, "keys", "database.key"), master); err != nil {
		return nil, err
	}
	if k.signing, err = receipt.OpenKey(ctx, filepath.Join(cfg.Data, "keys", "receipt.key"), master, rand.Reader); err != nil {
		return nil, err
	}
	if k.ring, err = keyring.Open(ctx, cfg.Database, cfg.Data, k.fileKey); err != nil {
		return nil, err
	}
	files, err := vault.NewFolder(filepath.Join(cfg.Data, "files"))
	if err != nil {
		_ = k.ring.Close()
		return nil, err
	}
	k.files = files
	kept := &backup.KeptRing{Ring: k.ring, Master: master, Random: rand.Reader, Dir: cfg.Backup.Dir}
	k.vault = vault.New(master, kept, rand.Reader, c, vault.Options{Files: files, CacheAge: cacheAge})
	return k, nil
}

// wrappedKey reads a random key of 32 bytes that the master key wraps, and makes
// it at the first start: on disk, whole, before it is used.
func wrappedKey(ctx context.Context, path string, master vault.Master) ([]byte, error) {
	aad := []byte("amanah/app/v1/" + filepath.Base(path))
	wrapped, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		wrapped, err = makeWrappedKey(ctx, path, master, aad)
	}
	if err != nil {
		return nil, fault.Wrap("app.wrappedKey", err)
	}
	key, err := master.Unwrap(ctx, wrapped, aad)
	return key, fault.Wrap("app.wrappedKey", err)
}

func makeWrappedKey(ctx context.Context, path string, master vault.Master, aad []byte) ([]byte, error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(rand.Reader, key); err != nil {
		return nil, err
	}
	wrapped, err := master.Wrap(ctx, key, aad)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(wrapped)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path) // of two first starts one wins
}
