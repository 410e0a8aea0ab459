package vault

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql/driver"
	"fmt"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// Index is a blind index: the HMAC-SHA256 of a value under its tenant's index
// key. Equal values of one tenant and context have equal indexes, so a sealed
// column can be looked up by equality; nothing else can be told from it. The
// zero Index means "none" and is stored as NULL.
type Index [32]byte

// IsZero tells whether there is none.
func (x Index) IsZero() bool { return x == Index{} }

// Value stores the 32 bytes, the zero Index as NULL.
func (x Index) Value() (driver.Value, error) {
	if x.IsZero() {
		return nil, nil
	}
	return append([]byte(nil), x[:]...), nil
}

// Scan reads what Value stored.
func (x *Index) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*x = Index{}
		return nil
	case []byte:
		if len(v) == len(x) {
			copy(x[:], v)
			return nil
		}
		return fmt.Errorf("vault: %d bytes, an index has %d", len(v), len(x))
	}
	return fmt.Errorf("vault: cannot read %T as an index", src)
}

// Index gives the blind index of a value. column names the place, such as
// "account.email": the same value elsewhere has another index. The caller
// normalises the value first (case, spaces). An index is not sealed under the
// person's key: after a destruction it goes only with its row.
func (v *Vault) Index(ctx context.Context, home id.Tenant, column, value string) (Index, error) {
	k, err := v.tenant(ctx, home, true)
	if err != nil {
		return Index{}, fault.Wrap("vault.Index", err)
	}
	m := hmac.New(sha256.New, k.index[:])
	m.Write(parts(column, value))
	var x Index
	m.Sum(x[:0])
	return x, nil
}
