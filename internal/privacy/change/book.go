package change

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
)

// Entry is one version of a service as it stands now.
type Entry struct {
	Version
	ID          id.ID
	Number      string
	PublishedAt time.Time
	// From is the moment of effect: past, to come, or zero while people have not
	// been told.
	From time.Time
	// Due is the last moment for telling, so that it takes effect on its day.
	Due            time.Time
	BegunAt, Told  time.Time
	First, Current bool
	// Changes is what it means differently from the one before; nil for the first.
	Changes []notice.Change
	// Renewed are the purposes that need a new consent.
	Renewed []string
}

// Material tells whether people must know before it takes effect.
func (e Entry) Material() bool { return notice.NeedsTelling(e.Changes) }

// Book is what is known of the versions here. It is safe for concurrent use.
type Book struct {
	DB    *store.DB
	Shelf *Shelf
	// Home is the scope of a service's own enclosure, for the purpose "rights".
	Home func(service string) store.Scope
}

// Register writes down the versions that the files bring and this database has not
// seen, and what they ask of people. Fault Conflict with the file's line where a
// text was changed under its old number.
func (b *Book) Register(ctx context.Context, service string) error {
	err := b.DB.Write(ctx, b.Home(service), func(tx *store.Tx) error {
		rows, err := store.Find[published](ctx, tx, "WHERE tenant_id = $1", tx.Tenant())
		if err != nil {
			return err
		}
		list := b.Shelf.Of(service)
		for _, v := range list {
			i := slices.IndexFunc(rows, func(p published) bool { return p.Version == v.Notice.Version() })
			if i >= 0 && rows[i].Digest != v.Digest {
				f := v.Notice.Finding("text-changed", "version "+v.Notice.Version()+" was published here with another text", "give the new text a new version and new dates", "version")
				return fault.New(fault.Conflict, "change.Register", "change.text_changed").Cause(errors.New(f.String()))
			}
			if i >= 0 {
				continue
			}
			if err := b.enter(ctx, tx, v, len(rows) == 0); err != nil {
				return err
			}
		}
		return b.ask(ctx, tx, list)
	})
	return fault.Wrap("change.Register", err)
}

// enter writes one version down. In an empty database what holds already is there
// before anybody: nobody has to be told.
func (b *Book) enter(ctx context.Context, tx *store.Tx, v Version, empty bool) error {
	first := empty && (!v.Starts().After(tx.Now().Time()) || v.Notice.Version() == b.Shelf.Of(v.Notice.Service())[0].Notice.Version())
	_, err := store.InsertOnce(ctx, tx, &published{Version: v.Notice.Version(), Digest: v.Digest, Source: v.Source, First: first,
		PublishedAt: clock.At(notice.Starts(v.Notice.Published())), EffectiveAt: clock.At(v.Starts()), SeenAt: tx.Now()}, "tenant_id, version")
	return err
}

// ask sets the floor of each consent that a version asks anew, and the deadline
// for telling.
func (b *Book) ask(ctx context.Context, tx *store.Tx, list []Version) error {
	entries, err := b.entries(ctx, tx, list[0].Notice.Service())
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.First {
			continue
		}
		from := e.From
		if from.IsZero() { // until people have been told, the earlier consents go on
			from = never
		}
		for _, p := range e.Renewed {
			if err := consent.Renew(ctx, tx, p, e.Number, clock.At(from)); err != nil {
				return err
			}
		}
		if !e.BegunAt.IsZero() || !e.Due.After(tx.Now().Time()) {
			continue
		}
		err := deadline.Set(ctx, tx, deadline.New{Matter: "notice", Ref: e.ID, Name: "tell", Due: e.Due, Link: "/staff/privacy/notices", Title: e.Number})
		if err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

// never is a moment that does not come.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// entries joins files, rows and the time.
func (b *Book) entries(ctx context.Context, tx *store.Tx, service string) ([]Entry, error) {
	rows, err := store.Find[published](ctx, tx, "WHERE tenant_id = $1", tx.Tenant())
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(x, y published) int { return notice.CompareVersions(x.Version, y.Version) })
	var out []Entry
	for _, p := range rows {
		v, ok := b.Shelf.Find(service, p.Version)
		if !ok { // its file is gone; the text is here
			n, _ := notice.Parse(fmt.Sprintf("versions/%s/%s.yaml", service, p.Version), []byte(p.Source))
			if n == nil || notice.Digest(n) != p.Digest {
				continue // not what was published: it is not shown, and holds for nobody
			}
			v = Version{n, p.Digest, p.Source}
		}
		e := Entry{Version: v, ID: p.ID, Number: p.Version, PublishedAt: p.PublishedAt.Time(), First: p.First, BegunAt: p.BegunAt.Time(), Told: p.ToldAt.Time()}
		if len(out) > 0 {
			last := out[len(out)-1].Notice
			e.Changes, e.Renewed = notice.Diff(last, v.Notice), Renewed(last, v.Notice)
			e.Due = notice.Starts(v.Notice.Effective().Add(-Least(last, v.Notice).Sub(v.Notice.Published()))).AddDate(0, 0, 1)
		}
		e.From = starts(e)
		out = append(out, e)
	}
	now := tx.Now().Time()
	for i := len(out) - 1; i >= 0; i-- {
		if i == 0 || !out[i].From.IsZero() && !out[i].From.After(now) {
			out[i].Current = true
			break
		}
	}
	return out, nil
}

// starts is when a version takes effect: on its day if people were told early
// enough, else so long after they were told; zero while they were not.
func starts(e Entry) time.Time {
	if e.First {
		return e.Starts()
	}
	if e.Told.IsZero() {
		return time.Time{}
	}
	if !e.Told.After(e.Due) {
		return e.Starts()
	}
	lead := e.Starts().Sub(e.Due) + 24*time.Hour
	told := e.Told.In(clock.Zone("Asia/Jakarta"))
	late := notice.Starts(told).Add(lead)
	if late.Before(e.Starts()) {
		return e.Starts()
	}
	return late
}

// List are all versions of a service, the oldest first.
func (b *Book) List(ctx context.Context, service string) (out []Entry, err error) {
	err = b.DB.Read(ctx, b.Home(service), func(tx *store.Tx) error { out, err = b.entries(ctx, tx, service); return err })
	return out, fault.Wrap("change.List", err)
}

// Held are the versions that do not hold though their date has come.
func Held(all []Entry, now time.Time) (out []string) {
	for _, e := range all {
		if !e.Starts().After(now) && (e.From.IsZero() || e.From.After(now)) {
			out = append(out, e.Number)
		}
	}
	return out
}

// Coming is the next version after the current one that people can read already.
func Coming(all []Entry, now time.Time) (Entry, bool) {
	i := slices.IndexFunc(all, func(e Entry) bool { return e.Current })
	for _, e := range all[i+1:] {
		if !e.PublishedAt.After(now) {
			return e, true
		}
	}
	return Entry{}, false
}

// When is the moment that people are told: of effect, or the one hoped for.
func (e Entry) When() time.Time {
	if e.From.IsZero() {
		return e.Starts()
	}
	return e.From
}
