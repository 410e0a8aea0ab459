package vault

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"io"

	"github.com/tink-crypto/tink-go/v2/streamingaead/subtle"

	"amanah/internal/fault"
)

// Envelope seals what belongs to the whole installation and not to a tenant, such
// as a backup: under a key of its own, which the master key wraps. The wrapped key
// lies in front of what it seals.
type Envelope struct {
	wrapped []byte
	value   box
	file    []byte
	tag     []byte
}

// NewEnvelope makes a key for one use; label names what it is for and must be
// given to OpenEnvelope again.
func NewEnvelope(ctx context.Context, m Master, random io.Reader, label string) (*Envelope, error) {
	const op = "vault.NewEnvelope"
	key := make([]byte, keySize)
	defer clear(key)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, fault.New(fault.Internal, op, "vault.no_randomness").Cause(err)
	}
	wrapped, err := m.Wrap(ctx, key, parts("envelope", label))
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	e, err := newEnvelope(key, wrapped)
	return e, fault.Wrap(op, err)
}

// OpenEnvelope opens what Wrapped gave. Faults as of Master.Unwrap.
func OpenEnvelope(ctx context.Context, m Master, label string, wrapped []byte) (*Envelope, error) {
	const op = "vault.OpenEnvelope"
	key, err := m.Unwrap(ctx, wrapped, parts("envelope", label))
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	defer clear(key)
	e, err := newEnvelope(key, wrapped)
	return e, fault.Wrap(op, err)
}

func newEnvelope(key, wrapped []byte) (_ *Envelope, err error) {
	e := &Envelope{wrapped: bytes.Clone(wrapped)}
	if e.value, err = newBox(key, "value"); err != nil {
		return nil, err
	}
	if e.file, err = derive(key, "file"); err != nil {
		return nil, err
	}
	e.tag, err = derive(key, "index")
	return e, err
}

// Wrapped is the key as it may lie beside what it seals.
func (e *Envelope) Wrapped() []byte { return e.wrapped }

// Seal seals a value, Overhead bytes longer; aad must be given to Open again.
func (e *Envelope) Seal(random io.Reader, aad, plain []byte) ([]byte, error) {
	return e.value.seal(random, aad, plain)
}

// Open gives back what Seal sealed; a fault Invalid with KeyTampered where it was
// changed, cut or moved.
func (e *Envelope) Open(aad, sealed []byte) ([]byte, error) { return e.value.open(aad, sealed) }

// Tag is a keyed digest: equal texts have equal tags, and nobody without the key
// can tell whose.
func (e *Envelope) Tag(text ...string) [32]byte {
	h := hmac.New(sha256.New, e.tag)
	h.Write(parts(text...))
	return [32]byte(h.Sum(nil))
}

func (e *Envelope) stream() (*subtle.AESGCMHKDF, error) {
	return subtle.NewAESGCMHKDF(e.file, "SHA256", keySize, 1<<20, 0)
}

// Writer seals a stream of any length into w, in segments of 1 MiB. Only Close
// makes it whole: a reader refuses a stream that was not closed.
func (e *Envelope) Writer(w io.Writer, aad []byte) (io.WriteCloser, error) {
	st, err := e.stream()
	if err != nil {
		return nil, err
	}
	return st.NewEncryptingWriter(w, aad)
}

// Reader opens such a stream. What it gives was authenticated; an error before
// the end is a fault Invalid with KeyTampered, or Unavailable where r failed.
func (e *Envelope) Reader(r io.Reader, aad []byte) (io.Reader, error) {
	st, err := e.stream()
	if err != nil {
		return nil, err
	}
	in := &source{r: bufio.NewReaderSize(r, 1<<20)}
	plain, err := st.NewDecryptingReader(in, aad)
	if err != nil {
		return nil, in.fault()
	}
	return &sticky{r: plain, in: in}, nil
}

// WriteWrapped puts the wrapped key in front of a file; ReadWrapped reads it.
func (e *Envelope) WriteWrapped(w io.Writer) error {
	_, err := w.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(e.wrapped))), e.wrapped...))
	return err
}

// ReadWrapped reads what WriteWrapped wrote.
func ReadWrapped(r io.Reader) ([]byte, error) {
	var n [2]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return nil, errTampered("vault.ReadWrapped")
	}
	b := make([]byte, binary.BigEndian.Uint16(n[:]))
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, errTampered("vault.ReadWrapped")
	}
	return b, nil
}
