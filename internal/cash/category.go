package cash

import (
	"context"
	"slices"
	"strings"

	"amanah/internal/extract/category"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// BuiltIn are the categories that every family has for a kind of entry. Their
// words are "cash.category.<key>".
func BuiltIn(k Kind) []string {
	switch k {
	case In:
		return []string{"salary", "income", "refund", "gift", "other"}
	case Out:
		out := slices.DeleteFunc(category.All(), func(c string) bool { return c == "income" || c == "refund" || c == "transfer" || c == "other" })
		return append(out, "household", "children", "donation", "fee", "other")
	case Transfer:
		return []string{"transfer"}
	}
	return []string{"other"}
}

// keywords are words of notes that say what an entry is, which names of merchants
// seldom do.
var keywords = map[Kind]map[string][]string{
	In: {
		"salary": {"gaji", "gajian", "thr", "salary", "upah", "bonus", "honor"},
		"refund": {"refund", "cashback", "pengembalian", "reimburse"},
		"gift":   {"hadiah", "angpao", "gift", "kado"},
	},
	Out: {
		"food_drink":    {"kopi", "makan", "sarapan", "jajan", "bakso", "nasi", "mie", "ayam", "soto", "sate", "martabak", "minum", "coffee", "lunch", "dinner", "breakfast", "snack", "teh", "boba", "warteg", "gorengan"},
		"groceries":     {"sayur", "beras", "telur", "belanja", "pasar", "gas", "galon", "susu", "minyak", "groceries", "indomaret", "alfamart"},
		"transport":     {"bensin", "parkir", "tol", "ojek", "gojek", "grab", "angkot", "krl", "mrt", "busway", "pertalite", "pertamax", "fuel", "parking", "taxi", "taksi", "bus", "kereta"},
		"bills":         {"listrik", "pln", "token", "pulsa", "internet", "wifi", "pdam", "air", "iuran", "kontrakan", "kos", "sewa", "bpjs", "asuransi", "cicilan", "rent", "electricity"},
		"health":        {"obat", "dokter", "apotek", "klinik", "vitamin", "doctor", "medicine"},
		"education":     {"spp", "sekolah", "les", "buku", "kursus", "school", "book"},
		"entertainment": {"bioskop", "nonton", "netflix", "spotify", "game", "cinema", "film"},
		"shopping":      {"baju", "sepatu", "tokopedia", "shopee", "lazada", "clothes", "shoes"},
		"travel":        {"hotel", "tiket", "pesawat", "flight", "traveloka"},
		"topup":         {"topup", "isi saldo"},
		"household":     {"sabun", "deterjen", "perabot", "pembantu", "laundry"},
		"children":      {"popok", "mainan", "diapers", "toys"},
		"donation":      {"sedekah", "zakat", "infak", "infaq", "donasi", "kurban", "qurban", "sumbangan", "donation"},
		"fee":           {"admin", "biaya admin", "fee"},
	},
}

// words finds a category by the words of a text.
func words(k Kind, text string) string {
	all := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !('a' <= r && r <= 'z' || '0' <= r && r <= '9') })
	for _, w := range all {
		for c, list := range keywords[k] {
			if slices.Contains(list, w) {
				return c
			}
		}
	}
	return ""
}

// maxCategories is how many of their own a family may have.
const maxCategories = 100

// AddCategory adds one of the family's own.
func (s *Service) AddCategory(ctx context.Context, tx *store.Tx, v View, k Kind, name string) (*Category, error) {
	const op = "cash.AddCategory"
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case !v.Write:
		return nil, fault.New(fault.Forbidden, op, "cash.forbidden")
	case k != In && k != Out:
		return nil, fault.New(fault.Invalid, op, "cash.kind_unknown").On("kind")
	case name == "":
		return nil, fault.New(fault.Invalid, op, "cash.name_missing").On("name")
	case len([]rune(name)) > 60:
		return nil, fault.New(fault.Invalid, op, "cash.text_long").On("name")
	}
	all, err := s.Categories(ctx, tx)
	if err != nil {
		return nil, err
	}
	if len(all) >= maxCategories {
		return nil, fault.New(fault.TooMany, op, "cash.category.many")
	}
	for _, c := range all {
		if c.Kind == k && c.ArchivedAt.IsZero() && normal(c.Name.Reveal()) == normal(name) {
			return nil, fault.New(fault.Conflict, op, "cash.category.known").On("name")
		}
	}
	c := &Category{Subject: v.Subject, Kind: k, Name: vault.Seal(name), CreatedAt: tx.Now()}
	return c, fault.Wrap(op, store.Insert(ctx, tx, c))
}

// ChangeCategory renames one of the family's own, and puts it aside or takes it back.
func (s *Service) ChangeCategory(ctx context.Context, tx *store.Tx, v View, key id.ID, name string, aside bool) error {
	const op = "cash.ChangeCategory"
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || len([]rune(name)) > 60 {
		return fault.New(fault.Invalid, op, "cash.name_missing").On("name")
	}
	c, err := store.Get[Category](ctx, tx, key)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if !v.Write || c.Subject != v.Subject && !v.Mend {
		return fault.New(fault.Forbidden, op, "cash.forbidden")
	}
	c.Name = vault.Seal(name)
	switch {
	case aside && c.ArchivedAt.IsZero():
		c.ArchivedAt = tx.Now()
	case !aside:
		c.ArchivedAt = 0
	}
	return fault.Wrap(op, store.Update(ctx, tx, c))
}

// Categories are the family's own, the oldest first, also those put aside.
func (s *Service) Categories(ctx context.Context, tx *store.Tx) ([]Category, error) {
	all, err := store.FindOpen[Category](ctx, tx, "WHERE tenant_id = $1 ORDER BY created_at, id", tx.Tenant())
	return all, fault.Wrap("cash.Categories", err)
}

// knownCategory refuses a category that is neither built in nor the family's own.
func (s *Service) knownCategory(ctx context.Context, tx *store.Tx, k Kind, c string) error {
	if slices.Contains(BuiltIn(k), c) {
		return nil
	}
	unknown := fault.New(fault.Invalid, "cash.knownCategory", "cash.category.unknown").On("category")
	key, err := id.Parse(c)
	if err != nil {
		return unknown
	}
	var kind string
	err = tx.QueryRow(ctx, "SELECT kind FROM cash_categories WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), key}, &kind)
	if fault.Is(err, fault.NotFound) || err == nil && kind != string(k) {
		return unknown
	}
	return err
}
