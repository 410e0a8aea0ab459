// Package id has the identifiers of Amanah: UUIDv7 (RFC 9562) in distinct types,
// so that a person's number cannot be passed where a tenant's is wanted.
//
// An id is a pseudonym: it may stand in logs, audit entries and job arguments.
package id

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
)

// ID is a row's identifier. The zero ID means "none" and is stored as NULL.
type ID uuid.UUID

// Tenant is one customer's enclosure: a workspace, a family, a company, a
// school, or a service's own enclosure for its accounts.
type Tenant ID

// Subject is a person of one service. One person has one data key.
type Subject ID

// Maker makes ids from a clock and a source of randomness, both handed in.
type Maker struct {
	Now  func() time.Time
	Rand io.Reader
}

// NewMaker makes ids from a clock with the system's randomness.
func NewMaker(now func() time.Time) Maker { return Maker{Now: now, Rand: rand.Reader} }

// New gives a UUIDv7: 48 bits of milliseconds, then randomness.
func (m Maker) New() ID {
	var u ID
	if _, err := io.ReadFull(m.Rand, u[6:]); err != nil {
		panic("id: no randomness: " + err.Error())
	}
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(m.Now().UnixMilli()))
	copy(u[:6], ms[2:])
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return u
}

// Parse reads the canonical text of an id.
func Parse(s string) (ID, error) {
	if len(s) != 36 {
		return ID{}, fmt.Errorf("id: %d characters, want 36", len(s))
	}
	u, err := uuid.Parse(s)
	return ID(u), err
}

// ParseTenant reads a tenant's id.
func ParseTenant(s string) (Tenant, error) { u, err := Parse(s); return Tenant(u), err }

// ParseSubject reads a person's id.
func ParseSubject(s string) (Subject, error) { u, err := Parse(s); return Subject(u), err }

// Must reads an id that is written in code; it panics on a wrong one.
func Must(s string) ID {
	u, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

// IsZero tells whether there is none.
func (u ID) IsZero() bool      { return u == ID{} }
func (t Tenant) IsZero() bool  { return t == Tenant{} }
func (s Subject) IsZero() bool { return s == Subject{} }

func (u ID) String() string      { return uuid.UUID(u).String() }
func (t Tenant) String() string  { return uuid.UUID(t).String() }
func (s Subject) String() string { return uuid.UUID(s).String() }

// Value stores an id as text on both engines, the zero id as NULL.
func (u ID) Value() (driver.Value, error) {
	if u.IsZero() {
		return nil, nil
	}
	return u.String(), nil
}
func (t Tenant) Value() (driver.Value, error)  { return ID(t).Value() }
func (s Subject) Value() (driver.Value, error) { return ID(s).Value() }

// Scan reads what Value stored.
func (u *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*u = ID{}
		return nil
	case string:
		p, err := Parse(v)
		*u = p
		return err
	case []byte:
		p, err := Parse(string(v))
		*u = p
		return err
	}
	return fmt.Errorf("id: cannot read %T", src)
}
func (t *Tenant) Scan(src any) error  { return (*ID)(t).Scan(src) }
func (s *Subject) Scan(src any) error { return (*ID)(s).Scan(src) }

// MarshalText gives the canonical text; the zero id is empty.
func (u ID) MarshalText() ([]byte, error) {
	if u.IsZero() {
		return nil, nil
	}
	return []byte(u.String()), nil
}
func (t Tenant) MarshalText() ([]byte, error)  { return ID(t).MarshalText() }
func (s Subject) MarshalText() ([]byte, error) { return ID(s).MarshalText() }

// UnmarshalText reads the canonical text; empty is the zero id.
func (u *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*u = ID{}
		return nil
	}
	p, err := Parse(string(b))
	*u = p
	return err
}
func (t *Tenant) UnmarshalText(b []byte) error  { return (*ID)(t).UnmarshalText(b) }
func (s *Subject) UnmarshalText(b []byte) error { return (*ID)(s).UnmarshalText(b) }
