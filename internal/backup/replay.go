package backup

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/store/keyring"
)

// Since is what happened after an archive was made and cannot be put back as rows.
type Since struct {
	// Rows are the newest versions of rows of tables that the journal keeps in part:
	// orders of erasures, without whom.
	Rows []store.RawRow
	// People whose keys are destroyed, and tenants.
	People  []Person
	Tenants []id.Tenant
}

// Person is somebody of a service.
type Person struct {
	Home id.Tenant
	Who  id.Subject
}

// Report is what a replay did.
type Report struct {
	Records int `json:"records"`
	Rows    int `json:"rows_repeated"`
}

// Replay repeats what happened since the archive, and sets the database's number as
// its last step: until then it is refused by Open. apply erases whom Since names
// again. It can be done twice.
func (s *Service) Replay(ctx context.Context, archive string, m *Manifest, apply func(context.Context, Since) error) (Report, error) {
	const op = "backup.Replay"
	began := s.Clock.Now()
	release, err := lock(s.Dir, shortLock)
	if err != nil {
		return Report{}, fault.Wrap(op, err)
	}
	j, err := readJournal(ctx, s.Master, s.paths()[0])
	release()
	if err != nil {
		return Report{}, err
	}
	state, err := s.DB.JournalState(ctx)
	if err != nil {
		return Report{}, err
	}
	records, err := j.after(point{state.Seq, state.Hash}, "the database")
	if err != nil {
		return Report{}, err
	}
	whole, since := s.newestRows(records)
	if err := s.DB.PutRaw(ctx, whole); err != nil {
		return Report{}, err
	}
	if err := s.destroyed(ctx, &since); err != nil {
		return Report{}, err
	}
	if err := apply(ctx, since); err != nil {
		return Report{}, fault.Wrap(op, err)
	}
	u := use{Act: ActRestored, Archive: archive, Good: true}
	u.describe(m)
	if err := s.note(ctx, u, began); err != nil {
		return Report{}, fault.Wrap(op, err)
	}
	if err := s.DB.Journaled(ctx, store.State{Seq: j.head.Seq, Hash: j.head.Hash}, nil); err != nil {
		return Report{}, err
	}
	return Report{Records: len(records), Rows: len(whole) + len(since.Rows)}, s.Flush(ctx)
}

// newestRows keeps the last version of each row.
func (s *Service) newestRows(records []record) (whole []store.RawRow, since Since) {
	at := map[[3]any]int{}
	var all []store.RawRow
	for _, r := range records {
		for _, t := range r.Rows {
			raw := t.raw()
			key := [3]any{raw.Table, raw.Columns["tenant_id"], raw.Columns["id"]}
			if i, ok := at[key]; ok {
				all[i] = raw
				continue
			}
			at[key] = len(all)
			all = append(all, raw)
		}
	}
	for _, raw := range all {
		if len(s.without[raw.Table]) > 0 && !raw.Gone {
			since.Rows = append(since.Rows, raw)
		} else {
			whole = append(whole, raw)
		}
	}
	return whole, since
}

func (s *Service) destroyed(ctx context.Context, since *Since) error {
	return s.Ring.Each(ctx, func(e keyring.Entry) error {
		if !e.Destroyed {
			return nil
		}
		home, err := id.Parse(e.Home)
		if err != nil {
			return err
		}
		if e.Subject == "" {
			since.Tenants = append(since.Tenants, id.Tenant(home))
			return nil
		}
		who, err := id.Parse(e.Subject)
		since.People = append(since.People, Person{id.Tenant(home), id.Subject(who)})
		return err
	})
}
