package federate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"

	"amanah/internal/fault"
)

// Ticket is one try of one browser: 43 characters for a cookie. Whoever has it
// can finish the try, so it is kept by the browser alone, and elsewhere as Hash.
type Ticket string

// ticketBytes is the randomness of a ticket.
const ticketBytes = 32

// NewTicket makes one.
func NewTicket(random io.Reader) (Ticket, error) {
	var b [ticketBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fault.Wrap("federate.NewTicket", err)
	}
	return Ticket(base64.RawURLEncoding.EncodeToString(b[:])), nil
}

// Hash is what a store may keep of a ticket; nil for what cannot be one.
func (t Ticket) Hash() []byte {
	if len(t) != base64.RawURLEncoding.EncodedLen(ticketBytes) {
		return nil
	}
	sum := sha256.Sum256([]byte("amanah ticket\x00" + t))
	return sum[:]
}

// derive gives a value that only who has the ticket can tell: 43 characters of
// the alphabet that RFC 7636 asks of a verifier.
func (t Ticket) derive(what string) string {
	m := hmac.New(sha256.New, []byte(t))
	m.Write([]byte("amanah federate " + what))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// State is the value that the answer has to bring back.
func (t Ticket) State() string { return t.derive("state") }

func (t Ticket) nonce() string    { return t.derive("nonce") }
func (t Ticket) verifier() string { return t.derive("verifier") }
