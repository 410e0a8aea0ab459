package consent

import (
	"context"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/gate"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// State is whether a purpose is allowed.
type State string

// The states. None is that of a purpose on which the person never acted: it is
// off, as one that was withdrawn.
const (
	None      State = ""
	Given     State = "given"
	Withdrawn State = "withdrawn"
	// Lapsed is never stored: a consent whose purpose has become wider since.
	Lapsed State = "lapsed"
)

// How says by which act a record came about.
type How string

// The acts.
const (
	BySignUp How = "signup" // a box of its own in the sign-up form
	ByLink   How = "link"   // at the moment of linking another account
	BySwitch How = "switch" // at the moment of switching on a feature
	ByPage   How = "page"   // on a page of the account
	ByAPI    How = "api"
	ByChat   How = "chat"
	ByStaff  How = "staff" // on the person's recorded request
	// ByUse is no act of the person: a page was shown. It comes with acceptances only,
	// and gives no consent.
	ByUse How = "use"
	// ByGuardian is for a young person, by who answers for them; also when they came
	// of age and that answer ended.
	ByGuardian How = "guardian"
)

// Proof is what comes with an act: which notice named it, how and on what device
// it happened. Time and tenant are the transaction's.
type Proof struct {
	Notice string // version
	Digest string // SHA-256 of that version's text, hexadecimal; "" where it is not known
	How    How
	Lang   string
	IP     string
	Agent  string
}

// Decision is one recorded act.
type Decision struct {
	ID      id.ID
	Purpose string
	State   State
	Proof   Proof
	At      clock.Instant
}

const agentMost = 400

func (p Proof) check(op string) (Proof, error) {
	if p.Notice == "" || p.How == "" {
		return p, fault.New(fault.Internal, op, "consent.no_proof")
	}
	if len(p.Agent) > agentMost {
		p.Agent = p.Agent[:agentMost]
	}
	return p, nil
}

// Give records that a person allows a purpose. The transaction is one of the
// person's home. Giving what is given already records nothing, unless the purpose
// became wider in between. Fault Conflict if
// the same person acts twice at the same moment; the caller may try again.
func Give(ctx context.Context, tx *store.Tx, who id.Subject, purpose string, p Proof) error {
	return act(ctx, tx, who, purpose, Given, p)
}

// Withdraw records that a person no longer allows a purpose; so also an objection
// to a purpose that runs without consent. Withdrawing twice records nothing.
func Withdraw(ctx context.Context, tx *store.Tx, who id.Subject, purpose string, p Proof) error {
	return act(ctx, tx, who, purpose, Withdrawn, p)
}

func act(ctx context.Context, tx *store.Tx, who id.Subject, purpose string, s State, p Proof) error {
	const op = "consent.act"
	p, err := p.check(op)
	if err != nil {
		return err
	}
	if who.IsZero() || purpose == "" {
		return fault.New(fault.Internal, op, "consent.no_subject")
	}
	var last *record
	err = tx.For(ctx, gate.Rights, func() (err error) { last, err = newest(ctx, tx, who, purpose); return err })
	if err != nil {
		return fault.Wrap(op, err)
	}
	if last.State == s {
		f, err := floors(ctx, tx)
		if err != nil || !f.wider(last, p.Notice) {
			return fault.Wrap(op, err)
		}
	}
	err = tx.For(ctx, gate.Rights, func() error {
		return store.Insert(ctx, tx, &record{
			Subject: who, Purpose: purpose, Number: last.Number + 1, State: s, Notice: p.Notice, Digest: p.Digest,
			At: tx.Now(), How: p.How, Lang: p.Lang, IP: vault.Seal(p.IP), Agent: vault.Seal(p.Agent),
		})
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, gate.Changed(ctx, tx, who))
}

func newest(ctx context.Context, tx *store.Tx, who id.Subject, purpose string) (*record, error) {
	r, err := store.One[record](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 AND purpose = $3 ORDER BY number DESC", tx.Tenant(), who, purpose)
	if fault.Is(err, fault.NotFound) {
		return &record{}, nil
	}
	if err != nil {
		return &record{}, err
	}
	return r, nil
}

func (r *record) decision() Decision {
	return Decision{r.ID, r.Purpose, r.State, Proof{r.Notice, r.Digest, r.How, r.Lang, r.IP.Reveal(), r.Agent.Reveal()}, r.At}
}

// StateOf says whether a person allows a purpose now. A consent that was given
// under a notice before the one that made the purpose wider is Lapsed: it stands
// in the history, and covers nothing any more.
func StateOf(ctx context.Context, tx *store.Tx, who id.Subject, purpose string) (State, error) {
	const op = "consent.StateOf"
	var r *record
	err := tx.For(ctx, gate.Rights, func() (err error) { r, err = newest(ctx, tx, who, purpose); return err })
	if err != nil {
		return None, fault.Wrap(op, err)
	}
	if r.State != Given {
		return r.State, nil
	}
	f, err := floors(ctx, tx)
	if err != nil {
		return None, fault.Wrap(op, err)
	}
	return f.judge(r), nil
}

// States gives the state of every purpose that a person ever acted on: for who
// asks often and keeps the answers for a while. Until is the next moment at which
// an answer may change without an act of the person; zero for none.
func States(ctx context.Context, tx *store.Tx, who id.Subject) (all map[string]State, until clock.Instant, err error) {
	const op = "consent.States"
	rows, err := store.Find[record](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 ORDER BY number", tx.Tenant(), who)
	if err != nil {
		return nil, 0, fault.Wrap(op, err)
	}
	f, err := floors(ctx, tx)
	if err != nil {
		return nil, 0, fault.Wrap(op, err)
	}
	all = map[string]State{}
	for i := range rows {
		all[rows[i].Purpose] = f.judge(&rows[i])
	}
	return all, f.next, nil
}

// History are all acts of a person, the newest first.
func History(ctx context.Context, tx *store.Tx, who id.Subject) ([]Decision, error) {
	rows, err := store.Find[record](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 ORDER BY at DESC, number DESC", tx.Tenant(), who)
	if err != nil {
		return nil, fault.Wrap("consent.History", err)
	}
	out := make([]Decision, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.decision())
	}
	return out, nil
}
