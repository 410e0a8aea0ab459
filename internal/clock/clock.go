// Package clock hands time in. Nothing outside this package reads the wall
// clock by itself: a Clock comes with the constructor, and tests pass one that
// they move.
package clock

import (
	"database/sql/driver"
	"fmt"
	"sync"
	"time"
)

// Clock tells the time, in UTC.
type Clock interface {
	Now() time.Time
}

// System is the machine's clock.
type System struct{}

// Now is the time of the machine in UTC.
func (System) Now() time.Time { return time.Now().UTC() }

// Offset is the machine's clock moved by a fixed span: the demo's clock.
type Offset struct{ By time.Duration }

// StartingAt gives a clock that says t now and goes on from there.
func StartingAt(t time.Time) Offset { return Offset{By: time.Until(t)} }

// Now is the moved time in UTC.
func (o Offset) Now() time.Time { return time.Now().Add(o.By).UTC() }

// Manual stands still until it is moved. It is for tests.
type Manual struct {
	mu sync.Mutex
	t  time.Time
}

// NewManual gives a clock that stands at t.
func NewManual(t time.Time) *Manual { return &Manual{t: t.UTC()} }

// Now is where the clock stands.
func (m *Manual) Now() time.Time { m.mu.Lock(); defer m.mu.Unlock(); return m.t }

// Add moves the clock on.
func (m *Manual) Add(d time.Duration) { m.mu.Lock(); m.t = m.t.Add(d); m.mu.Unlock() }

// Set puts the clock to t.
func (m *Manual) Set(t time.Time) { m.mu.Lock(); m.t = t.UTC(); m.mu.Unlock() }

// Instant is a moment as both engines store it: microseconds since 1970 UTC in
// a BIGINT. The zero Instant means "never" and is stored as NULL.
type Instant int64

// At gives the moment of a time.
func At(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixMicro())
}

// Time is the moment as a UTC time; zero for "never".
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(i)).UTC()
}

// IsZero tells whether it is "never".
func (i Instant) IsZero() bool { return i == 0 }

// String is RFC 3339 in UTC.
func (i Instant) String() string {
	if i == 0 {
		return ""
	}
	return i.Time().Format(time.RFC3339Nano)
}

// MarshalText is RFC 3339 in UTC; empty for "never".
func (i Instant) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads RFC 3339.
func (i *Instant) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*i = 0
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, string(b))
	*i = At(t)
	return err
}

// Value stores the microseconds, "never" as NULL.
func (i Instant) Value() (driver.Value, error) {
	if i == 0 {
		return nil, nil
	}
	return int64(i), nil
}

// Scan reads what Value stored.
func (i *Instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = 0
	case int64:
		*i = Instant(v)
	default:
		return fmt.Errorf("clock: cannot read %T as an instant", src)
	}
	return nil
}

// Zones of Indonesia: none has daylight saving time.
var (
	WIB  = time.FixedZone("WIB", 7*3600)  // Asia/Jakarta
	WITA = time.FixedZone("WITA", 8*3600) // Asia/Makassar
	WIT  = time.FixedZone("WIT", 9*3600)  // Asia/Jayapura
)

// Zone finds the zone of an IANA name among Indonesia's three, WIB otherwise.
func Zone(name string) *time.Location {
	switch name {
	case "Asia/Makassar", "WITA":
		return WITA
	case "Asia/Jayapura", "WIT":
		return WIT
	}
	return WIB
}
