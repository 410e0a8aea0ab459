package vault

import (
	"context"
	"io"

	"amanah/internal/clock"
	"amanah/internal/id"
)

// Vault seals and opens. It is safe for concurrent use.
type Vault struct {
	master Master
	keys   Keys
	rand   io.Reader
	clock  clock.Clock
}

// New builds a vault over a master key and a key ring. rand is the source of
// keys and nonces, safe for concurrent use; nil is crypto/rand.
func New(master Master, keys Keys, rand io.Reader, clock clock.Clock) *Vault {
	return &Vault{master: master, keys: keys, rand: rand, clock: clock}
}

// SealValue seals plain under a person's key, which is made at first use; for
// the zero subject under the tenant's own key. aad is the row's identity, from
// AAD, and must be given to OpenValue again. The result is 33 bytes longer.
func (v *Vault) SealValue(ctx context.Context, home id.Tenant, s id.Subject, aad, plain []byte) ([]byte, error) {
	panic("not yet")
}

// OpenValue gives back what SealValue sealed. Faults: NotFound with
// KeyDestroyed after the person or the tenant was destroyed, NotFound with
// KeyMissing if the ring has no such key, Invalid with KeyTampered otherwise.
func (v *Vault) OpenValue(ctx context.Context, home id.Tenant, s id.Subject, aad, sealed []byte) ([]byte, error) {
	panic("not yet")
}

// Index gives the blind index of a value for look-up by equality. context
// names the column, such as "account.email". The caller normalises the value
// first (case, spaces).
func (v *Vault) Index(ctx context.Context, home id.Tenant, context, value string) (Index, error) {
	panic("not yet")
}

// DestroyPerson destroys a person's key for ever: every value and file sealed
// under it is unreadable here at once, on other nodes within the cache's age,
// and in every backup.
func (v *Vault) DestroyPerson(ctx context.Context, home id.Tenant, s id.Subject) error {
	panic("not yet")
}

// DestroyTenant does the same for a tenant and all its people.
func (v *Vault) DestroyTenant(ctx context.Context, t id.Tenant) error {
	panic("not yet")
}
