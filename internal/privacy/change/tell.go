package change

import (
	"context"
	"errors"
	"strings"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/tell"
	"amanah/internal/store"
)

// Accounts lists the accounts of a home that were there at a moment and are
// active, by their number, from the one after a number on.
type Accounts func(ctx context.Context, tx *store.Tx, before clock.Instant, after id.Subject, most int) ([]id.Subject, error)

// batch is how many accounts one transaction tells.
const batch = 100

// Begin starts the telling of a version that is to come. Beginning twice changes
// nothing. Fault NotFound for a version that nobody has to be told of.
func (b *Book) Begin(ctx context.Context, tx *store.Tx, service, version string) error {
	const op = "change.Begin"
	all, err := b.entries(ctx, tx, service)
	if err != nil {
		return fault.Wrap(op, err)
	}
	for _, e := range all {
		if e.Number != version || e.First || e.PublishedAt.After(tx.Now().Time()) {
			continue
		}
		n, err := tx.Exec(ctx, "UPDATE notice_versions SET begun_at = $3 WHERE tenant_id = $1 AND id = $2 AND begun_at IS NULL", tx.Tenant(), e.ID, tx.Now())
		if err != nil || n == 0 {
			return fault.Wrap(op, err)
		}
		return fault.Wrap(op, audit.Record(ctx, tx, audit.Act{Name: "notice.telling", Object: version}))
	}
	return fault.New(fault.NotFound, op, "not_found")
}

// Tell tells everybody of the versions whose telling has begun and is not done. It
// may be interrupted anywhere and run on several nodes: each account is told in the
// transaction that writes it down.
func (b *Book) Tell(ctx context.Context, service string, accounts Accounts, out tell.Teller) (told int, err error) {
	const op = "change.Tell"
	all, err := b.List(ctx, service)
	if err != nil {
		return 0, fault.Wrap(op, err)
	}
	for _, e := range all {
		if e.BegunAt.IsZero() || !e.Told.IsZero() {
			continue
		}
		n, err := b.tell(ctx, service, e, accounts, out)
		told += n
		if err != nil {
			return told, fault.Wrap(op, err)
		}
	}
	return told, nil
}

func (b *Book) tell(ctx context.Context, service string, e Entry, accounts Accounts, out tell.Teller) (told int, err error) {
	var last id.Subject
	for more := true; more; {
		err := b.DB.Write(ctx, b.Home(service), func(tx *store.Tx) error {
			who, err := accounts(ctx, tx, clock.At(e.BegunAt), last, batch)
			if err != nil {
				return err
			}
			for _, one := range who {
				fresh, err := store.InsertOnce(ctx, tx, &telling{Subject: one, Version: e.Number, At: tx.Now()}, "tenant_id, subject_id, version")
				if err != nil {
					return err
				}
				if !fresh {
					continue
				}
				if err := out.Tell(ctx, tx, e.message(one)); err != nil {
					return err
				}
				told++
			}
			if more = len(who) == batch; more {
				last = who[len(who)-1]
				return nil
			}
			return b.done(ctx, tx, service, e)
		})
		if err != nil {
			return told, err
		}
	}
	return told, nil
}

// done writes down that everybody was told, and moves what hangs on the moment of
// effect where that was later than it should have been.
func (b *Book) done(ctx context.Context, tx *store.Tx, service string, e Entry) error {
	_, err := tx.Exec(ctx, "UPDATE notice_versions SET told_at = $3 WHERE tenant_id = $1 AND id = $2 AND told_at IS NULL", tx.Tenant(), e.ID, tx.Now())
	if err != nil {
		return err
	}
	all, err := b.entries(ctx, tx, service)
	if err != nil {
		return err
	}
	for _, now := range all {
		if now.ID == e.ID {
			err = consent.Postpone(ctx, tx, e.Number, clock.At(now.From))
		}
	}
	met := deadline.Met(ctx, tx, e.ID, "tell")
	if fault.Is(met, fault.NotFound) { // it was published too late for one
		met = nil
	}
	return errors.Join(err, met)
}

// message is what a person is told: when, how much it matters, and what changes.
func (e Entry) message(who id.Subject) tell.Message {
	key := "change.told.minor"
	switch {
	case len(e.Renewed) > 0:
		key = "change.told.consent"
	case e.Material():
		key = "change.told.material"
	}
	args := map[string]string{"version": e.Number, "changes_id": e.summary("id"), "changes_en": e.summary("en"), "from_id": Day("id", e.When()), "from_en": Day("en", e.When())}
	return tell.Message{Subject: who, Key: key, Args: args, Link: "/privacy/changes", Once: Once(e.Number), Tone: tell.Warning}
}

// Once is what makes the notice about a version one for each person.
func Once(version string) string { return "notice:" + version }

const shown = 6

// summary are the changes that matter, in one line.
func (e Entry) summary(lang string) string {
	var out []string
	for _, c := range e.Changes {
		if c.Tell && len(out) < shown {
			out = append(out, c.Say.In(lang))
		}
	}
	if len(out) == 0 {
		for _, c := range e.Changes[:min(len(e.Changes), shown)] {
			out = append(out, c.Say.In(lang))
		}
	}
	return strings.Join(out, "; ")
}

var months = []string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}

// Day writes the day of a moment in Jakarta, for letters that are written once in
// both languages.
func Day(lang string, t time.Time) string {
	t = t.In(clock.Zone("Asia/Jakarta"))
	if lang == "id" {
		return t.Format("2 ") + months[t.Month()-1] + t.Format(" 2006")
	}
	return t.Format("2 January 2006")
}
