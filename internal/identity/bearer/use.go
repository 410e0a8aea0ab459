package bearer

import (
	"context"
	"sync"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// flushEvery is how long counts wait in memory; a crash loses at most that.
const flushEvery = 30 * time.Second

// counted is whose calls are counted.
type counted struct {
	token    id.ID
	who      id.Subject
	day      clock.Instant
	personal bool
}

// uses counts calls between two writes.
type uses struct {
	mu      sync.Mutex
	counts  map[counted]int64
	flushed time.Time
}

// waiting are the calls of a token that are not written yet.
func (u *uses) waiting(token id.ID) (n int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for k, v := range u.counts {
		if k.token == token {
			n += v
		}
	}
	return n
}

// take gives the counts and begins anew.
func (u *uses) take(now time.Time) map[counted]int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := u.counts
	u.counts, u.flushed = map[counted]int64{}, now
	return out
}

// add counts one call and says whether it is time to write.
func (u *uses) add(k counted, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.counts[k]++
	if u.flushed.IsZero() {
		u.flushed = now.Add(-flushEvery) // the first call is written at once
	}
	if now.Sub(u.flushed) < flushEvery {
		return false
	}
	u.flushed = now
	return true
}

// dayOf is the beginning of a day in Jakarta.
func dayOf(t time.Time) clock.Instant {
	y, m, d := t.In(clock.WIB).Date()
	return clock.At(time.Date(y, m, d, 0, 0, 0, 0, clock.WIB))
}

// count counts a call.
func (s *Service) count(ctx context.Context, f found) error {
	now := s.now()
	if !s.uses.add(counted{f.number, f.who.Subject, dayOf(now), f.who.Session.IsZero()}, now) {
		return nil
	}
	return s.Flush(ctx)
}

// Flush writes the counts that wait in memory: also at the end of the program.
func (s *Service) Flush(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx) // whoever caused it may have gone
	for k, n := range s.uses.take(s.now()) {
		err := s.cfg.DB.WriteGrouped(ctx, s.person(k.who), func(tx *store.Tx) error { return write(ctx, tx, k, n) })
		if err != nil {
			return fault.Wrap("bearer.Flush", err)
		}
	}
	return nil
}

func write(ctx context.Context, tx *store.Tx, k counted, n int64) error {
	isNew, err := store.InsertOnce(ctx, tx, &use{Subject: k.who, Token: k.token, DayAt: k.day, Calls: n}, "tenant_id, token_id, day_at")
	if err != nil {
		return err
	}
	if !isNew {
		if _, err := tx.Exec(ctx, "UPDATE token_uses SET calls = calls + $4 WHERE tenant_id = $1 AND token_id = $2 AND day_at = $3", tx.Tenant(), k.token, k.day, n); err != nil {
			return err
		}
	}
	if !k.personal {
		return nil
	}
	_, err = tx.Exec(ctx, "UPDATE personal_tokens SET last_used_at = $3 WHERE tenant_id = $1 AND id = $2", tx.Tenant(), k.token, tx.Now())
	return err
}

// TellDays puts each day's calls of each token that is over into its person's own
// log, one line a day and token, and says how many.
func (s *Service) TellDays(ctx context.Context) (n int, err error) {
	err = s.cfg.DB.Write(ctx, s.visitor(), func(tx *store.Tx) error {
		rows, err := store.Find[use](ctx, tx, "WHERE tenant_id = $1 AND told = FALSE AND day_at < $2 ORDER BY day_at, id LIMIT 500", tx.Tenant(), dayOf(tx.Now().Time()))
		for _, r := range rows {
			if err := audit.Tell(ctx, tx, audit.Act{Name: "token.used", Subject: r.Subject, Object: "token_uses", Count: r.Calls}); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "UPDATE token_uses SET told = TRUE WHERE tenant_id = $1 AND id = $2", tx.Tenant(), r.ID); err != nil {
				return err
			}
		}
		n = len(rows)
		return err
	})
	return n, fault.Wrap("bearer.TellDays", err)
}

// callsOf are a person's calls of the last thirty days, by token.
func callsOf(ctx context.Context, tx *store.Tx, who id.Subject) (map[id.ID]int64, error) {
	rows, err := tx.Query(ctx, "SELECT token_id, CAST(SUM(calls) AS BIGINT) FROM token_uses WHERE tenant_id = $1 AND subject_id = $2 AND day_at > $3 GROUP BY token_id",
		tx.Tenant(), who, clock.At(tx.Now().Time().AddDate(0, 0, -30)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[id.ID]int64{}
	for rows.Next() {
		var token id.ID
		var n int64
		if err := rows.Scan(&token, &n); err != nil {
			return nil, err
		}
		out[token] = n
	}
	return out, rows.Err()
}
