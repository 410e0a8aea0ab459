package cash

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
)

// Share is what one member bears of an entry.
type Share struct {
	Member id.Subject `json:"member"`
	Minor  int64      `json:"minor"`
}

// checkShares refuses shares that are not exactly the amount.
func checkShares(shares []Share, whole money.Amount) error {
	const op = "cash.checkShares"
	if len(shares) == 0 {
		return nil
	}
	left, seen := whole.Minor, map[id.Subject]bool{}
	for _, sh := range shares {
		if sh.Member.IsZero() || seen[sh.Member] || sh.Minor < 0 || sh.Minor > left {
			return fault.New(fault.Invalid, op, "cash.shares_invalid").On("shares")
		}
		seen[sh.Member] = true
		left -= sh.Minor
	}
	if left != 0 {
		return fault.New(fault.Invalid, op, "cash.shares_sum").On("shares")
	}
	return nil
}

// Even shares an amount among people as evenly as whole minor units allow; the
// first ones bear what is left over. IDR is shared in whole rupiah where it is whole.
func Even(whole money.Amount, people []id.Subject) []Share {
	if len(people) == 0 {
		return nil
	}
	unit := int64(1)
	if whole.Currency == money.IDR && whole.Minor%100 == 0 {
		unit = 100
	}
	n := int64(len(people))
	each, over := whole.Minor/unit/n, whole.Minor/unit%n
	out := make([]Share, len(people))
	for i, p := range people {
		out[i] = Share{p, each * unit}
		if int64(i) < over {
			out[i].Minor += unit
		}
	}
	return out
}

// putShares replaces an entry's shares. A private entry has none but one's own, and
// nobody bears what is not of the family.
func (s *Service) putShares(ctx context.Context, tx *store.Tx, e *Entry, shares []Share) error {
	const op = "cash.putShares"
	if _, err := tx.Exec(ctx, "DELETE FROM cash_splits WHERE tenant_id = $1 AND entry_id = $2", tx.Tenant(), e.ID); err != nil {
		return err
	}
	if len(shares) == 0 {
		return nil
	}
	if e.Private {
		return fault.New(fault.Invalid, op, "cash.shares_private").On("shares")
	}
	if err := checkShares(shares, e.Amount()); err != nil {
		return err
	}
	family, err := s.Family(ctx, tx)
	if err != nil {
		return err
	}
	known := map[id.Subject]bool{}
	for _, m := range family {
		known[m] = true
	}
	for _, sh := range shares {
		if !known[sh.Member] {
			return fault.New(fault.Invalid, op, "cash.shares_member").On("shares")
		}
		if err := store.Insert(ctx, tx, &Split{Subject: sh.Member, Entry: e.ID, Minor: sh.Minor, Currency: e.Currency}); err != nil {
			return err
		}
	}
	return nil
}

// SetShares says who bears what of an entry; none takes the sharing back.
func (s *Service) SetShares(ctx context.Context, tx *store.Tx, v View, key id.ID, shares []Share) (*Entry, error) {
	return s.Correct(ctx, tx, v, key, AnyRevision, func(n *NewEntry) { n.Shares = shares })
}

// Shares are who bears what of an entry, the largest share first.
func (s *Service) Shares(ctx context.Context, tx *store.Tx, e *Entry) ([]Share, error) {
	rows, err := store.Find[Split](ctx, tx, "WHERE tenant_id = $1 AND entry_id = $2 ORDER BY minor DESC, subject", tx.Tenant(), e.ID)
	var out []Share
	for _, r := range rows {
		out = append(out, Share{r.Subject, r.Minor})
	}
	return out, fault.Wrap("cash.Shares", err)
}

// Family are the people of the transaction's family, the first one first.
func (s *Service) Family(ctx context.Context, tx *store.Tx) ([]id.Subject, error) {
	family := tx.Tenant()
	var out []id.Subject
	err := tx.InHome(ctx, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, "SELECT subject_id FROM members WHERE tenant_id = $1 AND workspace_id = $2 ORDER BY since, id", tx.Tenant(), family)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var who id.Subject
			if err := rows.Scan(&who); err != nil {
				return err
			}
			out = append(out, who)
		}
		return rows.Err()
	})
	return out, fault.Wrap("cash.Family", err)
}
