package cash

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Fate is what becomes of a person's data in a family that they leave.
type Fate string

// The fates. Private entries never stay behind.
const (
	// FateTaken: all that is theirs goes into books of their own.
	FateTaken Fate = "taken"
	// FateFreed: what is private, and every picture, goes into books of their own; the
	// other entries stay, as nobody's, without note and picture.
	FateFreed Fate = "freed"
	// FateErased: all that is theirs is gone.
	FateErased Fate = "erased"
)

// Fates are all of them.
func Fates() []Fate { return []Fate{FateTaken, FateFreed, FateErased} }

// HandOver gives what others of the transaction's family still need to heir: the
// person's accounts and categories that entries of others name. The person's shares
// in entries of others fall to who paid. It is the first half of leaving, and is
// done before an erasure, while the person's key still opens the names. Doing it
// again changes nothing.
func (s *Service) HandOver(ctx context.Context, tx *store.Tx, who, heir id.Subject) error {
	const op = "cash.HandOver"
	return fault.Wrap(op, s.handOver(ctx, tx, who, heir, "COALESCE(e.subject, '') <> $2"))
}

// handOver hands over what entries e of the condition name.
func (s *Service) handOver(ctx context.Context, tx *store.Tx, who, heir id.Subject, staying string) error {
	accounts, err := store.Find[Account](ctx, tx, `WHERE tenant_id = $1 AND subject = $2 AND EXISTS (SELECT 1 FROM cash_entries e
		WHERE e.tenant_id = cash_accounts.tenant_id AND (e.account_id = cash_accounts.id OR e.to_id = cash_accounts.id) AND `+staying+`)`, tx.Tenant(), who)
	if err != nil {
		return err
	}
	for i := range accounts {
		a := &accounts[i]
		if a.Subject = heir; !a.Shared { // its name was the person's alone
			a.Name, a.Shared = vault.Text{}, true
		}
		if err := store.Update(ctx, tx, a); err != nil {
			return err
		}
		if err := ledger.Give(ctx, tx, a.Ledger, heir); err != nil {
			return err
		}
	}
	categories, err := store.Find[Category](ctx, tx, `WHERE tenant_id = $1 AND subject = $2 AND EXISTS (SELECT 1 FROM cash_entries e
		WHERE e.tenant_id = cash_categories.tenant_id AND e.category = cash_categories.id AND `+staying+`)`, tx.Tenant(), who)
	if err != nil {
		return err
	}
	for i := range categories {
		categories[i].Subject = heir
		if err := store.Update(ctx, tx, &categories[i]); err != nil {
			return err
		}
	}
	return s.sharesFall(ctx, tx, who)
}

// sharesFall adds the person's shares in entries of others to those who paid, so
// that the shares of an entry still are its amount.
func (s *Service) sharesFall(ctx context.Context, tx *store.Tx, who id.Subject) error {
	mine, err := store.Find[Split](ctx, tx, `WHERE tenant_id = $1 AND subject = $2 AND EXISTS (SELECT 1 FROM cash_entries e
		WHERE e.tenant_id = cash_splits.tenant_id AND e.id = cash_splits.entry_id AND e.subject <> $2)`, tx.Tenant(), who)
	if err != nil {
		return err
	}
	for _, m := range mine {
		var payer id.Subject
		if err := tx.QueryRow(ctx, "SELECT subject FROM cash_entries WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), m.Entry}, &payer); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "UPDATE cash_splits SET minor = minor + $4 WHERE tenant_id = $1 AND entry_id = $2 AND subject = $3", tx.Tenant(), m.Entry, payer, m.Minor)
		if err != nil {
			return err
		}
		if n == 0 {
			if err := store.Insert(ctx, tx, &Split{Subject: payer, Entry: m.Entry, Minor: m.Minor, Currency: m.Currency}); err != nil {
				return err
			}
		}
		if _, err := store.Delete[Split](ctx, tx, m.ID); err != nil {
			return err
		}
	}
	return nil
}

// Depart takes a person's data out of the transaction's family: what others need
// goes to heir, what is FateFreed becomes nobody's, the rest is removed, and the sums
// are those of what stays. What is to be taken along was packed before. It gives
// the pictures that nothing names any more here.
func (s *Service) Depart(ctx context.Context, tx *store.Tx, v View, who, heir id.Subject, fate Fate) ([]vault.FileID, error) {
	const op = "cash.Depart"
	staying := "COALESCE(e.subject, '') <> $2"
	if fate == FateFreed {
		staying = "(COALESCE(e.subject, '') <> $2 OR NOT e.private)"
	}
	if err := s.handOver(ctx, tx, who, heir, staying); err != nil {
		return nil, fault.Wrap(op, err)
	}
	files, err := s.pictures(ctx, tx, who)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if err := ledger.Forget(ctx, tx, who); err != nil {
		return nil, fault.Wrap(op, err)
	}
	if fate == FateFreed {
		if err := s.free(ctx, tx, v, who); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	for _, text := range []string{
		"UPDATE cash_history SET editor = NULL WHERE tenant_id = $1 AND editor = $2 AND COALESCE(subject, '') <> $2",
		`DELETE FROM cash_splits WHERE tenant_id = $1 AND (subject = $2 OR EXISTS (SELECT 1 FROM cash_entries e
			WHERE e.tenant_id = cash_splits.tenant_id AND e.id = cash_splits.entry_id AND e.subject = $2))`,
		"DELETE FROM cash_history WHERE tenant_id = $1 AND subject = $2",
		"DELETE FROM cash_questions WHERE tenant_id = $1 AND subject = $2",
		"DELETE FROM cash_replies WHERE tenant_id = $1 AND subject = $2",
		"DELETE FROM cash_items WHERE tenant_id = $1 AND subject = $2",
		"DELETE FROM cash_receipts WHERE tenant_id = $1 AND subject = $2",
		"DELETE FROM cash_merchants WHERE tenant_id = $1 AND subject = $2",
		"DELETE FROM cash_entries WHERE tenant_id = $1 AND subject = $2",
		"DELETE FROM cash_categories WHERE tenant_id = $1 AND subject = $2",
		"DELETE FROM cash_accounts WHERE tenant_id = $1 AND subject = $2",
	} {
		if _, err := tx.Exec(ctx, text, tx.Tenant(), who); err != nil {
			return nil, fault.Wrap(op, err)
		}
	}
	return files, nil
}

func (s *Service) pictures(ctx context.Context, tx *store.Tx, who id.Subject) ([]vault.FileID, error) {
	rows, err := tx.Query(ctx, "SELECT file FROM cash_receipts WHERE tenant_id = $1 AND subject = $2 AND file IS NOT NULL", tx.Tenant(), who)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []vault.FileID
	for rows.Next() {
		var f vault.FileID
		if err := rows.Scan(&f); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// free makes the person's entries that are not private nobody's, and books them
// anew: their old postings named the person.
func (s *Service) free(ctx context.Context, tx *store.Tx, v View, who id.Subject) error {
	entries, err := store.Find[Entry](ctx, tx, "WHERE tenant_id = $1 AND subject = $2 AND NOT private ORDER BY day, id", tx.Tenant(), who)
	if err != nil {
		return err
	}
	shops := map[id.ID]id.ID{}
	for i := range entries {
		e := &entries[i]
		e.Subject, e.Note, e.Receipt, e.Source = id.Subject{}, vault.Text{}, id.ID{}, "own:"+e.ID.String()
		if e.Merchant, err = s.freeShop(ctx, tx, shops, e.Merchant); err != nil {
			return err
		}
		e.Booked = id.ID{}
		e.Revision++
		if e.State == Booked {
			if err := s.post(ctx, tx, v, e, ""); err != nil {
				return err
			}
		}
		if err := store.Update(ctx, tx, e); err != nil {
			return err
		}
		items, err := store.Find[Item](ctx, tx, "WHERE tenant_id = $1 AND entry_id = $2", tx.Tenant(), e.ID)
		if err != nil {
			return err
		}
		for j := range items {
			items[j].Subject = id.Subject{}
			if err := store.Update(ctx, tx, &items[j]); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "DELETE FROM cash_splits WHERE tenant_id = $1 AND entry_id = $2", tx.Tenant(), e.ID); err != nil {
			return err
		}
	}
	return nil
}

// freeShop keeps the name of a shop in nobody's dictionary.
func (s *Service) freeShop(ctx context.Context, tx *store.Tx, done map[id.ID]id.ID, shop id.ID) (id.ID, error) {
	if to, ok := done[shop]; ok || shop.IsZero() {
		return to, nil
	}
	have, err := store.Find[Merchant](ctx, tx, "WHERE tenant_id = $1 AND id = $2", tx.Tenant(), shop)
	if err != nil || len(have) == 0 {
		return id.ID{}, err
	}
	m := have[0]
	m.ID, m.Subject = tx.NewID(), id.Subject{}
	done[shop] = m.ID
	return m.ID, store.Insert(ctx, tx, &m)
}
