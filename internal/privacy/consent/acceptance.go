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

// Accepted is one recorded acceptance.
type Accepted struct {
	Proof Proof
	Terms string
	At    clock.Instant
}

// Accept records that a person was shown the notice of p.Notice, and the terms
// of a version ("" where there are none), and accepted them. It consents to no
// optional purpose.
func Accept(ctx context.Context, tx *store.Tx, who id.Subject, terms string, p Proof) error {
	const op = "consent.Accept"
	p, err := p.check(op)
	if err != nil {
		return err
	}
	if who.IsZero() {
		return fault.New(fault.Internal, op, "consent.no_subject")
	}
	return fault.Wrap(op, tx.For(ctx, gate.Rights, func() error {
		return store.Insert(ctx, tx, &acceptance{
			Subject: who, Notice: p.Notice, Digest: p.Digest, Terms: terms, At: tx.Now(), How: p.How, Lang: p.Lang,
			IP: vault.Seal(p.IP), Agent: vault.Seal(p.Agent),
		})
	}))
}

// Acceptances are all of a person, the newest first.
func Acceptances(ctx context.Context, tx *store.Tx, who id.Subject) ([]Accepted, error) {
	rows, err := store.Find[acceptance](ctx, tx, "WHERE tenant_id = $1 AND subject_id = $2 ORDER BY at DESC, id DESC", tx.Tenant(), who)
	if err != nil {
		return nil, fault.Wrap("consent.Acceptances", err)
	}
	out := make([]Accepted, 0, len(rows))
	for _, r := range rows {
		out = append(out, Accepted{Proof{r.Notice, r.Digest, r.How, r.Lang, r.IP.Reveal(), r.Agent.Reveal()}, r.Terms, r.At})
	}
	return out, nil
}

// Current tells whether a person accepted this version of the notice, so that a
// page may show a newer one before going on.
func Current(ctx context.Context, tx *store.Tx, who id.Subject, notice string) (bool, error) {
	var n int64
	err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM acceptances WHERE tenant_id = $1 AND subject_id = $2 AND notice_version = $3", []any{tx.Tenant(), who, notice}, &n)
	return n > 0, fault.Wrap("consent.Current", err)
}
