package vault

import (
	"context"
	"io"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// dataKey seals values and files.
type dataKey struct {
	value box
	file  [keySize]byte
}

// tenantKey also wraps the keys of the tenant's people and makes its indexes.
type tenantKey struct {
	dataKey
	wrap  box
	index [keySize]byte
}

// personID is a key's place in the ring.
type personID struct {
	home id.Tenant
	who  id.Subject
}

func wipeData(k *dataKey) { clear(k.file[:]); k.value = box{} }

func wipeTenant(k *tenantKey) {
	wipeData(&k.dataKey)
	clear(k.index[:])
	k.wrap = box{}
}

func newDataKey(key []byte) (k dataKey, err error) {
	if k.value, err = newBox(key, "value"); err != nil {
		return dataKey{}, err
	}
	err = deriveInto(&k.file, key, "file")
	return k, err
}

func newTenantKey(key []byte) (k tenantKey, err error) {
	if k.dataKey, err = newDataKey(key); err != nil {
		return tenantKey{}, err
	}
	if k.wrap, err = newBox(key, "wrap"); err != nil {
		return tenantKey{}, err
	}
	err = deriveInto(&k.index, key, "index")
	return k, err
}

func deriveInto(dst *[keySize]byte, key []byte, purpose string) error {
	d, err := derive(key, purpose)
	if err != nil {
		return err
	}
	copy(dst[:], d)
	clear(d)
	return nil
}

// data gives the key of a person, or of the tenant for the zero subject.
func (v *Vault) data(ctx context.Context, home id.Tenant, s id.Subject, create bool) (dataKey, error) {
	if s.IsZero() {
		t, err := v.tenant(ctx, home, create)
		return t.dataKey, err
	}
	if home.IsZero() {
		return dataKey{}, errNoTenant()
	}
	p := personID{home, s}
	return v.people.get(ctx, p, create, func(ctx context.Context) (dataKey, error) {
		return v.loadPerson(ctx, p, create)
	})
}

func (v *Vault) tenant(ctx context.Context, t id.Tenant, create bool) (tenantKey, error) {
	if t.IsZero() {
		return tenantKey{}, errNoTenant()
	}
	return v.tenants.get(ctx, t, create, func(ctx context.Context) (tenantKey, error) {
		return v.loadTenant(ctx, t, create)
	})
}

func (v *Vault) loadTenant(ctx context.Context, t id.Tenant, create bool) (tenantKey, error) {
	const op = "vault.loadTenant"
	aad := parts("tenant-key", t.String())
	wrapped, err := v.keys.Tenant(ctx, t)
	if create && isMissing(err) {
		err = v.makeKey(
			func(key []byte) ([]byte, error) { return v.master.Wrap(ctx, key, aad) },
			func(w []byte) error { return v.keys.PutTenant(ctx, t, w) })
		if err != nil {
			return tenantKey{}, fault.Wrap(op, err)
		}
		wrapped, err = v.keys.Tenant(ctx, t)
	}
	if err != nil {
		return tenantKey{}, notFound(op, err)
	}
	key, err := v.master.Unwrap(ctx, wrapped, aad)
	if err != nil {
		return tenantKey{}, fault.Wrap(op, err)
	}
	defer clear(key)
	k, err := newTenantKey(key)
	return k, fault.Wrap(op, err)
}

func (v *Vault) loadPerson(ctx context.Context, p personID, create bool) (dataKey, error) {
	const op = "vault.loadPerson"
	aad := parts("person-key", p.home.String(), p.who.String())
	wrapped, destroyed, err := v.keys.Person(ctx, p.home, p.who)
	// A tenant's key is made only for a tenant's first person: with a person's
	// key in the ring and the tenant's missing, a new one would hide the loss.
	making := create && !destroyed && isMissing(err)
	if destroyed || err != nil && !making {
		return dataKey{}, absent(op, destroyed, err)
	}
	t, err := v.tenant(ctx, p.home, making)
	if err != nil {
		return dataKey{}, fault.Wrap(op, err)
	}
	if making {
		err = v.makeKey(
			func(key []byte) ([]byte, error) { return t.wrap.seal(v.rand, aad, key) },
			func(w []byte) error { return v.keys.PutPerson(ctx, p.home, p.who, w) })
		if err != nil {
			return dataKey{}, fault.Wrap(op, err)
		}
		if wrapped, destroyed, err = v.keys.Person(ctx, p.home, p.who); destroyed || err != nil {
			return dataKey{}, absent(op, destroyed, err)
		}
	}
	key, err := t.wrap.open(aad, wrapped)
	if err != nil {
		return dataKey{}, fault.New(fault.Internal, op, "vault.key_damaged").Cause(err)
	}
	defer clear(key)
	k, err := newDataKey(key)
	return k, fault.Wrap(op, err)
}

// makeKey draws a key and offers it to the ring. That another was first is no
// error: the caller reads the ring again in either case.
func (v *Vault) makeKey(wrap func(key []byte) ([]byte, error), put func(wrapped []byte) error) error {
	key := make([]byte, keySize)
	defer clear(key)
	if _, err := io.ReadFull(v.rand, key); err != nil {
		return fault.New(fault.Internal, "vault.makeKey", "vault.no_randomness").Cause(err)
	}
	wrapped, err := wrap(key)
	if err != nil {
		return err
	}
	if err := put(wrapped); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	return nil
}

func isMissing(err error) bool { return fault.Is(err, fault.NotFound) && !Destroyed(err) }

// absent says why there is no key of a person.
func absent(op string, destroyed bool, err error) error {
	if destroyed {
		return errDestroyed(op)
	}
	return notFound(op, err)
}

// notFound gives a ring's NotFound the vault's own message key.
func notFound(op string, err error) error {
	switch {
	case Destroyed(err):
		return errDestroyed(op)
	case fault.Is(err, fault.NotFound):
		return fault.New(fault.NotFound, op, KeyMissing).Cause(err)
	}
	return fault.Wrap(op, err)
}

func errDestroyed(op string) error { return fault.New(fault.NotFound, op, KeyDestroyed) }

func errNoTenant() error { return fault.New(fault.Internal, "vault.data", "vault.no_tenant") }
