package promise

import (
	"context"
	"slices"
	"strings"

	"amanah/internal/privacy/egress"
	"amanah/internal/store"
)

// sent are the kinds of transfers that left, of all rooms: who got them and which
// categories stood in them.
func sent(ctx context.Context, s Site, f func(recipient string, categories []string, n int64)) error {
	return s.each(ctx, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT recipient, categories, COUNT(*) FROM transfers WHERE tenant_id = $1 AND outcome <> $2 AND outcome <> $3 GROUP BY recipient, categories",
			tx.Tenant(), egress.Refused, egress.Failed)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var who, what string
			var n int64
			if err := rows.Scan(&who, &what, &n); err != nil {
				return err
			}
			f(who, strings.Fields(what), n)
		}
		return rows.Err()
	})
}

// recipients looks for a transfer to somebody whom the notice does not name.
func recipients(ctx context.Context, s Site, _ Args) (Finding, error) {
	var all, named int64
	stranger := ""
	err := sent(ctx, s, func(who string, _ []string, n int64) {
		all += n
		if _, ok := s.Notice.Recipient(who); ok {
			named += n
		} else {
			stranger = who
		}
	})
	switch {
	case err != nil:
		return Finding{}, err
	case stranger != "":
		return found(Broken, Fig("recipient_unnamed", "who", Words(stranger), "share", Share(named, all))), nil
	case all == 0:
		return found(Kept, Fig("nothing_sent")), nil
	}
	return found(Kept, Fig("recipients", "share", Share(named, all))), nil
}

// leastData looks for a transfer with a kind of data that its recipient may not get.
func leastData(ctx context.Context, s Site, _ Args) (Finding, error) {
	var all, right int64
	extra := ""
	err := sent(ctx, s, func(who string, categories []string, n int64) {
		all += n
		r, ok := s.Notice.Recipient(who)
		for _, c := range categories {
			if !ok || !slices.Contains(r.Gets, c) {
				extra = c
				return
			}
		}
		right += n
	})
	switch {
	case err != nil:
		return Finding{}, err
	case extra != "":
		return found(Broken, Fig("too_much_sent", "what", Category(extra), "share", Share(right, all))), nil
	case all == 0:
		return found(Kept, Fig("nothing_sent")), nil
	}
	return found(Kept, Fig("least_data", "share", Share(right, all))), nil
}

// agreements looks for a transfer to a processor without a signed agreement.
func agreements(ctx context.Context, s Site, _ Args) (Finding, error) {
	var processors, signed int64
	for _, r := range s.Notice.Recipients() {
		if r.As == "processor" {
			processors++
			if r.Open() {
				signed++
			}
		}
	}
	without := ""
	err := sent(ctx, s, func(who string, _ []string, _ int64) {
		if r, ok := s.Notice.Recipient(who); ok && !r.Open() {
			without = who
		}
	})
	if err != nil {
		return Finding{}, err
	}
	if without != "" {
		return found(Broken, Fig("unsigned_sent", "who", Words(without))), nil
	}
	return found(Kept, Fig("agreements", "share", Share(signed, processors))), nil
}
