package promise

import (
	"context"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
)

// quarter is how far back the slowest answer is looked for.
const quarter = 92 * day

// Audit makes the check of the audit log: verify goes through a service's whole
// log, and gives a fault Conflict where it was changed.
func Audit(verify func(ctx context.Context, service string) error) Check {
	return Check{Name: "audit-log", Every: 6 * time.Hour, Look: func(ctx context.Context, s Site, _ Args) (Finding, error) {
		err := verify(ctx, s.Notice.Service())
		if fault.Is(err, fault.Conflict) {
			return found(Broken, Fig("audit_broken")), nil
		}
		if err != nil {
			return Finding{}, err
		}
		return found(Kept, Fig("audit", "at", Moment(s.Now))), nil
	}}
}

// looksGranted looks for a look of staff without leave, or outside its time.
func looksGranted(ctx context.Context, s Site, _ Args) (Finding, error) {
	var all, granted int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN g.id IS NOT NULL AND l.at >= g.at AND l.at <= g.until_at AND l.reason IS NOT NULL THEN 1 ELSE 0 END), 0)
			FROM support_looks l LEFT JOIN support_grants g ON g.tenant_id = l.tenant_id AND g.id = l.grant_id WHERE l.tenant_id = $1`,
			[]any{tx.Tenant()}, &all, &granted)
	})
	if err != nil {
		return Finding{}, err
	}
	if all == 0 {
		return found(Kept, Fig("looks_none")), nil
	}
	return found(when(all == granted), Fig("looks", "share", Share(granted, all))), nil
}

// erasures compares the slowest erasure of the quarter, and those that are still
// open, with the time that the notice gives.
func erasures(ctx context.Context, s Site, _ Args) (Finding, error) {
	limit := s.Notice.Closing().EraseWithin
	var slowest int64
	var open clock.Instant
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(done_at - ordered_at), -1) FROM erasure_orders WHERE tenant_id = $1 AND done_at >= $2",
			[]any{tx.Tenant(), clock.At(s.Now.Add(-quarter))}, &slowest)
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, "SELECT MIN(ordered_at) FROM erasure_orders WHERE tenant_id = $1 AND done_at IS NULL", []any{tx.Tenant()}, &open)
	})
	if err != nil {
		return Finding{}, err
	}
	f := Finding{State: Kept}
	if !open.IsZero() {
		state, span := against(s.Now, s.Now.Sub(open.Time()), limit)
		f.State = worse(f.State, state)
		f.Figures = append(f.Figures, Fig("erasure_open", "age", span, "limit", Of(limit)))
	}
	if slowest >= 0 {
		state, span := against(s.Now, time.Duration(slowest)*time.Microsecond, limit)
		if state == Broken {
			f.State = Broken
		}
		f.Figures = append(f.Figures, Fig("erasure_slowest", "age", span, "limit", Of(limit)))
	}
	if len(f.Figures) == 0 {
		f.Figures = []Figure{Fig("erasure_none", "limit", Of(limit))}
	}
	return f, nil
}

// against weighs a length of time against a period of the notice.
func against(now time.Time, d time.Duration, limit notice.Period) (State, string) {
	return within(d, limit.AddTo(now).Sub(now)), Span(d)
}

// erasuresTold looks for somebody who was erased and not told.
func erasuresTold(ctx context.Context, s Site, _ Args) (Finding, error) {
	var all, told int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*), COALESCE(SUM(CASE WHEN told THEN 1 ELSE 0 END), 0) FROM erasure_orders WHERE tenant_id = $1 AND done_at IS NOT NULL",
			[]any{tx.Tenant()}, &all, &told)
	})
	if err != nil {
		return Finding{}, err
	}
	if all == 0 {
		return found(Kept, Fig("told_none")), nil
	}
	return found(when(all == told), Fig("told", "share", Share(told, all))), nil
}

// noticeShown looks for an account whose owner was not shown the notice.
func noticeShown(ctx context.Context, s Site, _ Args) (Finding, error) {
	var all, shown int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM acceptances x WHERE x.tenant_id = a.tenant_id AND x.subject_id = a.subject_id AND x.notice_version <> '') THEN 1 ELSE 0 END), 0)
			FROM accounts a WHERE a.tenant_id = $1 AND a.state = 'active'`, []any{tx.Tenant()}, &all, &shown)
	})
	if err != nil {
		return Finding{}, err
	}
	if all == 0 {
		return found(Kept, Fig("shown_none")), nil
	}
	return found(when(all == shown), Fig("shown", "share", Share(shown, all), "version", Words(s.Notice.Version()))), nil
}

// consentRecorded looks for a consent without its version, time or way, and for
// one to a purpose that does not rest on consent.
func consentRecorded(ctx context.Context, s Site, _ Args) (Finding, error) {
	var all, whole int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT purpose, COUNT(*), COALESCE(SUM(CASE WHEN notice_version <> '' AND how <> '' AND lang <> '' AND at > 0 THEN 1 ELSE 0 END), 0) FROM consents WHERE tenant_id = $1 GROUP BY purpose", tx.Tenant())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var purpose string
			var n, good int64
			if err := rows.Scan(&purpose, &n, &good); err != nil {
				return err
			}
			all += n
			if p, ok := s.Notice.Purpose(purpose); ok && p.Optional {
				whole += good
			}
		}
		return rows.Err()
	})
	if err != nil {
		return Finding{}, err
	}
	if all == 0 {
		return found(Kept, Fig("consents_none")), nil
	}
	return found(when(all == whole), Fig("consents", "share", Share(whole, all))), nil
}
