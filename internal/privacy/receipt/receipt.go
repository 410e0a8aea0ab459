package receipt

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/gowebpki/jcs"

	"amanah/internal/fault"
	"amanah/internal/id"
)

// Format is the version of the file.
const Format = "amanah.receipt/1"

// Kinds of receipts.
const (
	Erasure      = "erasure"
	ErasureOrder = "erasure-order"
	Export       = "export"
	Retention    = "retention"
	Consent      = "consent"
	Complaint    = "complaint"
	Breach       = "breach"
)

// Receipt is a statement that was signed. Body depends on Kind.
type Receipt struct {
	Format     string          `json:"format"`
	Kind       string          `json:"kind"`
	Number     string          `json:"number"`
	Service    string          `json:"service"`
	Controller Controller      `json:"controller"`
	Issued     string          `json:"issued"`
	Body       json.RawMessage `json:"body"`
	Key        KeyInfo         `json:"key"`
	Signature  string          `json:"signature,omitempty"`
}

// Controller answers for what the receipt says.
type Controller struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Email   string `json:"email"`
}

// KeyInfo names the key that signed.
type KeyInfo struct {
	ID        string `json:"id"`
	Algorithm string `json:"algorithm"`
	Public    string `json:"public"`
}

// Statement is what is to be signed.
type Statement struct {
	Kind       string
	Number     id.ID
	Service    string
	Controller Controller
	Issued     time.Time
	// Body is marshalled to a JSON object. No personal data.
	Body any
}

// Sign gives the receipt as a file.
func (k *Key) Sign(s Statement) ([]byte, error) {
	const op = "receipt.Sign"
	body, err := written(s.Body, "")
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	r := Receipt{
		Format: Format, Kind: s.Kind, Number: s.Number.String(), Service: s.Service, Controller: s.Controller,
		Issued: s.Issued.UTC().Truncate(time.Second).Format(time.RFC3339), Body: body, Key: k.Info(),
	}
	if err := r.check(); err != nil {
		return nil, fault.Wrap(op, err)
	}
	plain, err := r.canonical()
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	r.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(k.private, plain))
	out, err := written(r, "  ")
	return out, fault.Wrap(op, err)
}

// written is JSON with letters as they are: an escape such as \u003c has two
// spellings, so that one of its bits could be flipped without a change of meaning.
func written(v any, indent string) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	err := enc.Encode(v)
	return out.Bytes(), err
}

// MaxSize is the most that Verify reads.
const MaxSize = 1 << 20

// Verify checks a receipt against a public key and gives what it says. Faults
// are Invalid, with the keys receipt.format, receipt.other_key (it was signed
// with another key) and receipt.forged (it was changed, or not signed by the
// key).
func Verify(file []byte, key ed25519.PublicKey) (*Receipt, error) {
	r, sig, err := parse(file)
	if err != nil {
		return nil, err
	}
	if len(key) != ed25519.PublicKeySize || r.Key != info(key) {
		return nil, invalid("receipt.other_key", errors.New("signed with the key "+r.Key.ID))
	}
	plain, err := r.canonical()
	if err != nil {
		return nil, invalid("receipt.format", err)
	}
	if !ed25519.Verify(key, plain, sig) {
		return nil, invalid("receipt.forged", nil)
	}
	return r, nil
}

// Embedded gives the public key that a receipt names. That a receipt verifies
// with it proves only that it is whole: compare the key with the published one.
func Embedded(file []byte) (ed25519.PublicKey, error) {
	r, _, err := parse(file)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.Strict().DecodeString(r.Key.Public)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, invalid("receipt.format", err)
	}
	return key, nil
}

func parse(file []byte) (*Receipt, []byte, error) {
	if len(file) > MaxSize {
		return nil, nil, fault.New(fault.TooLarge, "receipt.Verify", "receipt.format")
	}
	// The canonical form knows no member twice and no number that rounds, so what
	// is shown is what was signed.
	plain, err := jcs.Transform(file)
	if err != nil {
		return nil, nil, invalid("receipt.format", err)
	}
	dec := json.NewDecoder(bytes.NewReader(plain))
	dec.DisallowUnknownFields()
	var r Receipt
	if err := dec.Decode(&r); err != nil {
		return nil, nil, invalid("receipt.format", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, nil, invalid("receipt.format", err)
	}
	// Go reads the names of members in small and capital letters alike: what was
	// read must be what stands there.
	if again, err := json.Marshal(r); err != nil {
		return nil, nil, invalid("receipt.format", err)
	} else if again, err = jcs.Transform(again); err != nil || !bytes.Equal(plain, again) {
		return nil, nil, invalid("receipt.format", err)
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(r.Signature)
	if err != nil || len(sig) != ed25519.SignatureSize {
		return nil, nil, invalid("receipt.format", err)
	}
	if err := r.check(); err != nil {
		return nil, nil, invalid("receipt.format", err)
	}
	return &r, sig, nil
}

// Time is when it was issued.
func (r *Receipt) Time() time.Time {
	t, _ := time.Parse(time.RFC3339, r.Issued)
	return t
}

func (r *Receipt) check() error {
	if r.Format != Format || r.Kind == "" || len(r.Body) == 0 || r.Body[0] != '{' {
		return errors.New("not a receipt of " + Format)
	}
	if _, err := id.Parse(r.Number); err != nil {
		return err
	}
	_, err := time.Parse(time.RFC3339, r.Issued)
	return err
}

// canonical is what is signed.
func (r *Receipt) canonical() ([]byte, error) {
	bare := *r
	bare.Signature = ""
	b, err := json.Marshal(bare)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(b)
}

func invalid(key string, cause error) error {
	return fault.New(fault.Invalid, "receipt.Verify", key).Cause(cause)
}
