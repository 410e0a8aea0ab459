package vault

import (
	"context"
	"errors"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// Message keys of the faults that a caller may want to tell apart.
const (
	// KeyDestroyed comes with fault.NotFound: the key was destroyed, the content
	// can never be read again.
	KeyDestroyed = "vault.destroyed"
	// KeyMissing comes with fault.NotFound: the key ring has never had this key.
	// With data at hand it means that the ring is not the one of this data.
	KeyMissing = "vault.key_missing"
	// KeyTampered comes with fault.Invalid: changed, cut short, or moved here
	// from another row, column, person or tenant.
	KeyTampered = "vault.tampered"
	// KeyOtherMaster comes with fault.Unavailable: wrapped by another master key.
	KeyOtherMaster = "vault.other_master"
)

// Destroyed tells whether an error says that the key was destroyed.
func Destroyed(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Code == fault.NotFound && f.Key == KeyDestroyed
}

// Keys is the key ring: the wrapped keys, kept apart from the data, so that a
// backup of the data holds no key. vaulttest.TestKeys is its specification.
//
// Every Put and Destroy is durable when it returns. An implementation must not
// wait for a transaction of the data: the vault is called from inside one.
type Keys interface {
	// Tenant gives a tenant's wrapped key; fault NotFound if there is none, with
	// KeyDestroyed if there was one.
	Tenant(ctx context.Context, t id.Tenant) (wrapped []byte, err error)
	// PutTenant keeps the first key of a tenant. It is a fault Conflict if the
	// tenant has or had one; the caller then reads again.
	PutTenant(ctx context.Context, t id.Tenant, wrapped []byte) error
	// Person gives the wrapped key of a person. For a destroyed one it gives
	// (nil, true, nil), for an unknown one a fault NotFound.
	Person(ctx context.Context, home id.Tenant, s id.Subject) (wrapped []byte, destroyed bool, err error)
	// PutPerson keeps the first key of a person. It is a fault Conflict if the
	// person has or had one; the caller then reads again.
	PutPerson(ctx context.Context, home id.Tenant, s id.Subject, wrapped []byte) error
	// Destroy overwrites a person's wrapped key and leaves a tombstone, also for
	// a person who never had one, so that none can be made for this id again.
	// Destroying twice is no error.
	Destroy(ctx context.Context, home id.Tenant, s id.Subject) error
	// DestroyTenant does the same for the tenant's key and for every person's
	// key of that tenant.
	DestroyTenant(ctx context.Context, t id.Tenant) error
}
