package vault

import (
	"database/sql/driver"
	"fmt"
	"io"
	"log/slog"

	"amanah/internal/fault"
)

// sealedMark is what every way of printing a sealed type shows. It is the same
// for an empty content, so that not even the presence of a value is told.
const sealedMark = "[sealed]"

// Text is a string that is stored sealed under a person's key. In memory it
// holds the plain text, but fmt, slog, encoding/json and database/sql cannot
// get at it: only Reveal can. The zero Text is the empty string.
//
// Compare with Equal (go-cmp uses it); == does not compile, and
// reflect.DeepEqual is false for any two.
type Text struct {
	// A function, because fmt and every dumper that works by reflection follow
	// unexported fields and pointers, but can show no more of this than an
	// address.
	reveal func() string
}

// Seal wraps a plain string that is to be stored sealed.
func Seal(s string) Text {
	if s == "" {
		return Text{}
	}
	return Text{reveal: func() string { return s }}
}

// Reveal is the plain content. Every use is a place where personal data leaves
// its seal, and is to be looked at in review.
func (t Text) Reveal() string {
	if t.reveal == nil {
		return ""
	}
	return t.reveal()
}

// IsZero tells whether the content is the empty string.
func (t Text) IsZero() bool { return t.Reveal() == "" }

// Equal compares the contents.
func (t Text) Equal(o Text) bool { return t.Reveal() == o.Reveal() }

// String is always "[sealed]".
func (t Text) String() string { return sealedMark }

// GoString is always "[sealed]".
func (t Text) GoString() string { return sealedMark }

// Format writes "[sealed]" for every verb and flag.
func (t Text) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, sealedMark) }

// LogValue is always "[sealed]".
func (t Text) LogValue() slog.Value { return slog.StringValue(sealedMark) }

// MarshalJSON is always "[sealed]": what a person may read is revealed first.
func (t Text) MarshalJSON() ([]byte, error) { return []byte(`"` + sealedMark + `"`), nil }

// MarshalText is always "[sealed]"; XML, YAML and map keys use it.
func (t Text) MarshalText() ([]byte, error) { return []byte(sealedMark), nil }

// Value refuses to be a bind parameter: a driver would otherwise store the text
// unsealed, or the word "[sealed]" instead of it.
func (t Text) Value() (driver.Value, error) { return nil, errUnsealedParameter() }

// Bytes is a []byte that is stored sealed under a person's key, with the same
// guards as Text. The zero Bytes is empty.
type Bytes struct {
	reveal func() []byte
}

// SealBytes wraps plain bytes that are to be stored sealed. It keeps b: the
// caller does not change it afterwards.
func SealBytes(b []byte) Bytes {
	if len(b) == 0 {
		return Bytes{}
	}
	return Bytes{reveal: func() []byte { return b }}
}

// Reveal is the plain content, not a copy; nil when empty.
func (b Bytes) Reveal() []byte {
	if b.reveal == nil {
		return nil
	}
	return b.reveal()
}

// IsZero tells whether the content is empty.
func (b Bytes) IsZero() bool { return len(b.Reveal()) == 0 }

// Equal compares the contents.
func (b Bytes) Equal(o Bytes) bool { return string(b.Reveal()) == string(o.Reveal()) }

// String is always "[sealed]".
func (b Bytes) String() string { return sealedMark }

// GoString is always "[sealed]".
func (b Bytes) GoString() string { return sealedMark }

// Format writes "[sealed]" for every verb and flag.
func (b Bytes) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, sealedMark) }

// LogValue is always "[sealed]".
func (b Bytes) LogValue() slog.Value { return slog.StringValue(sealedMark) }

// MarshalJSON is always "[sealed]".
func (b Bytes) MarshalJSON() ([]byte, error) { return []byte(`"` + sealedMark + `"`), nil }

// MarshalText is always "[sealed]".
func (b Bytes) MarshalText() ([]byte, error) { return []byte(sealedMark), nil }

// Value refuses to be a bind parameter, as Text does.
func (b Bytes) Value() (driver.Value, error) { return nil, errUnsealedParameter() }

func errUnsealedParameter() error {
	return fault.New(fault.Internal, "vault.Value", "vault.unsealed_parameter")
}
