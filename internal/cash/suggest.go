package cash

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// Suggest is the purpose under which the program concludes something from entries
// by itself: categories that nobody chose, forecasts. A person may object to it.
const Suggest = "suggest"

// May tells whether something may be concluded from a person's entries. It is
// false also where no notice names the purpose.
func (s *Service) May(ctx context.Context, tx *store.Tx, who id.Subject) bool {
	closed := false
	err := tx.For(ctx, Suggest, func() error {
		closed = !who.IsZero() && tx.May(who) != nil
		return nil
	})
	return err == nil && !closed
}

// unguessed is the category of what nobody put into one.
func unguessed(k Kind) string {
	if k == In {
		return "income"
	}
	return "other"
}

// Shop is the id of a name in a person's dictionary; zero for one that nothing was
// bought at.
func (s *Service) Shop(ctx context.Context, tx *store.Tx, who id.Subject, name string) (id.ID, error) {
	x, err := s.db.Vault().Index(ctx, tx.Tenant(), "cash_merchants.name", normal(name))
	if err != nil {
		return id.ID{}, fault.Wrap("cash.Shop", err)
	}
	var key id.ID
	err = tx.QueryRow(ctx, "SELECT id FROM cash_merchants WHERE tenant_id = $1 AND subject = $2 AND name_index = $3", []any{tx.Tenant(), who, x}, &key)
	if fault.Is(err, fault.NotFound) {
		return id.ID{}, nil
	}
	return key, fault.Wrap("cash.Shop", err)
}

// Shops are the names of merchants by id, of those that are open.
func (s *Service) Shops(ctx context.Context, tx *store.Tx, keys []id.ID) (map[id.ID]string, error) {
	names, err := s.merchants(ctx, tx, keys)
	return names, fault.Wrap("cash.Shops", err)
}
