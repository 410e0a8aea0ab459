package receipt

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"amanah/internal/fault"
)

// Master wraps the signing key; vault.Master is one.
type Master interface {
	Wrap(ctx context.Context, plain, aad []byte) ([]byte, error)
	Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error)
}

// Key signs receipts. It is safe for concurrent use.
type Key struct{ private ed25519.PrivateKey }

// aad ties the wrapped seed to its use.
var aad = []byte("amanah/receipt/v1/signing-key")

// OpenKey reads the signing key from a file and makes it at the first start.
// Of two first starts one wins. random nil is crypto/rand.
func OpenKey(ctx context.Context, path string, master Master, random io.Reader) (*Key, error) {
	const op = "receipt.OpenKey"
	if random == nil {
		random = rand.Reader
	}
	wrapped, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKey(ctx, path, master, random); err != nil {
			return nil, fault.Wrap(op, err)
		}
		wrapped, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	seed, err := master.Unwrap(ctx, wrapped, aad)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	defer clear(seed)
	if len(seed) != ed25519.SeedSize {
		return nil, fault.New(fault.Invalid, op, "receipt.key_size").Cause(fmt.Errorf("%s does not hold a signing key", path))
	}
	return &Key{ed25519.NewKeyFromSeed(seed)}, nil
}

func makeKey(ctx context.Context, path string, master Master, random io.Reader) error {
	seed := make([]byte, ed25519.SeedSize)
	defer clear(seed)
	if _, err := io.ReadFull(random, seed); err != nil {
		return err
	}
	wrapped, err := master.Wrap(ctx, seed, aad)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".receipt-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(wrapped)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// SignNote signs a message that is no receipt: one that does not begin with a brace,
// as every receipt does. The audit log's notes are such.
func (k *Key) SignNote(text []byte) ([]byte, error) {
	if len(text) == 0 || text[0] == '{' {
		return nil, fault.New(fault.Internal, "receipt.SignNote", "receipt.format")
	}
	return ed25519.Sign(k.private, text), nil
}

// Public is the key that verifies.
func (k *Key) Public() ed25519.PublicKey { return k.private.Public().(ed25519.PublicKey) }

// Info names the key, for receipts and for publishing.
func (k *Key) Info() KeyInfo { return info(k.Public()) }

func info(p ed25519.PublicKey) KeyInfo {
	sum := sha256.Sum256(p)
	return KeyInfo{ID: hex.EncodeToString(sum[:8]), Algorithm: "Ed25519", Public: base64.StdEncoding.EncodeToString(p)}
}

// ParseKey reads a published key: the JSON that Handler serves, or the base64 of
// 32 bytes alone.
func ParseKey(b []byte) (ed25519.PublicKey, error) {
	text := string(b)
	var p KeyInfo
	if json.Unmarshal(b, &p) == nil && p.Public != "" {
		text = p.Public
	}
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, fault.New(fault.Invalid, "receipt.ParseKey", "receipt.key_size")
	}
	return key, nil
}

// Handler publishes the public key as JSON. It is open to everyone: that is what
// it is for.
func (k *Key) Handler() http.Handler {
	b, _ := json.MarshalIndent(k.Info(), "", "  ")
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "public, max-age=3600")
		_, _ = w.Write(append(b, '\n'))
	})
}
