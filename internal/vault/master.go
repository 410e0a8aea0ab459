package vault

import "context"

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
