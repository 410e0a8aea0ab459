package backup

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/store/keyring"
)

// nameTime is how an archive's name says when it was made, in UTC.
const nameTime = "20060102T150405Z"

// Archive is one that lies in the folder.
type Archive struct {
	Name string
	Path string
	At   time.Time
	Size int64
}

// List gives the archives of a folder, the newest first.
func List(dir string) ([]Archive, error) {
	all, err := filepath.Glob(filepath.Join(dir, "*"+Suffix))
	if err != nil {
		return nil, err
	}
	var out []Archive
	for _, path := range all {
		name := filepath.Base(path)
		stamp, _, _ := strings.Cut(name, "-")
		at, err := time.Parse(nameTime, stamp)
		info, statErr := os.Stat(path)
		if err != nil || statErr != nil {
			continue // not one of ours
		}
		out = append(out, Archive{name, path, at, info.Size()})
	}
	slices.SortFunc(out, func(a, b Archive) int { return strings.Compare(b.Name, a.Name) })
	return out, nil
}

// List gives the service's own.
func (s *Service) List() ([]Archive, error) { return List(s.Dir) }

// work is where things are made that are not whole yet. Whoever else makes
// something in the folder is waited for; so what lies there half made is of a
// process that was killed, and goes.
func (s *Service) work() (dir string, done func(), err error) {
	release, err := lock(s.Dir, makingLock)
	if err != nil {
		return "", nil, err
	}
	if err = s.tidy(); err == nil {
		dir, err = os.MkdirTemp(s.Dir, making)
	}
	if err != nil {
		release()
		return "", nil, err
	}
	return dir, func() { _ = os.RemoveAll(dir); release() }, nil
}

// Create makes an archive of everything and replaces the copy of the ring. The
// archive gets its name when the ring's copy is newer than it and both are on the
// disk: before that there is none.
func (s *Service) Create(ctx context.Context) (Archive, *Manifest, error) {
	const op = "backup.Create"
	began := s.Clock.Now()
	if err := s.Flush(ctx); err != nil {
		return Archive{}, nil, err
	}
	a, m, err := s.create(ctx, began)
	u := use{Act: ActMade, Archive: a.Name, Good: err == nil, Why: why(err), Bytes: a.Size}
	if m != nil {
		u.describe(m)
	}
	return a, m, fault.Wrap(op, errors.Join(err, s.note(ctx, u, began)))
}

func (s *Service) create(ctx context.Context, began time.Time) (a Archive, m *Manifest, err error) {
	dir, done, err := s.work()
	if err != nil {
		return a, nil, err
	}
	defer done()
	made := filepath.Join(dir, "archive")
	if m, err = s.write(ctx, dir, made, began); err != nil {
		return a, nil, err
	}
	if err := s.KeepRing(ctx); err != nil {
		return a, nil, err
	}
	var salt [4]byte
	if _, err := io.ReadFull(s.Random, salt[:]); err != nil {
		return a, nil, err
	}
	a = Archive{Name: began.UTC().Format(nameTime) + "-" + hex.EncodeToString(salt[:]) + Suffix, At: began.UTC().Truncate(time.Second)}
	a.Path = filepath.Join(s.Dir, a.Name)
	if err := os.Rename(made, a.Path); err != nil {
		return a, nil, err
	}
	info, err := os.Stat(a.Path)
	if err == nil {
		a.Size = info.Size()
	}
	return a, m, errors.Join(err, syncDir(s.Dir))
}

func (s *Service) write(ctx context.Context, dir, path string, at time.Time) (*Manifest, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	w, err := newWriter(ctx, s.Master, s.Random, f)
	if err != nil {
		return nil, err
	}
	m := &Manifest{Version: 1, Program: s.Program, At: at.UTC()}
	err = w.part(partDatabase, func(out io.Writer) (err error) {
		m.Database, err = s.DB.Copy(ctx, dir, out)
		return err
	})
	if err != nil {
		return nil, err
	}
	// Files after the database: each that a row names is there by then.
	for name, err := range s.Files.List(ctx, "") {
		if err != nil {
			return nil, err
		}
		if err := s.file(ctx, w, name); err != nil {
			return nil, err
		}
	}
	if err := w.close(m); err != nil {
		return nil, err
	}
	return m, f.Sync()
}

func (s *Service) file(ctx context.Context, w *writer, name string) error {
	in, err := s.Files.Open(ctx, name)
	if fault.Is(err, fault.NotFound) {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	defer in.Close()
	return w.part(filesPrefix+name, func(out io.Writer) error { _, err := io.Copy(out, in); return err })
}

// KeepRing replaces the copy of the key ring by what the ring is now.
func (s *Service) KeepRing(ctx context.Context) error {
	release, err := lock(s.Dir, shortLock)
	if err != nil {
		return err
	}
	defer release()
	state, err := s.DB.JournalState(ctx)
	if err != nil {
		return err
	}
	meta := ringMeta{At: s.Clock.Now().UTC(), Seq: state.Seq, Hash: state.Hash, Engine: s.DB.Engine(), Wrapped: map[string][]byte{}}
	keys, err := filepath.Glob(filepath.Join(s.Data, "keys", "*.key"))
	if err != nil {
		return err
	}
	for _, k := range keys {
		if filepath.Base(k) == "master.key" {
			continue
		}
		if meta.Wrapped[filepath.Base(k)], err = os.ReadFile(k); err != nil {
			return err
		}
	}
	return writeRing(ctx, s.Master, s.Random, filepath.Join(s.Dir, RingName), meta, func(put func(keyring.Entry) error) error { return s.Ring.Each(ctx, put) })
}

// Rotate removes archives that are as old as Keep and what a crash left behind,
// and shortens the journal to what the oldest archive left may need. It gives the
// names of the removed ones.
func (s *Service) Rotate(ctx context.Context) ([]string, error) {
	const op = "backup.Rotate"
	now := s.Clock.Now()
	all, err := s.List()
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	var gone []string
	var left []Archive
	for _, a := range all {
		if now.Sub(a.At) < s.Keep {
			left = append(left, a)
			continue
		}
		f, err := os.OpenFile(a.Path, os.O_WRONLY, 0)
		if err != nil {
			return gone, fault.Wrap(op, err)
		}
		// It is sealed: to overwrite its beginning takes its key away.
		_, err = f.WriteAt(make([]byte, min(a.Size, 4096)), 0)
		if err := errors.Join(err, f.Sync(), f.Close(), os.Remove(a.Path)); err != nil {
			return gone, fault.Wrap(op, err)
		}
		gone = append(gone, a.Name)
		if err := s.note(ctx, use{Act: ActRemoved, Archive: a.Name, Good: true}, now); err != nil {
			return gone, fault.Wrap(op, err)
		}
	}
	if len(gone) == 0 {
		return nil, nil
	}
	return gone, fault.Wrap(op, errors.Join(syncDir(s.Dir), s.shorten(ctx, left)))
}

// shorten drops the journal's beginning.
func (s *Service) shorten(ctx context.Context, left []Archive) error {
	if len(left) == 0 {
		return nil
	}
	m, err := ReadManifest(ctx, s.Master, left[len(left)-1].Path)
	if err != nil {
		return err
	}
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	release, err := lock(s.Dir, shortLock)
	if err != nil {
		return err
	}
	defer release()
	j, err := readJournal(ctx, s.Master, s.paths()[0])
	if err != nil || j == nil {
		return errors.Join(err, errors.New("the journal is gone"))
	}
	from := point{m.Database.Seq, m.Database.Hash}
	rest, err := j.after(from, left[len(left)-1].Name)
	if err != nil || from.Seq == j.base.Seq {
		return err
	}
	// Records are bound to what stood before them, so the rest is copied as it lies.
	short, err := j.from(s.Random, from, len(rest))
	if err != nil {
		return err
	}
	s.known = nil
	return s.spread(short)
}

// making names what is not whole yet.
const making = ".making-*"

// tidy removes what a process that was killed left half made. Only who holds the
// lock of making may call it.
func (s *Service) tidy() error {
	left, err := filepath.Glob(filepath.Join(s.Dir, making))
	for _, dir := range left {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}

// why gives an error's message key, for the record.
func why(err error) string {
	if err == nil {
		return ""
	}
	var f *fault.Error
	if errors.As(err, &f) && f.Key != "" {
		return f.Key
	}
	return "backup.failed"
}
