package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"amanah/internal/fault"
)

// The three headers, in the spelling of the convention.
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp"
	HeaderSignature = "webhook-signature"
)

// Tolerance is how far a received timestamp may be from now, both ways.
const Tolerance = 5 * time.Minute

const prefix = "whsec_"

// Secret is the shared key of one endpoint, 24 to 64 bytes.
type Secret struct{ key []byte }

// NewSecret makes a secret of 32 bytes from a source of randomness.
func NewSecret(random io.Reader) (Secret, error) {
	key := make([]byte, 32)
	if _, err := io.ReadFull(random, key); err != nil {
		return Secret{}, fault.Wrap("webhook.NewSecret", err)
	}
	return Secret{key}, nil
}

// ParseSecret reads "whsec_" and base64. The fault does not repeat the text.
func ParseSecret(s string) (Secret, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, prefix))
	if err != nil || !strings.HasPrefix(s, prefix) || len(key) < 24 || len(key) > 64 {
		return Secret{}, fault.New(fault.Invalid, "webhook.ParseSecret", "webhook.secret")
	}
	return Secret{key}, nil
}

// Reveal is the text that the user copies into the receiving program.
func (s Secret) Reveal() string { return prefix + base64.StdEncoding.EncodeToString(s.key) }

// String hides the secret.
func (s Secret) String() string { return prefix + "***" }

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the secret from JSON and from logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func (s Secret) sign(id string, at int64, body []byte) string {
	h := hmac.New(sha256.New, s.key)
	_, _ = io.WriteString(h, id+"."+strconv.FormatInt(at, 10)+".")
	_, _ = h.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// Sign puts the three headers on h. While a key is being changed both secrets
// are given, the new one first; a receiver is content with either. The id is
// the same for every attempt of one delivery, at is the attempt's time.
func Sign(h http.Header, id string, at time.Time, body []byte, secrets ...Secret) error {
	if id == "" || strings.ContainsAny(id, ". \r\n") || len(secrets) == 0 {
		return fault.New(fault.Invalid, "webhook.Sign", "webhook.unsigned")
	}
	signatures := make([]string, 0, len(secrets))
	for _, s := range secrets {
		if len(s.key) == 0 {
			return fault.New(fault.Invalid, "webhook.Sign", "webhook.secret")
		}
		signatures = append(signatures, s.sign(id, at.Unix(), body))
	}
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(HeaderSignature, strings.Join(signatures, " "))
	return nil
}

// NewRequest is a signed POST of a JSON body, to be sent through the egress door.
func NewRequest(ctx context.Context, url, id string, at time.Time, body []byte, secrets ...Secret) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		// The cause would repeat the address.
		return nil, fault.New(fault.Invalid, "webhook.NewRequest", "egress.bad_url")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Amanah-Webhook/1")
	return req, Sign(req.Header, id, at, body, secrets...)
}

// Verify tells whether a received body bears a good signature of one of the
// secrets and a timestamp near now. A fault is Unauthorized and says no more.
func Verify(h http.Header, body []byte, now time.Time, secrets ...Secret) error {
	wrong := fault.New(fault.Unauthorized, "webhook.Verify", "webhook.signature")
	id := h.Get(HeaderID)
	at, err := strconv.ParseInt(h.Get(HeaderTimestamp), 10, 64)
	if err != nil || id == "" || now.Sub(time.Unix(at, 0)).Abs() > Tolerance {
		return wrong
	}
	for given := range strings.FieldsSeq(h.Get(HeaderSignature)) {
		for _, s := range secrets {
			if len(s.key) > 0 && hmac.Equal([]byte(given), []byte(s.sign(id, at, body))) {
				return nil
			}
		}
	}
	return wrong
}
