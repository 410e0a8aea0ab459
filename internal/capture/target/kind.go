package target

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"strconv"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/egress"
)

// Kind is one way to carry transactions out. A Kind holds no state of a target
// and is safe for concurrent use.
type Kind interface {
	// Traits never change.
	Traits() Traits
	// Check refuses settings that cannot work; faults name a field of the form.
	Check(s Settings) error
	// Describe is the line by which a person knows the target again. It holds no
	// secret.
	Describe(s Settings) string
	// Send carries one delivery, or a test. It never returns without saying how it
	// went, and says nothing of a context that ended.
	Send(ctx context.Context, to To, p Parcel) Outcome
	// Disconnect takes back what a third party granted, with a secret that nothing
	// else has any more. It tells whether there is nothing left to take back.
	Disconnect(ctx context.Context, to To) (done bool)
}

// Traits are what capture must know of a kind.
type Traits struct {
	Name string
	// Recipient is whom the notice names, Categories what the Door is told.
	Recipient  egress.Recipient
	Categories []string
	// Serial: one delivery of a target at a time.
	Serial bool
	// Scheduled: files of a span, not single transactions.
	Scheduled bool
	// Granted: the secret is a grant that its giver must be asked to take back.
	Granted bool
	// Pace is the pause between the deliveries of a replay.
	Pace time.Duration
}

// Types of an event, as bodies name them.
const (
	TypeCaptured  = "transaction.captured"
	TypeCorrected = "transaction.corrected"
	TypeReversed  = "transaction.reversed"
	TypeTest      = "target.test"
	TypeFile      = "transactions.file"
)

// Parcel is one delivery.
type Parcel struct {
	Event  string // the event's number, the same over all attempts
	Type   string
	At     time.Time // of the event
	Now    time.Time // of the attempt
	Tenant id.Tenant
	Record Record
	Zone   *time.Location // the workspace's
	// Fresh: nothing of this transaction was ever tried at this target.
	Fresh bool
	// Rows are the transactions of a file, of the span From to Until.
	Rows        iter.Seq2[Record, error]
	From, Until time.Time
}

// Test tells whether it is only a test.
func (p Parcel) Test() bool { return p.Type == TypeTest }

// To is a target as a kind meets it.
type To struct {
	ID       id.ID
	Settings Settings
	Secret   string
	// Carry lets one request out through the Door.
	Carry func(req *http.Request) (*egress.Response, error)
	// Client is the same way for a protocol's own code.
	Client *http.Client
	// Post sends a file to the person's own verified address; id is the letter's
	// own name, so that a mail program shows a repetition once.
	Post func(ctx context.Context, l Letter) error
}

// Outcome is how a delivery went.
type Outcome struct {
	Status int    // of the answer; 0 for none
	Key    string // why it was not taken; empty: it was
	// Wait: the receiver asks for a pause; nothing is sent before, and it is no
	// failed attempt.
	Wait time.Duration
	// Pause says by a key why the target takes nothing until a person acts.
	Pause string
	// Settings and Secret are set where they changed and are to be kept.
	Settings *Settings
	Secret   string
}

// Taken tells whether the delivery arrived.
func (o Outcome) Taken() bool { return o.Key == "" }

// answered sorts the answer of an HTTP receiver.
func answered(resp *egress.Response, err error) Outcome {
	o := Outcome{}
	if resp != nil {
		o.Status = resp.Status
	}
	switch {
	case err != nil && o.Status >= 200 && o.Status < 300 && fault.Of(err).Key != "egress.redirect":
		return o // it was taken; only its answer was too long or too slow
	case err != nil:
		o.Key = reason(err)
	case o.Status == http.StatusGone:
		o.Key, o.Pause = "target.status", "target.gone"
	case o.Status < 200 || o.Status >= 300:
		o.Key = "target.status"
		if o.Status == http.StatusTooManyRequests {
			o.Wait = retryAfter(resp.Header)
		}
	}
	return o
}

// reason is the key of a fault of the Door.
func reason(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Key != "" {
		return f.Key
	}
	return "egress.unreachable"
}

// maxWait bounds what a receiver may ask for.
const maxWait = time.Hour

// retryAfter reads the header's seconds; 0 where there are none.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n <= 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, maxWait)
}
