package promise

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/privacy/notice"
	"amanah/internal/store"
)

// seenEvery is how exactly the last use of a session is known.
const seenEvery = 5 * time.Minute

// longest asks for the longest life that a kind of token was given.
func longest(ctx context.Context, s Site, table string, a Args, key string) (Finding, error) {
	limit, _ := notice.ParsePeriod(a["max"])
	var life int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT COALESCE(MAX(ends_at - created_at), 0) FROM "+table+" WHERE tenant_id = $1", []any{tx.Tenant()}, &life)
	})
	if err != nil {
		return Finding{}, err
	}
	if life == 0 {
		return found(Kept, Fig(key+"_none", "limit", Of(limit))), nil
	}
	d := time.Duration(life) * time.Microsecond
	return found(when(!s.Now.Add(d).After(limit.AddTo(s.Now))), Fig(key, "life", Span(d), "limit", Of(limit))), nil
}

// sessionLife: no session may be open longer than this, however it is used.
func sessionLife(ctx context.Context, s Site, a Args) (Finding, error) {
	return longest(ctx, s, "sessions", a, "session_life")
}

// refreshLife: the same of the tokens that programs renew theirs with.
func refreshLife(ctx context.Context, s Site, a Args) (Finding, error) {
	return longest(ctx, s, "refresh_tokens", a, "refresh_life")
}

// sessionsEnd looks for a session or a token that was used after its end.
func sessionsEnd(ctx context.Context, s Site, _ Args) (Finding, error) {
	var used, ended int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		late := int64(seenEvery / time.Microsecond)
		for _, q := range []struct{ table, seen string }{{"sessions", "seen_at"}, {"personal_tokens", "last_used_at"}} {
			var bad, all int64
			err := tx.QueryRow(ctx, "SELECT COUNT(*), COALESCE(SUM(CASE WHEN "+q.seen+" > ends_at + $1 THEN 1 ELSE 0 END), 0) FROM "+q.table+" WHERE tenant_id = $2 AND ends_at <= $3",
				[]any{late, tx.Tenant(), tx.Now()}, &all, &bad)
			if err != nil {
				return err
			}
			used, ended = used+bad, ended+all
		}
		return nil
	})
	if err != nil {
		return Finding{}, err
	}
	if ended == 0 {
		return found(Kept, Fig("sessions_none_ended")), nil
	}
	return found(when(used == 0), Fig("sessions_ended", "share", Share(ended-used, ended))), nil
}

// blockList compares the oldest entry of the list of revoked tokens with its term.
func blockList(ctx context.Context, s Site, a Args) (Finding, error) {
	limit, _ := notice.ParsePeriod(a["max"])
	var at clock.Instant
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT MIN(revoked_at) FROM revoked_tokens WHERE tenant_id = $1", []any{tx.Tenant()}, &at)
	})
	if err != nil {
		return Finding{}, err
	}
	if at.IsZero() {
		return found(Kept, Fig("block_list_none")), nil
	}
	return found(judge(s.Now, at.Time(), limit.AddTo(at.Time())), Fig("block_list", "age", Span(s.Now.Sub(at.Time())), "limit", Of(limit))), nil
}

// leastCost is the work that a password's hash must have taken: 2^12 rounds.
const leastCost = 12

// passwords looks at how every password is stored.
func passwords(ctx context.Context, s Site, _ Args) (Finding, error) {
	var all, hashed int64
	least := 99
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT password_hash FROM accounts WHERE tenant_id = $1 AND password_hash IS NOT NULL", tx.Tenant())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var h []byte
			if err := rows.Scan(&h); err != nil {
				return err
			}
			if len(h) == 0 {
				continue
			}
			all++
			if cost, ok := bcryptCost(string(h)); ok {
				hashed++
				least = min(least, cost)
			}
		}
		return rows.Err()
	})
	if err != nil {
		return Finding{}, err
	}
	if all == 0 {
		return found(Kept, Fig("passwords_none")), nil
	}
	return found(when(all == hashed && least >= leastCost), Fig("passwords", "share", Share(hashed, all), "cost", Number(int64(least)))), nil
}

// bcryptCost reads the cost out of "$2a$12$…", 60 characters in all.
func bcryptCost(h string) (int, bool) {
	parts := strings.Split(h, "$")
	if len(h) != 60 || len(parts) != 4 || !strings.HasPrefix(parts[1], "2") {
		return 0, false
	}
	cost, err := strconv.Atoi(parts[2])
	return cost, err == nil
}

// ageDeclared looks for an account of somebody who did not declare the least age.
func ageDeclared(ctx context.Context, s Site, _ Args) (Finding, error) {
	var all, old int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*), COALESCE(SUM(CASE WHEN age_declared >= $1 AND age_declared_at IS NOT NULL THEN 1 ELSE 0 END), 0) FROM accounts WHERE tenant_id = $2 AND state = 'active'",
			[]any{s.Notice.MinimumAge(), tx.Tenant()}, &all, &old)
	})
	if err != nil {
		return Finding{}, err
	}
	return found(when(all == old), Fig("age_declared", "age", Number(int64(s.Notice.MinimumAge())), "share", Share(old, all))), nil
}

// guesses looks for somebody who may guess on without a wait.
func guesses(ctx context.Context, s Site, _ Args) (Finding, error) {
	const many = 100 // tries; every wait begins below that
	var free int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM attempts WHERE tenant_id = $1 AND tries >= $2 AND (until_at IS NULL OR until_at <= last_at)", []any{tx.Tenant(), many}, &free)
	})
	if err != nil {
		return Finding{}, err
	}
	if free > 0 {
		return found(Broken, Fig("guesses_free", "many", Number(many))), nil
	}
	return found(Kept, Fig("guesses", "many", Number(many))), nil
}

// secondFactor looks for somebody who needs a second factor and was let in without
// one: officers, and owners of a workspace. A sign-in that still lacks it lives for
// half an hour; one that lives longer without it was let in.
func secondFactor(ctx context.Context, s Site, _ Args) (Finding, error) {
	var all, without int64
	err := s.DB.Read(ctx, s.Home, func(tx *store.Tx) error {
		half := int64(31 * time.Minute / time.Microsecond)
		return tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN x.assured_at IS NULL AND x.ends_at - x.created_at > $1 THEN 1 ELSE 0 END), 0) FROM sessions x
			WHERE x.tenant_id = $2 AND x.ends_at > $3 AND EXISTS (SELECT 1 FROM members m WHERE m.tenant_id = x.tenant_id AND m.subject_id = x.subject_id AND m.since <= x.created_at AND m.role IN ('owner', 'officer'))`,
			[]any{half, tx.Tenant(), tx.Now()}, &all, &without)
	})
	if err != nil {
		return Finding{}, err
	}
	if all == 0 {
		return found(Kept, Fig("factor_none")), nil
	}
	return found(when(without == 0), Fig("factor", "share", Share(all-without, all))), nil
}

// factorPromised wants a notice that asks for the second factor.
func factorPromised(n *notice.Notice, _ Args) error {
	if !slices.Contains(n.Security(), "mfa-for-staff") {
		return errors.New("the notice does not name mfa-for-staff under security")
	}
	return nil
}
