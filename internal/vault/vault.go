package vault

import (
	"context"
	"crypto/rand"
	"io"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
)

// Vault seals and opens. It is safe for concurrent use.
type Vault struct {
	master  Master
	keys    Keys
	rand    io.Reader
	files   Files
	tenants *cache[id.Tenant, tenantKey]
	people  *cache[personID, dataKey]
}

// Options are what New may be told beyond its needs.
type Options struct {
	// Files is where sealed files lie. Without it the file methods fail.
	Files Files
	// CacheAge is how long an unwrapped key may serve before the ring is asked
	// again, and so how late a destruction on another node takes effect. 30 s if
	// zero.
	CacheAge time.Duration
	// CachePeople is how many persons' keys are held at most, about 1 KB each.
	// 4096 if zero; tenants' keys: a quarter of it, at least one.
	CachePeople int
}

// New builds a vault over a master key and a key ring. random is the source of
// keys and nonces, safe for concurrent use; nil is crypto/rand. Files draw theirs
// from crypto/rand in any case. At most one Options is read.
func New(master Master, keys Keys, random io.Reader, clock clock.Clock, options ...Options) *Vault {
	var o Options
	if len(options) > 0 {
		o = options[0]
	}
	if random == nil {
		random = rand.Reader
	}
	if o.CacheAge == 0 {
		o.CacheAge = 30 * time.Second
	}
	if o.CachePeople == 0 {
		o.CachePeople = 4096
	}
	return &Vault{
		master: master, keys: keys, rand: random, files: o.Files,
		tenants: newCache[id.Tenant](clock, o.CacheAge, max(1, o.CachePeople/4), wipeTenant),
		people:  newCache[personID](clock, o.CacheAge, o.CachePeople, wipeData),
	}
}

// SealValue seals plain under a person's key, which is made at first use; for
// the zero subject under the tenant's own key. aad is the row's identity, from
// AAD, and must be given to OpenValue again. The result is Overhead bytes
// longer. Fault NotFound with KeyDestroyed if the key was destroyed.
func (v *Vault) SealValue(ctx context.Context, home id.Tenant, s id.Subject, aad, plain []byte) ([]byte, error) {
	k, err := v.data(ctx, home, s, true)
	if err != nil {
		return nil, fault.Wrap("vault.SealValue", err)
	}
	sealed, err := k.value.seal(v.rand, aad, plain)
	return sealed, fault.Wrap("vault.SealValue", err)
}

// OpenValue gives back what SealValue sealed. Faults: NotFound with
// KeyDestroyed after the person or the tenant was destroyed, NotFound with
// KeyMissing if the ring has no such key, Invalid with KeyTampered if it was
// changed or belongs to another row, column, person or tenant.
func (v *Vault) OpenValue(ctx context.Context, home id.Tenant, s id.Subject, aad, sealed []byte) ([]byte, error) {
	k, err := v.data(ctx, home, s, false)
	if err != nil {
		return nil, fault.Wrap("vault.OpenValue", err)
	}
	plain, err := k.value.open(aad, sealed)
	return plain, fault.Wrap("vault.OpenValue", err)
}

// DestroyPerson destroys a person's key for ever: every value and file sealed
// under it is unreadable here when this returns, on other nodes within the
// cache's age, and in every backup. Destroying twice is no error.
func (v *Vault) DestroyPerson(ctx context.Context, home id.Tenant, s id.Subject) error {
	const op = "vault.DestroyPerson"
	if home.IsZero() || s.IsZero() {
		return fault.New(fault.Internal, op, "vault.no_subject")
	}
	err := v.keys.Destroy(ctx, home, s)
	// After the ring, not before: a load in between would cache the key again.
	v.people.drop(func(p personID) bool { return p == personID{home, s} })
	return fault.Wrap(op, err)
}

// DestroyTenant does the same for a tenant's own key and for all its people.
func (v *Vault) DestroyTenant(ctx context.Context, t id.Tenant) error {
	const op = "vault.DestroyTenant"
	if t.IsZero() {
		return fault.New(fault.Internal, op, "vault.no_tenant")
	}
	err := v.keys.DestroyTenant(ctx, t)
	v.tenants.drop(func(k id.Tenant) bool { return k == t })
	v.people.drop(func(p personID) bool { return p.home == t })
	return fault.Wrap(op, err)
}
