package identity

import (
	"context"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// LogLine is a line of a person's own log; the catalogue says Name as
// "audit.<Name>".
type LogLine struct {
	ID    id.ID
	At    clock.Instant
	Name  string
	Count int64
}

// logPage is how many lines a page of the log has.
const logPage = 50

// Log reads the principal's own log, before a line's id (zero: from the newest),
// and says whether there is more.
func (s *Service) Log(ctx context.Context, p Principal, before id.ID) (lines []LogLine, more bool, err error) {
	return s.logOf(ctx, p, before, logPage)
}

func (s *Service) logOf(ctx context.Context, p Principal, before id.ID, limit int) (lines []LogLine, more bool, err error) {
	if s.cfg.Activity == nil {
		return nil, false, fault.New(fault.NotFound, "identity.Log", "not_found")
	}
	err = s.cfg.DB.Read(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		lines, err = s.cfg.Activity(ctx, tx, p.Subject, before, limit+1)
		return err
	})
	if len(lines) > limit {
		lines, more = lines[:limit], true
	}
	return lines, more, fault.Wrap("identity.Log", err)
}
