package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/store"
	"amanah/internal/store/keyring"
	"amanah/internal/vault"
)

// Watched is a table whose rows outlive a restore. Without names columns that the
// journal must not keep, such as who was erased, with what it keeps in their place.
type Watched struct {
	Table   string
	Without map[string]any
}

// Options are what Open needs.
type Options struct {
	DB      *store.DB
	Ring    *keyring.Ring
	Files   vault.Files
	Master  vault.Master
	Random  io.Reader
	Clock   clock.Clock
	Log     *slog.Logger
	Program string // its version
	// Dir is the folder of the backups, Data the program's own.
	Dir, Data string
	// FileKey is SQLite's, URL PostgreSQL's.
	FileKey []byte
	URL     string
	// Keep is how long an archive lies there at most.
	Keep    time.Duration
	Watched []Watched
	// Homes are where uses are written down: one of each service.
	Homes []store.Scope
	// Replaying opens a restored database, which nobody else may.
	Replaying bool
	// NewJournal begins a new journal where both copies are lost; archives that were
	// made before cannot be restored any more.
	NewJournal bool
}

// Service makes backups. It is safe for concurrent use.
type Service struct {
	Options
	without map[string]map[string]any
	turn    chan struct{} // one flush at a time
	known   *journal      // as it was when seen was its state; without records
	seen    os.FileInfo
}

// Open prepares the folder and the journal and begins to watch. It refuses a
// database that is older than its journal: fault Conflict with backup.unreplayed.
func Open(ctx context.Context, o Options) (*Service, error) {
	s := &Service{Options: o, without: map[string]map[string]any{}, turn: make(chan struct{}, 1)}
	var names []string
	for _, w := range o.Watched {
		names = append(names, w.Table)
		s.without[w.Table] = w.Without
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fault.Wrap("backup.Open", err)
	}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	after := s.flushed
	if o.Replaying {
		after = nil // the database's number is set when all is repeated, not before
	}
	if err := o.DB.Watch(ctx, names, after); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Service) begin(ctx context.Context) error {
	release, err := lock(s.Dir, shortLock)
	if err != nil {
		return fault.Wrap("backup.Open", err)
	}
	defer release()
	state, err := s.DB.JournalState(ctx)
	if err != nil {
		return err
	}
	j, err := s.journal(ctx, state)
	if err != nil {
		return err
	}
	if err := s.spread(j); err != nil {
		return fault.Wrap("backup.Open", err)
	}
	return s.agree(ctx, j, state)
}

func (s *Service) paths() [2]string {
	return [2]string{filepath.Join(s.Dir, JournalName), filepath.Join(s.Data, JournalName)}
}

// journal reads the longer copy, or begins a new one for a new database.
func (s *Service) journal(ctx context.Context, state store.State) (*journal, error) {
	var both [2]*journal
	for i, p := range s.paths() {
		j, err := readJournal(ctx, s.Master, p)
		if err != nil {
			return nil, err
		}
		both[i] = j
	}
	j, err := longer(both[0], both[1])
	if err != nil || j != nil {
		return j, err
	}
	if state.Seq > 0 && !s.NewJournal {
		return nil, errJournal("backup.Open", "backup.journal_lost", fmt.Sprintf("%s is neither in %s nor in %s: put it back, or begin a new one with: amanah backup create --new-journal (backups made before cannot be restored then)", JournalName, s.Dir, s.Data))
	}
	return newJournal(ctx, s.Master, s.Random, s.paths()[0], point{state.Seq, state.Hash})
}

// spread makes both copies alike.
func (s *Service) spread(j *journal) error {
	text, err := os.ReadFile(j.path)
	if err != nil {
		return err
	}
	for _, p := range s.paths() {
		if p == j.path {
			continue
		}
		if have, err := os.ReadFile(p); err == nil && slices.Equal(have, text) {
			continue
		}
		if err := replace(p, func(f *os.File) error { _, err := f.Write(text); return err }); err != nil {
			return err
		}
	}
	return nil
}

// agree holds the database against the journal.
func (s *Service) agree(ctx context.Context, j *journal, state store.State) error {
	const op = "backup.Open"
	switch {
	case s.Replaying, j.head == point{state.Seq, state.Hash}:
		return nil
	case j.head.Seq == state.Seq+1 && state.Writing == j.head.Seq:
		// Somebody died between the journal and the database's note of it.
		return s.DB.Journaled(ctx, store.State{Seq: j.head.Seq, Hash: j.head.Hash}, nil)
	case j.head.Seq > state.Seq:
		return fault.New(fault.Conflict, op, "backup.unreplayed").Cause(fmt.Errorf(
			"the database stands at %d of the journal, which goes to %d: an older copy was put back, and erasures and withdrawals made since are missing in it; restore it with: amanah backup restore", state.Seq, j.head.Seq))
	case j.head.Seq < state.Seq:
		return errJournal(op, "backup.journal_short", fmt.Sprintf("the journal ends at %d and the database stands at %d: this is an old copy of the journal, or not the folder of backups that the other nodes use", j.head.Seq, state.Seq))
	}
	return errJournal(op, "backup.journal_other", "the journal is not the one of this database")
}

// flushed is called behind each commit that changed a watched row.
func (s *Service) flushed(ctx context.Context) {
	if err := s.Flush(ctx); err != nil {
		s.Log.Error("the journal of the backups could not be written; it is tried again", "error", err)
	}
}

// Flush writes what is pending into the journal, durably. Whoever calls it at the
// same time waits and finds the work done.
func (s *Service) Flush(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.turn }()
	release, err := lock(s.Dir, shortLock)
	if err != nil {
		return fault.Wrap("backup.Flush", err)
	}
	defer release()
	return fault.Wrap("backup.Flush", s.flush(ctx))
}

func (s *Service) flush(ctx context.Context) error {
	j, err := s.newest(ctx)
	if err != nil {
		return err
	}
	for {
		rows, upto, err := s.DB.Pending(ctx, j.head.Seq+1)
		if err != nil || len(upto) == 0 {
			return err
		}
		if len(rows) > 0 {
			r := record{At: s.Clock.Now()}
			for _, raw := range rows {
				t, err := typed(raw, s.without[raw.Table])
				if err != nil {
					return err
				}
				r.Rows = append(r.Rows, t)
			}
			was := j.size
			added, err := j.append(s.Random, r)
			if err != nil {
				return err
			}
			j.records = nil // they are on the disk
			if err := s.follow(j, was, added); err != nil {
				return err
			}
		}
		if err := s.DB.Journaled(ctx, store.State{Seq: j.head.Seq, Hash: j.head.Hash}, upto); err != nil {
			return err
		}
	}
}

// newest gives the journal as it is; it is read again only where another process
// wrote to it.
func (s *Service) newest(ctx context.Context) (*journal, error) {
	info, err := os.Stat(s.paths()[0])
	if err != nil {
		return nil, errors.New("the journal is gone")
	}
	if s.known != nil && s.known.size == info.Size() && os.SameFile(s.seen, info) {
		return s.known, nil
	}
	j, err := readJournal(ctx, s.Master, s.paths()[0])
	if err != nil || j == nil {
		return nil, errors.Join(err, errors.New("the journal is gone"))
	}
	j.records = nil
	s.known, s.seen = j, info
	return j, nil
}

// follow brings the second copy to where the first one is.
func (s *Service) follow(j *journal, was int64, added []byte) error {
	second := s.paths()[1]
	if info, err := os.Stat(second); err == nil && info.Size() == was {
		f, err := os.OpenFile(second, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteAt(added, was)
		return errors.Join(err, f.Sync(), f.Close())
	}
	return s.spread(j)
}
