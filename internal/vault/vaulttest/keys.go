package vaulttest

import (
	"bytes"
	"context"
	"encoding/base64"
	"sync"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/vault"
)

type place struct {
	home id.Tenant
	who  id.Subject
}

// Keys is a key ring in memory. A nil slice that is present is a tombstone.
type Keys struct {
	mu     sync.Mutex
	rows   map[place][]byte
	reads  int
	writes int
}

var _ vault.Keys = (*Keys)(nil)

// NewKeys gives an empty ring.
func NewKeys() *Keys { return &Keys{rows: map[place][]byte{}} }

// Reads tells how often a person's key was asked for.
func (k *Keys) Reads() int { k.mu.Lock(); defer k.mu.Unlock(); return k.reads }

// Writes tells how many keys were kept.
func (k *Keys) Writes() int { k.mu.Lock(); defer k.mu.Unlock(); return k.writes }

// Tenant implements vault.Keys.
func (k *Keys) Tenant(_ context.Context, t id.Tenant) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	w, ok := k.rows[place{home: t}]
	switch {
	case !ok:
		return nil, fault.New(fault.NotFound, "vaulttest.Tenant", "")
	case w == nil:
		return nil, fault.New(fault.NotFound, "vaulttest.Tenant", vault.KeyDestroyed)
	}
	return bytes.Clone(w), nil
}

// PutTenant implements vault.Keys.
func (k *Keys) PutTenant(_ context.Context, t id.Tenant, wrapped []byte) error {
	return k.put(place{home: t}, wrapped)
}

// Person implements vault.Keys.
func (k *Keys) Person(_ context.Context, home id.Tenant, s id.Subject) ([]byte, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.reads++
	w, ok := k.rows[place{home, s}]
	switch {
	case !ok:
		return nil, false, fault.New(fault.NotFound, "vaulttest.Person", "")
	case w == nil:
		return nil, true, nil
	}
	return bytes.Clone(w), false, nil
}

// PutPerson implements vault.Keys.
func (k *Keys) PutPerson(_ context.Context, home id.Tenant, s id.Subject, wrapped []byte) error {
	return k.put(place{home, s}, wrapped)
}

func (k *Keys) put(p place, wrapped []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.rows[p]; ok {
		return fault.New(fault.Conflict, "vaulttest.put", "")
	}
	k.writes++
	k.rows[p] = bytes.Clone(wrapped)
	return nil
}

// Destroy implements vault.Keys.
func (k *Keys) Destroy(_ context.Context, home id.Tenant, s id.Subject) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.rows[place{home, s}])
	k.rows[place{home, s}] = nil
	return nil
}

// DestroyTenant implements vault.Keys.
func (k *Keys) DestroyTenant(_ context.Context, t id.Tenant) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rows[place{home: t}] = nil
	for p := range k.rows {
		if p.home == t {
			clear(k.rows[p])
			k.rows[p] = nil
		}
	}
	return nil
}

// Master is a fixed master key.
func Master(t testing.TB) vault.Master {
	t.Helper()
	m, err := vault.EnvMaster(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0x4d}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// New gives a vault over an empty ring and files in memory, with a clock that
// stands still.
func New(t testing.TB) *vault.Vault {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
	return vault.New(Master(t), NewKeys(), nil, c, vault.Options{Files: NewFiles()})
}
