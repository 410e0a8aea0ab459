// Package factortest is a device with passkeys for tests, written after the
// WebAuthn specification alone, and an app of one-time codes after RFC 6238. The
// device does what it is told, also what no honest one does.
package factortest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Code is what an app with a key shows at a moment.
func Code(t testing.TB, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.DecodeString(strings.ReplaceAll(secret, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	m := hmac.New(sha1.New, key)
	if err := binary.Write(m, binary.BigEndian, at.Unix()/30); err != nil {
		t.Fatal(err)
	}
	sum := m.Sum(nil)
	from := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[from:])&0x7fffffff%1_000_000)
}

// Device holds one passkey.
type Device struct {
	Origin string // the page that it believes to be on
	RPID   string
	Count  uint32 // its counter; grows by one with each use
	// Unverified leaves out that the user was verified.
	Unverified bool

	key    *ecdsa.PrivateKey
	id     []byte
	handle []byte
}

// New is a device on a page.
func New(t testing.TB, origin, rpID string) *Device {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &Device{Origin: origin, RPID: rpID, key: key, id: make([]byte, 32)}
	if _, err := rand.Read(d.id); err != nil {
		t.Fatal(err)
	}
	return d
}

// Copy is another device with the same passkey, as a thief would have.
func (d *Device) Copy() *Device { c := *d; return &c }

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// options reads the question of the server.
func options(t testing.TB, question []byte) (challenge string, handle []byte) {
	t.Helper()
	var o struct {
		PublicKey struct {
			Challenge string `json:"challenge"`
			User      struct {
				ID string `json:"id"`
			} `json:"user"`
		} `json:"publicKey"`
	}
	if err := json.Unmarshal(question, &o); err != nil {
		t.Fatal(err)
	}
	handle, err := base64.RawURLEncoding.DecodeString(o.PublicKey.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	return o.PublicKey.Challenge, handle
}

func (d *Device) clientData(t testing.TB, kind, challenge string) []byte {
	t.Helper()
	b, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.Origin, "crossOrigin": false})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (d *Device) authData(flags byte) []byte {
	hash := sha256.Sum256([]byte(d.RPID))
	if !d.Unverified {
		flags |= 0x04
	}
	out := append(hash[:], flags|0x01)
	return binary.BigEndian.AppendUint32(out, d.Count)
}

// Create makes the passkey at the server's question.
func (d *Device) Create(t testing.TB, question []byte) string {
	t.Helper()
	challenge, handle := options(t, question)
	d.handle = handle
	public, err := d.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		t.Fatal(err)
	}
	cose := append([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}, public[1:33]...)
	cose = append(append(cose, 0x22, 0x58, 0x20), public[33:]...)
	auth := append(d.authData(0x40), make([]byte, 16)...)
	auth = binary.BigEndian.AppendUint16(auth, uint16(len(d.id)))
	auth = append(append(auth, d.id...), cose...)
	object := []byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59")
	object = append(binary.BigEndian.AppendUint16(object, uint16(len(auth))), auth...)
	return d.answer(t, map[string]any{"clientDataJSON": b64(d.clientData(t, "webauthn.create", challenge)), "attestationObject": b64(object), "transports": []string{"internal"}})
}

// Get answers the server's question with the passkey.
func (d *Device) Get(t testing.TB, question []byte) string {
	t.Helper()
	challenge, _ := options(t, question)
	d.Count++
	client, auth := d.clientData(t, "webauthn.get", challenge), d.authData(0)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(auth, hash[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return d.answer(t, map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(auth), "signature": b64(sig), "userHandle": b64(d.handle)})
}

func (d *Device) answer(t testing.TB, response map[string]any) string {
	t.Helper()
	out, err := json.Marshal(map[string]any{"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
