package gate

import (
	"context"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Purposes that the gate itself knows.
const (
	// Rights is open always: access, export, erasure and their proof.
	Rights = "rights"
	// Security stays open under a restriction: without it nobody could sign in and
	// lift it.
	Security = "security"
	// All stands for every purpose but Rights and Security.
	All = ""
)

// Why a purpose is stopped.
const (
	Withdrawn  = "withdrawn"  // a consent was taken back
	Objected   = "objected"   // to a purpose that runs without consent
	Restricted = "restricted" // the data are only stored
	Closing    = "closing"    // the account is in its grace time: only Rights is open
	Guardian   = "guardian"   // a young person whose guardian has not agreed, or no longer does
)

var reasons = map[string]bool{Withdrawn: true, Objected: true, Restricted: true, Closing: true, Guardian: true}

// Stop closes a purpose for a person, All with "", in a transaction of the
// person's home. ref is the request that asks for it, or zero. Stopping for the
// same reason again changes nothing. It holds on this node once the transaction
// is committed, and on the others within milliseconds.
func Stop(ctx context.Context, tx *store.Tx, who id.Subject, purpose, why string, ref id.ID) error {
	const op = "gate.Stop"
	if err := check(op, tx, who, purpose, why); err != nil {
		return err
	}
	n, err := standing(ctx, tx, who, purpose, why)
	if err != nil || n > 0 {
		return fault.Wrap(op, err)
	}
	err = store.Insert(ctx, tx, &stop{Subject: who, Purpose: purpose, Why: why, Request: ref, Since: tx.Now()})
	if err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, changed(ctx, tx, who, "gate.stopped."+why, purpose))
}

// Lift ends what Stop began, for the same purpose and reason. Other reasons go on
// to hold. Lifting what does not stand changes nothing.
func Lift(ctx context.Context, tx *store.Tx, who id.Subject, purpose, why string) error {
	const op = "gate.Lift"
	if err := check(op, tx, who, purpose, why); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, "UPDATE gate_stops SET lifted = $1 WHERE tenant_id = $2 AND subject_id = $3 AND purpose = $4 AND why = $5 AND lifted IS NULL",
		tx.Now(), tx.Tenant(), who, purpose, why)
	if err != nil || n == 0 {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, changed(ctx, tx, who, "gate.lifted."+why, purpose))
}

func check(op string, tx *store.Tx, who id.Subject, purpose, why string) error {
	home := tx.Scope().Home
	switch {
	case who.IsZero(), !reasons[why], purpose == Rights:
		return fault.New(fault.Internal, op, "gate.bad_stop")
	case !home.IsZero() && home != tx.Tenant():
		return fault.New(fault.Internal, op, "gate.not_home")
	}
	return nil
}

func standing(ctx context.Context, tx *store.Tx, who id.Subject, purpose, why string) (n int64, err error) {
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM gate_stops WHERE tenant_id = $1 AND subject_id = $2 AND purpose = $3 AND why = $4 AND lifted IS NULL",
		[]any{tx.Tenant(), who, purpose, why}, &n)
	return n, err
}

func changed(ctx context.Context, tx *store.Tx, who id.Subject, act, purpose string) error {
	if err := Changed(ctx, tx, who); err != nil {
		return err
	}
	if purpose == All {
		purpose = "all"
	}
	return audit.Record(ctx, tx, audit.Act{Name: act, Subject: who, Object: purpose, Count: 1, Told: true})
}

// Changed makes every node learn anew what a person's choices are. Stop and Lift
// call it; who writes a consent calls it in the same transaction, afterwards.
func Changed(ctx context.Context, tx *store.Tx, who id.Subject) error {
	if g, ok := tx.Gate().(*Gate); ok {
		if err := g.learn(ctx, tx, who); err != nil {
			return err
		}
	}
	return tx.Notify(ctx, channel, tx.Scope().Service+" "+who.String())
}

// Stopped is one stop of a person, for pages.
type Stopped struct {
	Purpose, Why string
	Request      id.ID
	Since        clock.Instant
	Lifted       clock.Instant // zero while it holds
}

// Of lists a person's stops, those that hold first, the newest first.
func Of(ctx context.Context, tx *store.Tx, who id.Subject) ([]Stopped, error) {
	rows, err := store.Find[stop](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 ORDER BY CASE WHEN lifted IS NULL THEN 0 ELSE 1 END, since DESC, id DESC", tx.Tenant(), who)
	if err != nil {
		return nil, fault.Wrap("gate.Of", err)
	}
	out := make([]Stopped, len(rows))
	for i, r := range rows {
		out[i] = Stopped{Purpose: r.Purpose, Why: r.Why, Request: r.Request, Since: r.Since, Lifted: r.Lifted}
	}
	return out, nil
}
