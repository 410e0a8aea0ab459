package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"io"

	"amanah/internal/fault"
)

// The sizes and versions of the layout in doc.go.
const (
	keySize    = 32
	version1   = 0x01
	versionKMS = 0x02
	headerSize = 1 + 4
	nonceSize  = 12
	tagSize    = 16

	// Overhead is how many bytes a sealed value is longer than its content.
	Overhead = headerSize + nonceSize + tagSize
)

// AAD composes a row's identity into the associated data of one sealed value.
// Each part is preceded by its length, so that no two rows have the same.
// Table and column are the names that the value was sealed under: after a
// renaming, keep giving the old names or seal the values anew.
func AAD(table, rowID, column string) []byte { return parts(table, rowID, column) }

func parts(list ...string) []byte {
	n := 0
	for _, s := range list {
		n += 4 + len(s)
	}
	b := make([]byte, 0, n)
	for _, s := range list {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return b
}

// derive gives the 32 bytes that serve one purpose of a key.
func derive(key []byte, purpose string) ([]byte, error) {
	return hkdf.Key(sha256.New, key, nil, "amanah/vault/v1/"+purpose, keySize)
}

// header is the version and the key id that stand before everything sealed.
type header [headerSize]byte

func newHeader(key []byte) (header, error) {
	id, err := derive(key, "id")
	if err != nil {
		return header{}, err
	}
	h := header{version1}
	copy(h[1:], id)
	return h, nil
}

// matches tells whether something sealed claims this version and key. It is an
// early answer only: the header is authenticated with the content.
func (h header) matches(sealed []byte) bool {
	return len(sealed) >= headerSize && header(sealed[:headerSize]) == h
}

// box is AES-256-GCM under one derived key, in layout version 1.
type box struct {
	aead cipher.AEAD
	head header
}

// newBox derives the key of a purpose and builds its cipher.
func newBox(key []byte, purpose string) (box, error) {
	if len(key) != keySize {
		return box{}, fault.New(fault.Internal, "vault.newBox", "vault.key_size")
	}
	head, err := newHeader(key)
	if err != nil {
		return box{}, err
	}
	k, err := derive(key, purpose)
	if err != nil {
		return box{}, err
	}
	defer clear(k)
	block, err := aes.NewCipher(k)
	if err != nil {
		return box{}, err
	}
	aead, err := cipher.NewGCM(block)
	return box{aead: aead, head: head}, err
}

func (b box) ad(aad []byte) []byte {
	ad := make([]byte, 0, headerSize+len(aad))
	return append(append(ad, b.head[:]...), aad...)
}

func (b box) seal(rand io.Reader, aad, plain []byte) ([]byte, error) {
	out := make([]byte, headerSize+nonceSize, Overhead+len(plain))
	copy(out, b.head[:])
	nonce := out[headerSize:]
	if _, err := io.ReadFull(rand, nonce); err != nil {
		return nil, fault.New(fault.Internal, "vault.seal", "vault.no_randomness").Cause(err)
	}
	return b.aead.Seal(out, nonce, plain, b.ad(aad)), nil
}

func (b box) open(aad, sealed []byte) ([]byte, error) {
	if len(sealed) < Overhead || !b.head.matches(sealed) {
		return nil, errTampered("vault.open")
	}
	rest := sealed[headerSize:]
	plain, err := b.aead.Open(nil, rest[:nonceSize], rest[nonceSize:], b.ad(aad))
	if err != nil {
		return nil, errTampered("vault.open")
	}
	return plain, nil
}

func errTampered(op string) error { return fault.New(fault.Invalid, op, KeyTampered) }
