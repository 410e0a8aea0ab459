package store

import (
	"amanah/internal/id"
)

// Row is embedded first in every stored struct: the primary key is
// (tenant_id, id) in every table. The tags of the embedding say the rest:
//
//	type Receipt struct {
//		store.Row `table:"receipts" subject:"subject_id" clock:"captured:at"`
//		Subject  id.Subject    `db:"subject_id" data:"none"`
//		At       clock.Instant `data:"receipt.time"`
//		Merchant vault.Text    `data:"receipt.merchant"`
//	}
//
//	table    the table's name
//	subject  the columns that name the people the row is about, or "-" for none;
//	         the first one's key seals the row's sealed columns ("-": the tenant's)
//	clock    event:column pairs: which column says when an event of the notice's
//	         retention terms happened, such as "captured:at,account.closed:closed_at"
//	db       a column's name; without it the field's name in lower_snake_case
//	data     the notice's category, or "none" for what says nothing about a person
type Row struct {
	Tenant id.Tenant
	ID     id.ID
}

// row lets the typed functions reach the embedded part.
func (r *Row) row() *Row { return r }

// record is what a pointer to a stored struct is.
type record interface{ row() *Row }
