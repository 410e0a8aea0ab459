package app

import (
	"context"
	"errors"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/front"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/privacy/change"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
)

// tellNotice tells people of a version that is to come.
const tellNotice = "notice.tell"

// ErrNotice ends Run when a new version of a notice takes effect: the program is
// opened anew by the rules that hold from now on.
var ErrNotice = errors.New("a new version of a notice is in force")

// errHeld says which versions' dates have come though people were not told in
// time: the versions before them go on.
type errHeld map[string][]string

func (errHeld) Error() string { return "a version of a notice is held back" }

// openVersions writes down what is new among the versions and holds back what
// people were not told of.
func (a *App) openVersions(ctx context.Context) error {
	a.book = &change.Book{DB: a.db, Shelf: a.rules.shelf, Home: a.rightsHome}
	held := errHeld{}
	for _, s := range a.services {
		switch err := a.book.Register(ctx, s.Slug); {
		case a.Demo && fault.Is(err, fault.Conflict): // another build of the program, an old folder
			a.Log.Warn("the demo's folder knows another text of this version", "service", s.Slug)
		case err != nil:
			return err
		}
		all, err := a.book.List(ctx, s.Slug)
		if err != nil {
			return err
		}
		now := a.rules.notice(s.Slug).Version()
		for _, e := range all {
			if e.Current && e.Number != now {
				held[s.Slug] = change.Held(all, a.Clock.Now())
			}
		}
	}
	if len(held) > 0 && a.held == nil {
		return held
	}
	return nil
}

func (a *App) rightsHome(service string) store.Scope {
	s := a.scope(service, id.Tenant{})
	s.Purpose = "rights"
	return s
}

// slugs are the services that run.
func (a *App) slugs() []string {
	out := make([]string, len(a.services))
	for i, s := range a.services {
		out[i] = s.Slug
	}
	return out
}

// openChanges makes the pages of the versions and the job that tells people.
func (a *App) openChanges(ctx context.Context) (err error) {
	a.changes, err = change.NewPages(ctx, change.Config{Services: a.slugs(), Book: a.book, Accounts: activeAccounts, Teller: a.teller(), Deliveries: deliveries, Guard: a.desk,
		Soon: func(ctx context.Context, tx *store.Tx, service string) error {
			return a.jobs.Enqueue(ctx, tx, job.Task{Kind: tellNotice, Service: service, Tenant: tx.Tenant()}, tx.Now().Time())
		}})
	a.jobs.Handle(tellNotice, func(ctx context.Context, _ job.Task) error {
		var failed []error
		for _, s := range a.services {
			failed = append(failed, a.changes.Tell(ctx, s.Slug))
		}
		return errors.Join(failed...)
	})
	return err
}

// activeAccounts reads the accounts that a version is told to.
func activeAccounts(ctx context.Context, tx *store.Tx, before clock.Instant, after id.Subject, most int) (out []id.Subject, err error) {
	rows, err := tx.Query(ctx, "SELECT subject_id FROM accounts WHERE tenant_id = $1 AND state = $2 AND created_at <= $3 AND subject_id > $4 ORDER BY subject_id LIMIT $5",
		tx.Tenant(), "active", before, after.String(), most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var who id.Subject
		if err := rows.Scan(&who); err != nil {
			return nil, err
		}
		out = append(out, who)
	}
	return out, rows.Err()
}

// deliveries counts what became of the notices about a version.
func deliveries(ctx context.Context, tx *store.Tx, once string) (d change.Delivery, err error) {
	err = tx.QueryRow(ctx, "SELECT COUNT(*), COUNT(mailed_at), COUNT(read_at) FROM notifications WHERE tenant_id = $1 AND once_key = $2",
		[]any{tx.Tenant(), once}, &d.Told, &d.Mailed, &d.Read)
	return d, err
}

// switchEvery is how often a node looks whether a version takes effect. The moment
// itself is in the database, so that all nodes mean the same one.
const switchEvery = time.Second

// awaitNotice returns when another version holds than the one that this program
// runs by, or the context ends.
func (a *App) awaitNotice(ctx context.Context) error {
	tick := time.NewTicker(switchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if turned, err := a.turned(ctx); err == nil && turned {
			return ErrNotice
		}
	}
}

// turned tells whether another version holds than the one that this program runs by.
func (a *App) turned(ctx context.Context) (bool, error) {
	for _, s := range a.services {
		if len(a.rules.shelf.Of(s.Slug)) < 2 {
			continue
		}
		all, err := a.book.List(ctx, s.Slug)
		if err != nil {
			return false, err
		}
		for _, e := range all {
			if e.Current && e.Number != a.rules.notice(s.Slug).Version() {
				return true, nil
			}
		}
	}
	return false, nil
}

// versions tells consent which notices there are.
type versions struct{ a *App }

// Current is the one in force.
func (v versions) Current(service string) (*notice.Notice, bool) { return v.a.notice(service) }

// Coming is the next one.
func (v versions) Coming(service string) (*notice.Notice, clock.Instant, bool) {
	e, ok := v.a.changes.Soon(service)
	if !ok {
		return nil, 0, false
	}
	return e.Notice, clock.At(e.When()), true
}

// Version finds one by its number.
func (v versions) Version(service, version string) (*notice.Notice, bool) {
	one, ok := v.a.rules.shelf.Find(service, version)
	return one.Notice, ok
}

// Digest is the digest of a version's text.
func (v versions) Digest(service, version string) string {
	one, _ := v.a.rules.shelf.Find(service, version)
	return one.Digest
}

// editions are the versions that the public pages show.
func (a *App) editions(service string) (out []front.Edition) {
	all, err := a.book.List(context.Background(), service)
	if err != nil {
		a.Log.Warn("the versions of a notice cannot be listed", "service", service, "error", err)
	}
	now := a.Clock.Now()
	for _, e := range all {
		if e.First || !e.PublishedAt.After(now) {
			out = append(out, front.Edition{Notice: e.Notice, Digest: e.Digest, From: e.When(), Current: e.Current})
		}
	}
	return out
}
