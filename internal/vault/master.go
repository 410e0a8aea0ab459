package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"

	"amanah/internal/fault"
)

// Master is the key above all tenants' keys. It never leaves its holder: it
// wraps and unwraps other keys.
type Master interface {
	// Wrap seals a tenant's key; aad must be given to Unwrap again.
	Wrap(ctx context.Context, plain, aad []byte) ([]byte, error)
	// Unwrap gives back what Wrap sealed. A fault Unavailable with KeyOtherMaster
	// says that another master key wrapped it.
	Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error)
	// ID names the key without telling it: safe to log and to publish.
	ID() string
}

// localMaster holds the master key in this process.
type localMaster struct {
	id   string
	wrap box
	rand io.Reader
}

func newLocalMaster(kind string, key []byte, random io.Reader) (Master, error) {
	wrap, err := newBox(key, "wrap")
	if err != nil {
		return nil, err
	}
	if random == nil {
		random = rand.Reader
	}
	return &localMaster{id: kind + ":" + hex.EncodeToString(wrap.head[1:]), wrap: wrap, rand: random}, nil
}

func (m *localMaster) ID() string { return m.id }

func (m *localMaster) Wrap(_ context.Context, plain, aad []byte) ([]byte, error) {
	return m.wrap.seal(m.rand, aad, plain)
}

func (m *localMaster) Unwrap(_ context.Context, wrapped, aad []byte) ([]byte, error) {
	if !m.wrap.head.matches(wrapped) {
		return nil, errOtherMaster(m.id)
	}
	return m.wrap.open(aad, wrapped)
}

// EnvMaster reads the master key from the text of AMANAH_MASTER_KEY: base64
// (standard or URL alphabet, padding optional) of 32 bytes. The fault never
// repeats the text.
func EnvMaster(value string) (Master, error) {
	s := strings.TrimRight(strings.TrimSpace(value), "=")
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	key, err := base64.RawStdEncoding.DecodeString(s)
	defer clear(key)
	if err != nil || len(key) != keySize {
		return nil, fault.New(fault.Invalid, "vault.EnvMaster", "vault.master_env").
			With("mend", "openssl rand -base64 32").
			Cause(errMend("AMANAH_MASTER_KEY is not base64 of 32 bytes", "make one with: openssl rand -base64 32"))
	}
	return newLocalMaster("env", key, nil)
}

// KMS is what is needed of a key management service; AWS KMS has both calls
// (aad goes base64-coded into the encryption context). The client itself is not
// part of Amanah: whoever runs with one passes it in.
type KMS interface {
	Encrypt(ctx context.Context, keyID string, plain, aad []byte) ([]byte, error)
	Decrypt(ctx context.Context, keyID string, sealed, aad []byte) ([]byte, error)
}

type kmsMaster struct {
	kms   KMS
	keyID string
	head  header
}

// KMSMaster wraps tenants' keys by a key that stays inside a KMS. One call for
// each tenant in use, every cache age.
func KMSMaster(k KMS, keyID string) Master {
	sum := sha256.Sum256([]byte(keyID))
	head := header{versionKMS}
	copy(head[1:], sum[:])
	return &kmsMaster{kms: k, keyID: keyID, head: head}
}

func (m *kmsMaster) ID() string { return "kms:" + m.keyID }

func (m *kmsMaster) Wrap(ctx context.Context, plain, aad []byte) ([]byte, error) {
	c, err := m.kms.Encrypt(ctx, m.keyID, plain, aad)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "vault.Wrap", "vault.kms").Cause(err)
	}
	return append(bytes.Clone(m.head[:]), c...), nil
}

func (m *kmsMaster) Unwrap(ctx context.Context, wrapped, aad []byte) ([]byte, error) {
	if !m.head.matches(wrapped) {
		return nil, errOtherMaster(m.ID())
	}
	p, err := m.kms.Decrypt(ctx, m.keyID, wrapped[headerSize:], aad)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "vault.Unwrap", "vault.kms").Cause(err)
	}
	return p, nil
}

func errOtherMaster(have string) error {
	return fault.New(fault.Unavailable, "vault.Unwrap", KeyOtherMaster).
		With("have", have).
		Cause(errMend("the key ring was wrapped by another master key than "+have, "put the earlier master key back"))
}
