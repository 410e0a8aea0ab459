package hold

import (
	"context"
	"errors"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Config is what New needs. Teller, Lifted and Notice may be nil.
type Config struct {
	DB     *store.DB
	Teller tell.Teller
	// Notice gives a service's notice: a hold names only categories of it.
	Notice func(service string) (*notice.Notice, bool)
	// Lifted is told in the transaction that lifts a hold: it lets go on what
	// waited.
	Lifted func(ctx context.Context, tx *store.Tx) error
}

// Book places and lifts holds. It is safe for concurrent use.
type Book struct{ Config }

// NewBook checks that nothing is missing.
func NewBook(c Config) (*Book, error) {
	if c.DB == nil {
		return nil, errors.New("hold: NewBook needs a store")
	}
	return &Book{c}, nil
}

// tell tells the person, or the owners of the workspace. A hold over a whole
// service is told to whoever meets it: on the page of one's own data and in the
// answer to an order of erasure.
func (b *Book) tell(ctx context.Context, tx *store.Tx, h *Hold, key string) error {
	if b.Teller == nil {
		return nil
	}
	people := []id.Subject{h.Who}
	if h.Who.IsZero() {
		people = nil
		if !h.Workspace.IsZero() {
			members, err := tenant.Members(ctx, tx, h.Workspace)
			if err != nil {
				return err
			}
			for _, m := range members {
				if m.Role == tenant.Owner {
					people = append(people, m.Subject)
				}
			}
		}
	}
	for _, who := range people {
		m := tell.Message{Subject: who, Key: key, Link: "/privacy/me", Once: key + ":" + h.ID.String(), Tone: tell.Warning,
			Args: map[string]string{"reason": h.Reason.Reveal(), "by": h.OrderedBy.Reveal(), "review": h.ReviewAt.Time().Format("2006-01-02")}}
		if err := b.Teller.Tell(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}

// List gives the holds of a home, the newest first: those that stand, or all.
func (b *Book) List(ctx context.Context, tx *store.Tx, all bool) ([]Hold, error) {
	where := "WHERE tenant_id = $1 AND lifted_at IS NULL"
	if all {
		where = "WHERE tenant_id = $1"
	}
	return store.Find[Hold](ctx, tx, where+" ORDER BY id DESC LIMIT 500", tx.Tenant())
}

// Forget removes the holds about a person of whom nothing is left, in a
// transaction of the home: silent ones too, which the data map cannot find.
func (b *Book) Forget(ctx context.Context, tx *store.Tx, who id.Subject) error {
	const op = "hold.Forget"
	rows, err := tx.Query(ctx, "SELECT id FROM holds WHERE tenant_id = $1 AND who = $2 AND lifted_at IS NULL", tx.Tenant(), who)
	if err != nil {
		return fault.Wrap(op, err)
	}
	defer rows.Close()
	var open []id.ID
	for rows.Next() {
		var key id.ID
		if err := rows.Scan(&key); err != nil {
			return fault.Wrap(op, err)
		}
		open = append(open, key)
	}
	if err := rows.Err(); err != nil {
		return fault.Wrap(op, err)
	}
	rows.Close()
	for _, key := range open {
		if err := deadline.Drop(ctx, tx, key, review); err != nil {
			return fault.Wrap(op, err)
		}
	}
	_, err = tx.Exec(ctx, "DELETE FROM holds WHERE tenant_id = $1 AND who = $2", tx.Tenant(), who)
	return fault.Wrap(op, err)
}

// Met writes into a hold what an erasure had removed before the hold came.
func Met(ctx context.Context, tx *store.Tx, key id.ID, step string) error {
	_, err := tx.Exec(ctx, "UPDATE holds SET gone = $3, gone_at = $4 WHERE tenant_id = $1 AND id = $2 AND gone = ''", tx.Tenant(), key, step, tx.Now())
	return err
}
