package consent

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Question is what a feature asks before it works for the first time: at the
// moment of linking an account (ByLink), or of being switched on (BySwitch).
type Question struct {
	Who     id.Subject
	Purpose string
	// Yes is the person's own act on this very form: a box of its own that was
	// empty before.
	Yes   bool
	Proof Proof
}

// Ask stores the yes and then begins the feature, in one transaction of the
// person's home: there is never one without the other. A yes that stands already
// is enough. Without one nothing is stored and nothing begins: fault Invalid with
// consent.needed on the field "consent".
func Ask(ctx context.Context, tx *store.Tx, q Question, begin func(*store.Tx) error) error {
	const op = "consent.Ask"
	state, err := StateOf(ctx, tx, q.Who, q.Purpose)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if state != Given {
		if !q.Yes {
			return fault.New(fault.Invalid, op, "consent.needed").On("consent").With("purpose", q.Purpose)
		}
		if err := Give(ctx, tx, q.Who, q.Purpose, q.Proof); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return fault.Wrap(op, begin(tx))
}

// Require is asked by a feature at each use. Fault Forbidden with consent.needed
// unless the person allows the purpose now.
func Require(ctx context.Context, tx *store.Tx, who id.Subject, purpose string) error {
	const op = "consent.Require"
	state, err := StateOf(ctx, tx, who, purpose)
	if err == nil && state != Given {
		err = fault.New(fault.Forbidden, op, "consent.needed").With("purpose", purpose)
	}
	return fault.Wrap(op, err)
}
