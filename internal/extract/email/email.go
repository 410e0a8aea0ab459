package email

import (
	"time"

	"amanah/internal/money"
)

// BookAt is the line of Transaction.Confidence: what is below it goes to the
// review list, never into the books.
const BookAt = 0.8

// Kind says what a mail is. Only KindTransaction may carry transactions.
type Kind string

// The kinds, as the contract names them.
const (
	KindTransaction Kind = "transaction"
	KindFailed      Kind = "failed"
	KindPending     Kind = "pending"
	KindOTP         Kind = "otp"
	KindPromo       Kind = "promo"
	KindStatement   Kind = "statement"
	KindNotice      Kind = "notice"
	KindForwarding  Kind = "forwarding_code"
	KindSuspicious  Kind = "suspicious"
	KindOther       Kind = "other"
)

// Trust says how far the sender is known to be who it claims to be.
type Trust string

// Verified: the issuer's domain, authenticated. Unverified: nobody checked, or
// the sender belongs to no known issuer and proved nothing. Forwarded: a person
// quoted the mail, only that person is known. Suspicious: a proof failed or the
// sender is a look-alike.
const (
	TrustVerified   Trust = "verified"
	TrustUnverified Trust = "unverified"
	TrustForwarded  Trust = "forwarded"
	TrustSuspicious Trust = "suspicious"
)

// Result is what one mail says.
type Result struct {
	Kind         Kind
	Transactions []Transaction // only with KindTransaction; each may still be below BookAt
	Held         []Transaction // what a suspicious mail claims: for the review list, never to be booked by itself
	Sender       Sender
	Issuer       string // "BCA"; empty for an unknown issuer
	Rule         string // issuer rule and its version, "bca/card@3"; "generic@1" without one
	// Reason is a stable key: why nothing was booked, or why it goes to review
	// ("auth.dkim_fail", "low_confidence.amount"). Empty when all is well.
	Reason         string
	Forwarding     *Forwarding
	InnerMessageID string // Message-ID of the issuer's own mail where it is known
	Subject        string // of the issuer's own mail, "Fwd:" taken off
}

// Sender is who the mail is from in the end: the issuer, also when a person
// forwarded its mail.
type Sender struct {
	Domain  string
	Address string // the issuer's address; empty when a forward hides it
	Via     string // address of the person who forwarded by hand; the caller checks that it may
	DKIM    string // of the issuer's own mail: pass, fail, none, neutral ...; "none" for a forward by hand
	Trust   Trust
}

// Forwarding is a provider's confirmation that a user must see to switch
// forwarding on.
type Forwarding struct {
	Provider string // gmail, outlook, yahoo, icloud, other
	From     string // the mailbox that wants to forward
	Code     string
	Link     string
}

// Transaction is one movement of money. What the mail does not state is the
// zero value.
type Transaction struct {
	Status      string       // "success"
	Direction   string       // out, in, internal
	Amount      money.Amount // what left or entered the account, fee included, never negative
	Fee         money.Amount // the part of it that is a fee; Currency "" when the mail names none
	At          time.Time
	AtPrecision string // second, minute, day, header
	Merchant    string
	Issuer      string
	AccountLast string // two to four last digits
	AccountName string
	Channel     string
	Reference   string
	Category    string
	Confidence  float64 // 0 to 1, see BookAt and doc.go
	// Doubt names the weakest piece of evidence ("amount", "date", "status",
	// "sender", "merchant"); empty when nothing is weak.
	Doubt string
}

// Auth holds results that our own mail server established. Values are those of
// RFC 8601: pass, fail, none, neutral, softfail, temperror, permerror. Each
// result must be aligned with the From domain already. The zero Auth says that
// there was nothing to check and nobody vouched for the mail either.
type Auth struct{ DKIM, SPF, DMARC, ARC string }

// Options are the facts around a mail.
type Options struct {
	// Auth is nil when nobody checked: then the topmost Authentication-Results
	// of the file counts.
	Auth *Auth
	// Received is the time of arrival, for a mail without a usable Date.
	Received time.Time
	// Zone is the tenant's zone for times without one; nil means WIB.
	Zone *time.Location
}
