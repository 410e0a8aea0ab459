package vault

import (
	"database/sql/driver"
	"fmt"
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
