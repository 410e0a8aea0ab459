package shelf

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/record"
	"amanah/internal/store"
)

// Kind is what a paper is.
type Kind string

// The kinds.
const (
	Agreement  Kind = "agreement"
	Assessment Kind = "assessment"
)

// Paper is a registered paper, or what is registered.
type Paper struct {
	ID   id.ID
	Kind Kind
	// Key is the recipient's key; "" for the assessment.
	Key string
	// Document is the file's name in the folder, as the notice gives it.
	Document string
	Digest   string // SHA-256, hexadecimal
	Notice   string // version
	// Flagged is the digest of what the notice flagged when it was assessed.
	Flagged    string
	Instrument string
	Signed     time.Time
	ValidUntil time.Time // zero: no end
	Review     time.Time
	Decided    time.Time
	Withdrawn  bool
}

// warnings are how long before an end or a review officers are reminded.
var warnings = []time.Duration{30 * 24 * time.Hour, 7 * 24 * time.Hour, 24 * time.Hour}

// File registers a paper, by an officer (zero: by the operator's command). The
// transaction is in the home. Faults Invalid with the field: signed, valid_until,
// review, document.
func File(ctx context.Context, tx *store.Tx, p Paper, by id.Subject) error {
	const op = "shelf.File"
	now := tx.Now().Time()
	switch {
	case p.Kind != Agreement && p.Kind != Assessment || p.Kind == Agreement && p.Key == "" || len(p.Digest) != 64:
		return fault.New(fault.Invalid, op, "shelf.document.missing").On("document")
	case p.Signed.IsZero() || p.Signed.After(now):
		return fault.New(fault.Invalid, op, "shelf.signed.wrong").On("signed")
	case !p.ValidUntil.IsZero() && (!p.ValidUntil.After(p.Signed) || !p.ValidUntil.After(now)):
		return fault.New(fault.Invalid, op, "shelf.valid_until.wrong").On("valid_until")
	case p.Review.IsZero() || !p.Review.After(now):
		return fault.New(fault.Invalid, op, "shelf.review.wrong").On("review")
	}
	last, err := dropClocks(ctx, tx, p.Kind, p.Key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	r := &row{Number: last + 1, Kind: p.Kind, Key: p.Key, Document: p.Document, Digest: p.Digest, Notice: p.Notice, Scope: p.Flagged, Instrument: p.Instrument,
		SignedAt: clock.At(p.Signed), ValidUntil: clock.At(p.ValidUntil), ReviewAt: clock.At(p.Review), DecidedAt: tx.Now(), DecidedBy: by}
	if err := store.Insert(ctx, tx, r); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, r.clocks(ctx, tx))
}

// clocks remind of the review and of the end.
func (r *row) clocks(ctx context.Context, tx *store.Tx) error {
	link := "/staff/privacy/" + string(r.Kind) + "s"
	for name, at := range map[string]clock.Instant{"review": r.ReviewAt, "end": r.ValidUntil} {
		if at == 0 {
			continue
		}
		due := at.Time()
		var remind []time.Time
		for _, before := range warnings {
			if t := due.Add(-before); t.After(tx.Now().Time()) {
				remind = append(remind, t)
			}
		}
		if err := deadline.Set(ctx, tx, deadline.New{Matter: "paper", Ref: r.ID, Name: name, Due: due, Remind: remind, Link: link, Title: r.Document}); err != nil {
			return err
		}
	}
	return nil
}

// dropClocks ends those of the paper so far and gives its number; 0 for none.
func dropClocks(ctx context.Context, tx *store.Tx, k Kind, key string) (int64, error) {
	old, err := newest(ctx, tx, k, key)
	if fault.Is(err, fault.NotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if err := deadline.Met(ctx, tx, old.ID, "review"); err != nil {
		return 0, err
	}
	return old.Number, deadline.Drop(ctx, tx, old.ID, "end")
}

// Withdraw takes a paper off the shelf; fault NotFound where there is none.
func Withdraw(ctx context.Context, tx *store.Tx, k Kind, key string, by id.Subject) error {
	const op = "shelf.Withdraw"
	old, err := newest(ctx, tx, k, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if old.Withdrawn {
		return nil
	}
	if _, err := dropClocks(ctx, tx, k, key); err != nil {
		return fault.Wrap(op, err)
	}
	next := *old
	next.Number++
	next.Row, next.Withdrawn, next.DecidedAt, next.DecidedBy = store.Row{}, true, tx.Now(), by
	return fault.Wrap(op, store.Insert(ctx, tx, &next))
}

func newest(ctx context.Context, tx *store.Tx, k Kind, key string) (*row, error) {
	return store.One[row](ctx, tx, "WHERE tenant_id = $1 AND kind = $2 AND paper_key = $3 ORDER BY number DESC", tx.Tenant(), k, key)
}

// All are the papers that count now, by kind and key.
func All(ctx context.Context, tx *store.Tx) (map[Kind]map[string]Paper, error) {
	rows, err := store.Find[row](ctx, tx, "WHERE tenant_id = $1 ORDER BY number", tx.Tenant())
	if err != nil {
		return nil, fault.Wrap("shelf.All", err)
	}
	out := map[Kind]map[string]Paper{Agreement: {}, Assessment: {}}
	for _, r := range rows {
		if out[r.Kind] == nil {
			continue
		}
		out[r.Kind][r.Key] = Paper{ID: r.ID, Kind: r.Kind, Key: r.Key, Document: r.Document, Digest: r.Digest, Notice: r.Notice, Flagged: r.Scope, Instrument: r.Instrument,
			Signed: r.SignedAt.Time(), ValidUntil: r.ValidUntil.Time(), Review: r.ReviewAt.Time(), Decided: r.DecidedAt.Time(), Withdrawn: r.Withdrawn}
	}
	return out, nil
}

// FlaggedDigest is over what an assessment is about: the flagged data of a notice,
// its purposes, how long it is kept and who gets it. A change of any asks for a
// new assessment.
func FlaggedDigest(n *notice.Notice) string {
	var lines []string
	for _, c := range n.Categories() {
		if !record.Flagged(c) {
			continue
		}
		var to []string
		for _, r := range n.Recipients() {
			if slices.Contains(r.Gets, c.Key) {
				to = append(to, r.Key)
			}
		}
		slices.Sort(to)
		lines = append(lines, fmt.Sprintf("%q %q %q %q %q %q", c.Key, c.Special, c.From, slices.Sorted(slices.Values(c.For)), c.Kept.Text, to))
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}
