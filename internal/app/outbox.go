package app

import (
	"context"
	"errors"
	"time"

	"amanah/internal/channel/mail"
	"amanah/internal/id"
	"amanah/internal/privacy/hold"
	"amanah/internal/privacy/retention"
	"amanah/internal/store"
)

// letterCategory is what a letter in the folder is kept as, and letterTable what
// the report calls the folder.
const (
	letterCategory = "notify.message"
	letterTable    = "outbox"
)

// inviteOver drops the letter of an invitation that is over.
func (a *App) inviteOver(_ context.Context, invitation id.ID) error {
	return a.dropLetters(func(l mail.Lying) bool { return l.About == invitation })
}

// dropInvites drops the letters of all invitations that cannot be accepted any
// more, in whatever way they ended.
func (a *App) dropInvites(ctx context.Context) error {
	f := a.outbox()
	if f == nil {
		return nil
	}
	// What lies there now was invited before: an invitation is stored, then mailed.
	letters, err := f.Letters()
	if err != nil {
		return err
	}
	waiting := map[string]map[id.ID]bool{}
	for _, s := range a.services {
		if waiting[s.Slug], err = a.identity.Waiting(ctx, s.Slug); err != nil {
			return err
		}
	}
	var failed []error
	for _, l := range letters {
		if of, runs := waiting[l.Service]; runs && !l.About.IsZero() && !of[l.About] {
			failed = append(failed, f.Drop(l))
		}
	}
	return errors.Join(failed...)
}

func (a *App) dropLetters(which func(mail.Lying) bool) error {
	f := a.outbox()
	if f == nil {
		return nil
	}
	letters, err := f.Letters()
	failed := []error{err}
	for _, l := range letters {
		if which(l) {
			failed = append(failed, f.Drop(l))
		}
	}
	return errors.Join(failed...)
}

// sweepLetters removes the letters that have lain in the folder as long as the
// service's notice keeps messages, or counts them.
func (a *App) sweepLetters(ctx context.Context, asOf time.Time, dry bool, report *retention.Report) error {
	f := a.outbox()
	if f == nil {
		return nil
	}
	letters, err := f.Letters()
	failed := []error{err}
	for i, s := range a.services {
		c, ok := a.rules.notice(s.Slug).Category(letterCategory)
		if !ok || c.Kept.Event != "created" {
			continue
		}
		var due []mail.Lying
		for _, l := range letters {
			mine := l.Service == s.Slug || l.Service == "" && i == 0 // one of before letters named their service
			if mine && !c.Kept.Due(l.At).After(asOf) {
				due = append(due, l)
			}
		}
		if len(due) > 0 {
			line := retention.Line{Service: s.Slug, Table: letterTable, Category: letterCategory, Term: c.Kept.Text, Action: retention.Removed}
			failed = append(failed, a.removeLetters(ctx, f, due, line, asOf, dry, report))
		}
	}
	return errors.Join(failed...)
}

// removeLetters removes those that no hold covers, while no hold can come.
func (a *App) removeLetters(ctx context.Context, f *mail.Folder, due []mail.Lying, line retention.Line, asOf time.Time, dry bool, report *retention.Report) error {
	home := a.rightsHome(line.Service)
	home.Actor = store.Actor{Kind: "job"}
	held := line
	held.Action = retention.Held
	do := a.db.Write
	if dry {
		do = a.db.Read
	}
	err := do(ctx, home, func(tx *store.Tx) error {
		if !dry {
			if _, err := hold.Lock(ctx, tx); err != nil {
				return err
			}
		}
		for _, l := range due {
			if _, covered, err := hold.Covers(ctx, tx, l.Person, letterCategory, l.At); err != nil {
				return err
			} else if covered {
				held.Rows++
				continue
			}
			if !dry {
				if err := f.Drop(l); err != nil {
					return err
				}
			}
			line.Rows++
		}
		if dry || line.Rows == 0 {
			return nil
		}
		return retention.Record(ctx, tx, asOf, line)
	})
	if err == nil {
		report.Add(line)
		report.Add(held)
	}
	return err
}
