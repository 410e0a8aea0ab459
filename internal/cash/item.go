package cash

import (
	"context"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// maxItems is how many lines an entry may have.
const maxItems = 200

// NewItem is one line of an entry.
type NewItem struct {
	Name      string `json:"name"`
	Thousands int64  `json:"thousandths,omitempty"` // quantity; 0 is one
	Unit      int64  `json:"unit,omitempty"`        // minor units of one
	Minor     int64  `json:"minor"`                 // of the line; a discount is negative
}

// putItems replaces an entry's lines.
func (s *Service) putItems(ctx context.Context, tx *store.Tx, e *Entry, items []NewItem) error {
	if _, err := tx.Exec(ctx, "DELETE FROM cash_items WHERE tenant_id = $1 AND entry_id = $2", tx.Tenant(), e.ID); err != nil {
		return err
	}
	rows := make([]Item, 0, len(items))
	for i, n := range items {
		name := strings.TrimSpace(n.Name)
		if len([]rune(name)) > 200 || n.Minor > maxMinor || n.Minor < -maxMinor || n.Unit > maxMinor || n.Unit < -maxMinor || n.Thousands < 0 || n.Thousands > 1_000_000_000 {
			return fault.New(fault.Invalid, "cash.putItems", "cash.item_invalid").On("items")
		}
		if n.Thousands == 0 {
			n.Thousands = 1000
		}
		rows = append(rows, Item{Subject: e.Subject, Entry: e.ID, Line: int64(i), Name: vault.Seal(name), Thousands: n.Thousands, Unit: n.Unit, Minor: n.Minor, Currency: e.Currency})
	}
	return store.InsertAll(ctx, tx, rows)
}

// Items are an entry's lines, which whoever sees the entry may see.
func (s *Service) Items(ctx context.Context, tx *store.Tx, e *Entry) ([]Item, error) {
	rows, err := store.FindOpen[Item](ctx, tx, "WHERE tenant_id = $1 AND entry_id = $2 ORDER BY line", tx.Tenant(), e.ID)
	return rows, fault.Wrap("cash.Items", err)
}

// Amount is the line's.
func (i *Item) Amount() money.Amount { return money.Amount{Minor: i.Minor, Currency: i.Currency} }
