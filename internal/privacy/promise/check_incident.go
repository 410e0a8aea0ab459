package promise

import (
	"context"
	"fmt"
	"slices"
	"time"

	"amanah/internal/clock"
	"amanah/internal/identity"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
)

// parts of the work on an incident that a check can look at.
var incidentParts = []string{"authority", "people", "letters", "contained", "documents", "stages"}

func incidentPart(_ *notice.Notice, a Args) error {
	if !slices.Contains(incidentParts, a["of"]) {
		return fmt.Errorf("nothing about incidents is called %q", a["of"])
	}
	return nil
}

// containWithin is the end of the second phase after an incident is certain.
const containWithin = 2 * day

// incident is what of a real incident (no drill) the check compares.
type incident struct {
	confirmed, contained, notified, remediated, ended, sent clock.Instant
	letters, root, controls, compliance                     string
	untold, late                                            int64 // people
}

// incidents compares every real incident that became certain with what the notice
// promises of it.
func incidents(ctx context.Context, s Site, a Args) (Finding, error) {
	limit := s.Notice.Breach()
	var all []incident
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT confirmed_at, contained_at, notified_at, remediated_at, ended_at, sent_at, sent_hash, root_cause, controls, compliance,
			(SELECT COUNT(*) FROM breach_people p WHERE p.tenant_id = i.tenant_id AND p.incident_id = i.id AND p.told_at IS NULL),
			(SELECT COUNT(*) FROM breach_people p WHERE p.tenant_id = i.tenant_id AND p.incident_id = i.id AND p.told_at > i.confirmed_at + $2)
			FROM breach_incidents i WHERE tenant_id = $1 AND NOT drill AND confirmed_at IS NOT NULL`, tx.Tenant(), limit.People.AddTo(s.Now).Sub(s.Now).Microseconds())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var i incident
			if err := rows.Scan(&i.confirmed, &i.contained, &i.notified, &i.remediated, &i.ended, &i.sent, &i.letters, &i.root, &i.controls, &i.compliance, &i.untold, &i.late); err != nil {
				return err
			}
			all = append(all, i)
		}
		return rows.Err()
	})
	if err != nil {
		return Finding{}, err
	}
	if len(all) == 0 {
		return found(Kept, Fig("incident_none")), nil
	}
	out := Finding{State: Kept}
	for _, i := range all {
		f := i.judge(a["of"], s.Now, limit)
		out.State = worse(out.State, f.State)
		out.Figures = append(out.Figures, f.Figures...)
	}
	return out, nil
}

// judge looks at one part of one incident.
func (i incident) judge(part string, now time.Time, limit notice.Breach) Finding {
	certain := i.confirmed.Time()
	// done compares when something was done, or that it is not yet, with its end.
	done := func(at clock.Instant, end time.Time, key string) Finding {
		if at.IsZero() {
			return found(within(now.Sub(certain), end.Sub(certain)), Fig(key+"_open", "age", Span(now.Sub(certain)), "limit", hours(end.Sub(certain))))
		}
		return found(when(!at.Time().After(end)), Fig(key, "age", Span(at.Time().Sub(certain)), "limit", hours(end.Sub(certain))))
	}
	switch part {
	case "authority":
		return done(i.sent, limit.Authority.AddTo(certain), "incident_authority")
	case "contained":
		return done(i.contained, certain.Add(containWithin), "incident_contained")
	case "people":
		if i.untold > 0 {
			return done(0, limit.People.AddTo(certain), "incident_people")
		}
		return found(when(i.late == 0), Fig("incident_people_told"))
	case "letters":
		return found(when(i.sent.IsZero() || i.letters != ""), Fig("incident_letters"))
	case "documents":
		return found(when(i.ended.IsZero() || i.root != "" && i.controls != "" && i.compliance != ""), Fig("incident_documents"))
	}
	order := []clock.Instant{i.confirmed, i.contained, i.notified, i.remediated, i.ended}
	for n := 1; n < len(order); n++ {
		if !order[n].IsZero() && (order[n-1].IsZero() || order[n] < order[n-1]) {
			return found(Broken, Fig("incident_skipped"))
		}
	}
	return found(Kept, Fig("incident_stages"))
}

// versions looks for a version of the notice that took effect before everybody was
// told of it.
func versions(ctx context.Context, s Site, _ Args) (Finding, error) {
	var later, early int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN told_at IS NULL OR told_at > effective_at THEN 1 ELSE 0 END), 0)
			FROM notice_versions WHERE tenant_id = $1 AND NOT is_first AND effective_at <= $2 AND version = $3`, []any{tx.Tenant(), clock.At(s.Now), s.Notice.Version()}, &later, &early)
	})
	switch {
	case err != nil:
		return Finding{}, err
	case later == 0:
		return found(Kept, Fig("version_first")), nil
	}
	return found(when(early == 0), Fig("version_told")), nil
}

// disclosures looks for something that was handed to an authority without two
// officers, and for somebody who should have been told of it by now.
func disclosures(ctx context.Context, s Site, _ Args) (Finding, error) {
	var all, unapproved, untold int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN first_id IS NULL OR reason <> 'own_wish' AND (second_id IS NULL OR second_id = first_id) THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN told_at IS NULL AND (until_at IS NULL OR until_at < $2) THEN 1 ELSE 0 END), 0)
			FROM disclosures WHERE tenant_id = $1 AND state = 'handed_over'`, []any{tx.Tenant(), clock.At(s.Now.Add(-2 * time.Hour))}, &all, &unapproved, &untold)
	})
	switch {
	case err != nil:
		return Finding{}, err
	case all == 0:
		return found(Kept, Fig("disclosure_none")), nil
	case unapproved > 0:
		return found(Broken, Fig("disclosure_unapproved")), nil
	}
	return found(when(untold == 0), Fig("disclosure_told", "share", Share(all-untold, all))), nil
}

// graces looks for an account whose grace time has ended and whose erasure has not
// begun a day later.
func graces(ctx context.Context, s Site, _ Args) (Finding, error) {
	var all, over int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*), COALESCE(SUM(CASE WHEN begun_at IS NULL AND erase_at < $2 THEN 1 ELSE 0 END), 0) FROM closings WHERE tenant_id = $1",
			[]any{tx.Tenant(), clock.At(s.Now.Add(-day))}, &all, &over)
	})
	switch {
	case err != nil:
		return Finding{}, err
	case all == 0:
		return found(Kept, Fig("grace_none")), nil
	}
	return found(when(over == 0), Fig("grace", "share", Share(all-over, all))), nil
}

// archives compares the oldest backup that was made and not removed with the time
// within which the notice lets erased data leave the backups.
func archives(ctx context.Context, s Site, _ Args) (Finding, error) {
	var oldest clock.Instant
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT MIN(at) FROM backup_uses m WHERE tenant_id = $1 AND act = 'made' AND good
			AND NOT EXISTS (SELECT 1 FROM backup_uses r WHERE r.tenant_id = m.tenant_id AND r.act = 'removed' AND r.archive = m.archive)`, []any{tx.Tenant()}, &oldest)
	})
	if err != nil || oldest.IsZero() {
		return found(Kept, Fig("archive_none")), err
	}
	limit := s.Notice.Closing().BackupsWithin.AddTo(oldest.Time()).Sub(oldest.Time())
	return found(within(s.Now.Sub(oldest.Time()), limit), Fig("archive_oldest", "age", Span(s.Now.Sub(oldest.Time())), "limit", Span(limit))), nil
}

// idleSlack is how long after the notice's time an idle account may still stand:
// its owner is told thirty days before, and a machine may have been off.
const idleSlack = 40 * day

// idle looks for an account that was not used for longer than the notice lets it
// stand.
func idle(ctx context.Context, s Site, _ Args) (Finding, error) {
	period := s.Notice.Closing().Idle
	if period.IsZero() {
		return Finding{}, fmt.Errorf("the notice of %s says nothing of idle accounts", s.Notice.Service())
	}
	limit := period.AddTo(s.Now).Sub(s.Now)
	var all []identity.Unseen
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) (err error) {
		all, err = identity.Idle(ctx, tx, s.Now.Add(-limit-idleSlack), time.Unix(0, 0))
		return err
	})
	if err != nil {
		return Finding{}, err
	}
	if len(all) == 0 {
		return found(Kept, Fig("idle_none", "limit", Of(period))), nil
	}
	return found(Broken, Fig("idle_over", "age", Span(s.Now.Sub(all[0].Seen)), "limit", Of(period))), nil
}
