package deadline

import (
	"context"
	"errors"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
)

// Bell rings the alarms that are due.
type Bell struct {
	DB       *store.DB
	Officers tell.Officers
	// Zone is in which the end is written to officers; nil is WIB.
	Zone *time.Location
}

// Ring tells the officers of one home what is due (at most 500 alarms a run; the
// next run goes on), and says how many messages
// went. It may run on every node at once. One case that fails does not keep the
// others.
func (b *Bell) Ring(ctx context.Context, home store.Scope) (int, error) {
	const op = "deadline.Ring"
	var due []alarm
	err := b.DB.Read(ctx, home, func(tx *store.Tx) (err error) {
		due, err = store.Find[alarm](ctx, tx, "WHERE tenant_id = $1 AND rung_at IS NULL AND at <= $2 ORDER BY at, id LIMIT 500", tx.Tenant(), tx.Now())
		return err
	})
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	told := 0
	var failed []error
	seen := map[id.ID]bool{}
	for _, a := range due {
		if seen[a.Deadline] {
			continue
		}
		seen[a.Deadline] = true
		n := 0
		err := b.DB.Write(ctx, home, func(tx *store.Tx) (err error) {
			n, err = b.one(ctx, tx, a.Deadline)
			return err
		})
		if err != nil {
			failed = append(failed, err)
			continue
		}
		told += n
	}
	return told, fault.Wrap(op, errors.Join(failed...))
}

// one rings the alarms of one deadline that are due: of several reminders the
// last, and the end.
func (b *Bell) one(ctx context.Context, tx *store.Tx, deadline id.ID) (int, error) {
	d, err := store.Get[row](ctx, tx, deadline)
	if err != nil {
		return 0, err
	}
	due, err := store.Find[alarm](ctx, tx, "WHERE tenant_id = $1 AND deadline = $2 AND rung_at IS NULL AND at <= $3 ORDER BY at, id", tx.Tenant(), deadline, tx.Now())
	if err != nil {
		return 0, err
	}
	var remind, over *alarm
	for i := range due {
		// Another node may have rung it since: only who stops it tells.
		n, err := tx.Exec(ctx, "UPDATE deadline_alarms SET rung_at = $1 WHERE tenant_id = $2 AND id = $3 AND rung_at IS NULL", tx.Now(), tx.Tenant(), due[i].ID)
		if err != nil {
			return 0, err
		}
		if n == 0 || d.State != Running {
			continue
		}
		if due[i].Over {
			over = &due[i]
		} else {
			remind = &due[i]
		}
	}
	told := 0
	for _, a := range []*alarm{remind, over} {
		if a == nil {
			continue
		}
		if err := b.tell(ctx, tx, d, a); err != nil {
			return told, err
		}
		told++
	}
	return told, nil
}

func (b *Bell) tell(ctx context.Context, tx *store.Tx, d *row, a *alarm) error {
	m := tell.Message{Key: "deadline.remind", Args: map[string]string{"title": d.Title, "due": b.say(d.DueAt)}, Link: d.Link, Once: "deadline." + a.ID.String(), Tone: tell.Warning}
	if a.Over {
		m.Key, m.Tone = "deadline.over", tell.Danger
		if err := audit.Record(ctx, tx, audit.Act{Name: "deadline.over", Object: d.Matter + " " + d.Title, Count: 1}); err != nil {
			return err
		}
	}
	return b.Officers.TellOfficers(ctx, tx, m)
}

// say writes a moment so that it reads the same in both languages.
func (b *Bell) say(at clock.Instant) string {
	zone := b.Zone
	if zone == nil {
		zone = clock.WIB
	}
	return at.Time().In(zone).Format("2006-01-02 15:04 MST")
}
