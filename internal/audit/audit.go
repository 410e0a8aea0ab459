package audit

import (
	"context"
	"strings"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Act is what was done. Who did it, for which purpose and when come from the
// transaction.
type Act struct {
	// Name is a word such as "export.made"; the catalogue says it as "audit.export.made".
	Name string
	// Subject is whom it concerns; zero for nobody.
	Subject id.Subject
	// Object is the table, category or kind of thing; never its content.
	Object string
	// Count is how many records.
	Count int64
	// Told also puts a line into the person's own log.
	Told bool
}

// Record writes an act down in tx: it stands if and only if the act stands. It is
// one insert and waits for nobody; Log.Order gives it its place in the service's
// log soon after. An actor of kind "person" or "staff" is a subject.
func Record(ctx context.Context, tx *store.Tx, a Act) error {
	const op = "audit.Record"
	s := tx.Scope()
	if a.Name == "" {
		return fault.New(fault.Internal, op, "audit.no_name")
	}
	if plain(a.Name, a.Object, s.Actor.Kind, s.Purpose) != nil {
		return fault.New(fault.Internal, op, "audit.no_word")
	}
	e := &entry{Home: s.Home, At: tx.Now(), ActorKind: s.Actor.Kind, Actor: id.Subject(s.Actor.ID), Act: a.Name, Object: a.Object, Count: a.Count, Purpose: s.Purpose, Subject: a.Subject}
	if e.Home.IsZero() {
		e.Home = tx.Tenant()
	}
	var err error
	if e.ActorSalt, e.ActorMark, err = commit(e.Actor); err != nil {
		return fault.Wrap(op, err)
	}
	if e.Salt, e.Mark, err = commit(e.Subject); err != nil {
		return fault.Wrap(op, err)
	}
	if err := store.PutRow(ctx, tx, e); err != nil {
		return fault.Wrap(op, err)
	}
	if a.Told {
		return Tell(ctx, tx, a)
	}
	return nil
}

// plain tells whether words fit into a leaf: no character that ends a field or a
// line, and none that no word has.
func plain(words ...string) error {
	for _, w := range words {
		if strings.IndexFunc(w, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }) >= 0 {
			return errWord
		}
	}
	return nil
}

// Tell puts a line into the person's own log without an entry in the audit log:
// for what is frequent, such as mails handled and deliveries.
func Tell(ctx context.Context, tx *store.Tx, a Act) error {
	if a.Subject.IsZero() {
		return nil
	}
	return fault.Wrap("audit.Tell", store.PutRow(ctx, tx, &activity{Subject: a.Subject, At: tx.Now(), Act: a.Name, Object: a.Object, Count: a.Count}))
}

// Line is one line of a person's own log.
type Line struct {
	ID     id.ID
	At     clock.Instant
	Act    string
	Object string
	Count  int64
}

// Activity reads a person's own log in the transaction's tenant, the newest
// first, before a line's id (zero: from the newest).
func Activity(ctx context.Context, tx *store.Tx, who id.Subject, before id.ID, limit int) ([]Line, error) {
	end := before.String()
	if before.IsZero() {
		end = "g" // behind every id
	}
	rows, err := store.Find[activity](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 AND id < $3 ORDER BY id DESC LIMIT $4", tx.Tenant(), who, end, limit)
	if err != nil {
		return nil, fault.Wrap("audit.Activity", err)
	}
	out := make([]Line, len(rows))
	for i, r := range rows {
		out[i] = Line{ID: r.ID, At: r.At, Act: r.Act, Object: r.Object, Count: r.Count}
	}
	return out, nil
}
