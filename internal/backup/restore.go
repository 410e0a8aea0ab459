package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/store"
	"amanah/internal/store/keyring"
	"amanah/internal/vault"
)

// Restore says what is to be put where.
type Restore struct {
	Master vault.Master
	Random io.Reader
	// Path of the archive; the copy of the ring and the journal lie beside it.
	Path string
	// Data is an empty data folder: nothing but keys/master.key may be in it.
	Data string
	// URL of an empty PostgreSQL database, for an archive of PostgreSQL.
	URL string
	// Schema is the program's last migration: an archive of a newer one is refused.
	Schema int64
}

// markName says in a data folder that a restore into it is not finished.
const markName = "restore.unfinished"

// mark is what the file says.
type mark struct {
	Archive string `json:"archive"`
	// Placed: data, files and keys are all there; what happened since is not.
	Placed bool `json:"placed"`
}

// Unfinished tells, by a fault Conflict, that a data folder must not be served.
func Unfinished(data string) error {
	m, err := readMark(data)
	if err != nil || m == nil {
		return err
	}
	return fault.New(fault.Conflict, "backup.Unfinished", "backup.unfinished").Cause(fmt.Errorf("the restore of %s into this folder is not finished; run again: amanah backup restore", m.Archive))
}

func readMark(data string) (*mark, error) {
	b, err := os.ReadFile(filepath.Join(data, markName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var m mark
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	return &m, fault.Wrap("backup.readMark", err)
}

func (o Restore) mark(placed bool) error {
	b, err := json.Marshal(mark{filepath.Base(o.Path), placed})
	if err != nil {
		return err
	}
	return replace(filepath.Join(o.Data, markName), func(f *os.File) error { _, err := f.Write(b); return err })
}

// Place puts an archive into an empty installation: all of it, or nothing that
// could be served. The whole archive is read and proven first. Then Replay has to
// follow, and Finish. A restore that was killed is done again from its beginning.
func Place(ctx context.Context, o Restore) (*Manifest, error) {
	const op = "backup.Place"
	was, err := readMark(o.Data)
	if err != nil {
		return nil, err
	}
	if was != nil && was.Archive != filepath.Base(o.Path) {
		return nil, fault.New(fault.Conflict, op, "backup.unfinished").Cause(fmt.Errorf("in this folder the restore of %s is not finished: finish it, or empty the folder", was.Archive))
	}
	m, ring, err := o.prove(ctx)
	if err != nil || was != nil && was.Placed {
		return m, err
	}
	if was == nil {
		if err := o.empty(); err != nil {
			return nil, err
		}
	}
	if err := o.mark(false); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := o.clear(); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := o.place(ctx, m, ring); err != nil {
		return nil, fault.Wrap(op, err)
	}
	return m, fault.Wrap(op, o.mark(true))
}

// prove reads everything and writes nothing.
func (o Restore) prove(ctx context.Context) (*Manifest, *openedRing, error) {
	const op = "backup.prove"
	ring, j, err := beside(ctx, o.Master, filepath.Dir(o.Path))
	if err != nil {
		return nil, nil, err
	}
	m, err := ReadManifest(ctx, o.Master, o.Path)
	if err != nil {
		return nil, nil, err
	}
	if err := fits(m, ring, j); err != nil {
		return nil, nil, err
	}
	if (m.Database.Engine == "postgres") != (o.URL != "") {
		return nil, nil, fault.New(fault.Invalid, op, "backup.other_engine").Cause(fmt.Errorf("the backup is of %s: restore it with --database for PostgreSQL and without for SQLite", m.Database.Engine))
	}
	if m.Database.Schema > o.Schema {
		return nil, nil, fault.New(fault.Invalid, op, "backup.newer").Cause(errors.New("the backup was made by a newer version of the program: restore it with that one"))
	}
	return m, ring, nil
}

// placed are the names that a restore makes in a data folder.
var placed = []string{"amanah.db", "amanah.db-wal", "amanah.db-shm", "keys.db", "keys.db-wal", "keys.db-shm", "files", JournalName, "keys/database.key", "keys/receipt.key"}

func (o Restore) empty() error {
	for _, name := range placed {
		if _, err := os.Stat(filepath.Join(o.Data, name)); !errors.Is(err, fs.ErrNotExist) {
			return fault.New(fault.Conflict, "backup.Place", "backup.not_empty").Cause(fmt.Errorf("%s has %s in it: a backup is restored into an empty data folder, with nothing but keys/master.key", o.Data, name))
		}
	}
	return nil
}

// clear removes what a killed restore left: the folder was empty before it.
func (o Restore) clear() error {
	var errs []error
	for _, name := range placed {
		errs = append(errs, os.RemoveAll(filepath.Join(o.Data, name)))
	}
	return errors.Join(errs...)
}

// place writes. The journal comes first: from then on a database here is refused
// until it is repeated.
func (o Restore) place(ctx context.Context, m *Manifest, ring *openedRing) error {
	if err := os.MkdirAll(filepath.Join(o.Data, "keys"), 0o700); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(o.Path), JournalName))
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(o.Data, JournalName), func(f *os.File) error { _, err := f.Write(text); return err }); err != nil {
		return err
	}
	for name, wrapped := range ring.Wrapped {
		if filepath.Base(name) != name || !strings.HasSuffix(name, ".key") || name == "master.key" {
			continue
		}
		if err := replace(filepath.Join(o.Data, "keys", name), func(f *os.File) error { _, err := f.Write(wrapped); return err }); err != nil {
			return err
		}
	}
	files, err := vault.NewFolder(filepath.Join(o.Data, "files"))
	if err != nil {
		return err
	}
	defer files.Close()
	_, err = walk(ctx, o.Master, o.Path, func(name string, r io.Reader) error {
		if name == partDatabase {
			return o.database(ctx, m, ring, r)
		}
		return files.Put(ctx, strings.TrimPrefix(name, filesPrefix), r)
	})
	if err != nil {
		return err
	}
	return o.keys(ctx, ring)
}

// database writes the database and counts it again.
func (o Restore) database(ctx context.Context, m *Manifest, ring *openedRing, r io.Reader) error {
	var got store.Figures
	if o.URL != "" {
		err := store.RestorePostgres(ctx, o.URL, r)
		if err == nil {
			got, err = store.MeasurePostgres(ctx, o.URL)
		}
		if err != nil {
			return err
		}
		return same(m.Database, got)
	}
	key, err := fileKey(ctx, o.Master, ring)
	if err != nil {
		return err
	}
	path := filepath.Join(o.Data, "amanah.db")
	if err := writeFile(path, r); err != nil {
		return err
	}
	if got, err = store.MeasureSQLite(ctx, path, key); err != nil {
		return err
	}
	return errors.Join(same(m.Database, got), syncDir(o.Data))
}

func (o Restore) keys(ctx context.Context, ring *openedRing) error {
	var key []byte
	var err error
	if o.URL == "" {
		if key, err = fileKey(ctx, o.Master, ring); err != nil {
			return err
		}
	}
	r, err := keyring.Open(ctx, o.URL, o.Data, key)
	if err != nil {
		return err
	}
	err = r.Load(ctx, func(put func(keyring.Entry) error) error {
		for _, e := range ring.live() {
			if err := put(e); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, r.Close())
}

// Finish says that a restored folder may be served.
func Finish(data string) error {
	err := os.Remove(filepath.Join(data, markName))
	return fault.Wrap("backup.Finish", errors.Join(err, syncDir(data)))
}
