package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/store/keyring"
	"amanah/internal/vault"
)

// Trial says what to try.
type Trial struct {
	Master vault.Master
	Random io.Reader
	// Path of the archive; the copy of the ring and the journal lie beside it.
	Path string
	// Tmp is where a SQLite file is put for the trial, and removed again.
	Tmp string
	// URL of PostgreSQL: the trial makes a database beside the one that it names.
	URL string
}

// DatabaseKeyAAD binds the wrapped key of SQLite's files to its use.
const DatabaseKeyAAD = "amanah/app/v1/database.key"

func fileKey(ctx context.Context, m vault.Master, ring *openedRing) ([]byte, error) {
	wrapped, ok := ring.Wrapped["database.key"]
	if !ok {
		return nil, errRing("backup.fileKey", "has no key of the database")
	}
	return m.Unwrap(ctx, wrapped, []byte(DatabaseKeyAAD))
}

// Try restores an archive into a place that is thrown away, and holds what came
// out against what the archive says: each table's rows and digest, each file, the
// copy of the ring and the journal beside it. nil says that a restore of it works.
func Try(ctx context.Context, o Trial) (*Manifest, error) {
	const op = "backup.Try"
	dir := filepath.Dir(o.Path)
	ring, j, err := beside(ctx, o.Master, dir)
	if err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp(o.Tmp, making)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	defer os.RemoveAll(tmp)
	var got store.Figures
	m, err := walk(ctx, o.Master, o.Path, func(name string, r io.Reader) (err error) {
		if name == partDatabase {
			got, err = o.database(ctx, ring, tmp, r)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := same(m.Database, got); err != nil {
		return nil, err
	}
	return m, fits(m, ring, j)
}

func (o Trial) database(ctx context.Context, ring *openedRing, tmp string, r io.Reader) (store.Figures, error) {
	if ring.Engine == "postgres" {
		if o.URL == "" {
			return store.Figures{}, fault.New(fault.Invalid, "backup.Try", "backup.needs_postgres").Cause(errors.New("this is a backup of PostgreSQL: name a database of that server, beside which the trial may make one"))
		}
		return store.TrialPostgres(ctx, o.URL, r)
	}
	key, err := fileKey(ctx, o.Master, ring)
	if err != nil {
		return store.Figures{}, err
	}
	path := filepath.Join(tmp, "trial.db")
	if err := writeFile(path, r); err != nil {
		return store.Figures{}, err
	}
	return store.MeasureSQLite(ctx, path, key)
}

func writeFile(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}

// beside reads what has to lie beside an archive.
func beside(ctx context.Context, m vault.Master, dir string) (*openedRing, *journal, error) {
	ring, err := readRing(ctx, m, filepath.Join(dir, RingName))
	if err != nil {
		return nil, nil, err
	}
	j, err := readJournal(ctx, m, filepath.Join(dir, JournalName))
	if err != nil {
		return nil, nil, err
	}
	if j == nil {
		return nil, nil, errJournal("backup.beside", "backup.journal_lost", JournalName+" has to lie beside the backup: what happened since is in it")
	}
	return ring, j, nil
}

// same holds what came out of an archive against what went in.
func same(want, got store.Figures) error {
	if maps.Equal(want.Tables, got.Tables) && want.Engine == got.Engine && want.Schema == got.Schema {
		return nil
	}
	what := "the tables are others"
	for name, w := range want.Tables {
		if g := got.Tables[name]; g != w {
			what = fmt.Sprintf("%s has %d rows and had %d", name, g.Rows, w.Rows)
		}
	}
	return fault.New(fault.Conflict, "backup.same", "backup.different").Cause(errors.New("what was restored is not what was backed up: " + what))
}

// fits proves that ring, journal and archive are of one installation and that
// nothing is missing between them.
func fits(m *Manifest, ring *openedRing, j *journal) error {
	const op = "backup.fits"
	if ring.Engine != m.Database.Engine {
		return errRing(op, "is of another engine than the backup")
	}
	if ring.At.Before(m.At) {
		return fault.New(fault.Invalid, op, "backup.ring_old").Cause(fmt.Errorf("the copy of the key ring is of %s and older than the backup: an old copy brings destroyed keys back and lacks those of people who came since; take the newest", ring.At.Format("2006-01-02 15:04")))
	}
	if n := len(ring.damaged); n > 1 {
		return errRing(op, fmt.Sprintf("has %d keys that do not open", n))
	}
	if _, err := j.after(point{m.Database.Seq, m.Database.Hash}, "the backup"); err != nil {
		return err
	}
	_, err := j.after(point{max(ring.Seq, j.base.Seq), hashAt(j, ring)}, "the copy of the key ring")
	return err
}

func hashAt(j *journal, ring *openedRing) string {
	if ring.Seq < j.base.Seq { // the journal was shortened since
		return j.base.Hash
	}
	return ring.Hash
}

// live gives the ring's entries as a restored ring has them: of a destroyed tenant
// no key is left either.
func (r *openedRing) live() []keyring.Entry {
	gone := map[string]bool{}
	for _, e := range r.entries {
		if e.Subject == "" && e.Destroyed {
			gone[e.Home] = true
		}
	}
	out := make([]keyring.Entry, len(r.entries))
	for i, e := range r.entries {
		if gone[e.Home] {
			e.Wrapped, e.Destroyed = nil, true
		}
		out[i] = e
	}
	return out
}

// opens proves that the master key opens every tenant's key of the ring.
func (r *openedRing) opens(ctx context.Context, m vault.Master, random io.Reader, c clock.Clock) error {
	keys := ringKeys{}
	for _, e := range r.live() {
		keys[[2]string{e.Home, e.Subject}] = e
	}
	v := vault.New(m, keys, random, c)
	for _, e := range r.live() {
		if e.Subject != "" || e.Destroyed {
			continue
		}
		t, err := id.Parse(e.Home)
		if err != nil {
			return err
		}
		if _, err := v.Index(ctx, id.Tenant(t), "backup.trial", "x"); err != nil {
			return fault.Wrap("backup.opens", err)
		}
	}
	return nil
}

// ringKeys reads keys out of a copy.
type ringKeys map[[2]string]keyring.Entry

func errReadOnly() error { return errors.New("backup: a copy of the ring is only read") }

// Tenant gives a wrapped key.
func (k ringKeys) Tenant(_ context.Context, t id.Tenant) ([]byte, error) {
	e, ok := k[[2]string{t.String(), ""}]
	switch {
	case !ok:
		return nil, fault.New(fault.NotFound, "backup.ringKeys", vault.KeyMissing)
	case e.Destroyed:
		return nil, fault.New(fault.NotFound, "backup.ringKeys", vault.KeyDestroyed)
	}
	return e.Wrapped, nil
}

// Person gives a wrapped key.
func (k ringKeys) Person(_ context.Context, home id.Tenant, s id.Subject) ([]byte, bool, error) {
	e, ok := k[[2]string{home.String(), s.String()}]
	if !ok {
		return nil, false, fault.New(fault.NotFound, "backup.ringKeys", vault.KeyMissing)
	}
	return e.Wrapped, e.Destroyed, nil
}

// PutTenant refuses.
func (ringKeys) PutTenant(context.Context, id.Tenant, []byte) error { return errReadOnly() }

// PutPerson refuses.
func (ringKeys) PutPerson(context.Context, id.Tenant, id.Subject, []byte) error {
	return errReadOnly()
}

// Destroy refuses.
func (ringKeys) Destroy(context.Context, id.Tenant, id.Subject) error { return errReadOnly() }

// DestroyTenant refuses.
func (ringKeys) DestroyTenant(context.Context, id.Tenant) error { return errReadOnly() }

// Try tries an archive of the service's own folder and writes the result down.
func (s *Service) Try(ctx context.Context, a Archive) (*Manifest, error) {
	began := s.Clock.Now()
	tmp, done, err := s.work()
	if err != nil {
		return nil, err
	}
	defer done()
	m, err := Try(ctx, Trial{Master: s.Master, Random: s.Random, Path: a.Path, Tmp: tmp, URL: s.URL})
	if err == nil {
		var ring *openedRing
		if ring, err = readRing(ctx, s.Master, filepath.Join(s.Dir, RingName)); err == nil {
			err = ring.opens(ctx, s.Master, s.Random, s.Clock)
		}
	}
	u := use{Act: ActTried, Archive: a.Name, MadeAt: clock.At(a.At), Bytes: a.Size, Good: err == nil, Why: why(err)}
	if m != nil {
		u.describe(m)
	}
	return m, errors.Join(err, s.note(ctx, u, began))
}

// Daily is how often a backup is made by itself.
const Daily = 24 * time.Hour

// Due tells whether the newest archive is a day old, or there is none.
func (s *Service) Due() (bool, error) {
	all, err := s.List()
	if err != nil || len(all) == 0 {
		return err == nil, err
	}
	age := s.Clock.Now().Sub(all[0].At)
	return age >= Daily || age < -time.Hour, nil // a clock that jumped back must not stop backups
}

// Run is what happens by itself, and is called often: what is pending goes into
// the journal, old archives go, and once a day a backup is made and tried.
func (s *Service) Run(ctx context.Context) error {
	if err := s.Flush(ctx); err != nil {
		return err
	}
	_, err := s.Rotate(ctx)
	due, e := s.Due()
	if err = errors.Join(err, e); !due {
		return err
	}
	a, _, e := s.Create(ctx)
	if e != nil {
		return errors.Join(err, e)
	}
	_, e = s.Try(ctx, a)
	return errors.Join(err, e)
}
