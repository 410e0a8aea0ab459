package support

import (
	"context"
	"strings"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/notify"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Spans are how long a leave may hold.
func Spans() []time.Duration {
	return []time.Duration{time.Hour, 24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour}
}

// lookTime is how long what was looked at may be read again without another
// reason; reasonMost bounds the reason.
const (
	lookTime   = 15 * time.Minute
	reasonMost = 300
)

// Give lets staff look at one kind of the person's data, for a span of Spans.
func (s *Service) Give(ctx context.Context, tx *store.Tx, who id.Subject, ticket id.ID, view string, span time.Duration) error {
	const op = "support.Give"
	t, err := Own(ctx, tx, who, ticket)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if _, ok := s.view(view); !ok {
		return fault.New(fault.Invalid, op, "support.grant.view").On("view")
	}
	known := false
	for _, one := range Spans() {
		known = known || one == span
	}
	switch {
	case !known:
		return fault.New(fault.Invalid, op, "support.grant.span").On("span")
	case t.State == Solved:
		return fault.New(fault.Conflict, op, "support.grant.solved")
	}
	if err := s.end(ctx, tx, who, ticket, view); err != nil { // one leave a view: the newest counts
		return fault.Wrap(op, err)
	}
	g := &Grant{Subject: who, Ticket: ticket, View: view, At: tx.Now(), Until: clock.At(tx.Now().Time().Add(span))}
	if err := store.Insert(ctx, tx, g); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "support.granted", Subject: who, Object: view, Told: true}))
}

// TakeBack ends a leave at once.
func (s *Service) TakeBack(ctx context.Context, tx *store.Tx, who id.Subject, ticket id.ID, view string) error {
	const op = "support.TakeBack"
	if _, err := Own(ctx, tx, who, ticket); err != nil {
		return fault.Wrap(op, err)
	}
	if err := s.end(ctx, tx, who, ticket, view); err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "support.withdrawn", Subject: who, Object: view, Told: true}))
}

func (s *Service) end(ctx context.Context, tx *store.Tx, who id.Subject, ticket id.ID, view string) error {
	_, err := tx.Exec(ctx, "UPDATE support_grants SET until_at = $1 WHERE tenant_id = $2 AND ticket_id = $3 AND subject_id = $4 AND view_key = $5 AND until_at > $1",
		tx.Now(), tx.Tenant(), ticket, who, view)
	return err
}

// Grants are the leaves of a ticket that hold now.
func Grants(ctx context.Context, tx *store.Tx, ticket id.ID) ([]Grant, error) {
	return store.Find[Grant](ctx, tx, "WHERE tenant_id = $1 AND ticket_id = $2 AND until_at > $3 ORDER BY at, id", tx.Tenant(), ticket, tx.Now())
}

// Looks are the uses of a ticket's leaves, the newest first.
func Looks(ctx context.Context, tx *store.Tx, ticket id.ID) ([]Look, error) {
	return store.Find[Look](ctx, tx, "WHERE tenant_id = $1 AND ticket_id = $2 ORDER BY at DESC, id DESC LIMIT 200", tx.Tenant(), ticket)
}

// Ask asks the person for leave, once a view and change of the ticket.
func (s *Service) Ask(ctx context.Context, tx *store.Tx, ticket id.ID, view string) error {
	const op = "support.Ask"
	t, err := store.Get[Ticket](ctx, tx, ticket)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if _, ok := s.view(view); !ok {
		return fault.New(fault.Invalid, op, "support.grant.view").On("view")
	}
	return fault.Wrap(op, s.cfg.Teller.Tell(ctx, tx, notify.Message{Subject: t.Subject, Key: "support.told.ask", Args: map[string]string{"number": t.Number},
		Link: "/support/" + t.ID.String(), Once: "support.ask:" + view + ":" + t.ID.String() + ":" + t.ChangedAt.String()}))
}

// LookAt writes a look down: in the ticket, in the audit chain and in the person's
// log. Only then may anything be shown. Fault Forbidden without a leave that
// holds, Invalid without a reason.
func (s *Service) LookAt(ctx context.Context, tx *store.Tx, by id.Subject, ticket id.ID, view, reason string) (*Look, error) {
	const op = "support.LookAt"
	reason = strings.TrimSpace(reason)
	if len(reason) < 5 || len(reason) > reasonMost {
		return nil, fault.New(fault.Invalid, op, "support.look.reason.wrong").On("reason")
	}
	g, err := holding(ctx, tx, ticket, view)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	l := &Look{Subject: g.Subject, Ticket: ticket, Grant: g.ID, Staff: by, View: view, Reason: vault.Seal(reason), At: tx.Now()}
	if err := store.Insert(ctx, tx, l); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return l, fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "support.looked", Subject: g.Subject, Object: view, Told: true}))
}

func holding(ctx context.Context, tx *store.Tx, ticket id.ID, view string) (*Grant, error) {
	all, err := store.Find[Grant](ctx, tx, "WHERE tenant_id = $1 AND ticket_id = $2 AND view_key = $3 AND until_at > $4 ORDER BY until_at DESC LIMIT 1", tx.Tenant(), ticket, view, tx.Now())
	if err == nil && len(all) == 0 {
		err = fault.New(fault.Forbidden, "support.holding", "support.look.no_leave")
	}
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// Allowed gives back a look whose data may be shown now: by the one who took it,
// for a few minutes, while the leave holds.
func (s *Service) Allowed(ctx context.Context, tx *store.Tx, by id.Subject, look id.ID) (*Look, *Ticket, error) {
	const op = "support.Allowed"
	l, err := store.Get[Look](ctx, tx, look)
	if err != nil {
		return nil, nil, fault.Wrap(op, err)
	}
	if l.Staff != by {
		return nil, nil, fault.New(fault.NotFound, op, "")
	}
	if tx.Now().Time().Sub(l.At.Time()) > lookTime {
		return nil, nil, fault.New(fault.Forbidden, op, "support.look.over")
	}
	if _, err := holding(ctx, tx, l.Ticket, l.View); err != nil {
		return nil, nil, fault.Wrap(op, err)
	}
	t, err := store.Get[Ticket](ctx, tx, l.Ticket)
	return l, t, fault.Wrap(op, err)
}
