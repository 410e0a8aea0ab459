package exchange

import (
	"context"
	"slices"
	"strings"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// matcher finds what a file names among what a family has.
type matcher struct {
	accounts map[string]id.ID // by name and currency
	names    map[string]string
}

// matcher knows accounts by the names that a file of this family gives them, and
// categories by key, by their own name and by the words of all languages.
func (s *Service) matcher(accounts []cash.Account, own []cash.Category) *matcher {
	m := &matcher{accounts: map[string]id.ID{}, names: map[string]string{}}
	for _, lang := range []i18n.Lang{i18n.ID, i18n.EN} {
		p := i18n.Printer{Lang: lang, Catalog: s.Catalog}
		places := map[id.ID]Place{}
		for i := range accounts {
			a := &accounts[i]
			at := free(places, Place{Name: word(p, a), Kind: a.Kind, Currency: a.Currency})
			places[a.ID] = at
			if _, taken := m.accounts[at.key()]; !taken {
				m.accounts[at.key()] = a.ID
			}
		}
		for _, k := range []cash.Kind{cash.In, cash.Out} {
			for _, c := range cash.BuiltIn(k) {
				m.names[named(k, categoryWord(p, c))] = c
			}
		}
	}
	for _, c := range own {
		if key := named(c.Kind, c.Name.Reveal()); c.ArchivedAt.IsZero() || m.names[key] == "" {
			m.names[key] = c.ID.String()
		}
	}
	for _, k := range []cash.Kind{cash.In, cash.Out} {
		for _, c := range cash.BuiltIn(k) {
			m.names[named(k, c)] = c
		}
	}
	return m
}

func (p Place) key() string { return strings.ToLower(p.Name) + "\x00" + string(p.Currency) }

func named(k cash.Kind, name string) string { return string(k) + "\x00" + strings.ToLower(one(name)) }

// account is zero for one that is not there.
func (m *matcher) account(p Place) id.ID { return m.accounts[p.key()] }

// category is "" where the row names none, or none that is there.
func (m *matcher) category(r *Row) string {
	if r.Kind != cash.In && r.Kind != cash.Out || r.Category == "" {
		return ""
	}
	return m.names[named(r.Kind, r.Category)]
}

// missing is the name of a category that would have to be added.
func (m *matcher) missing(r *Row) string {
	if r.Kind != cash.In && r.Kind != cash.Out || m.category(r) != "" {
		return ""
	}
	return r.Category
}

// booker books rows of a file in one transaction.
type booker struct {
	s    *Service
	i    *Import
	view cash.View
	m    *matcher
}

func (s *Service) booker(ctx context.Context, tx *store.Tx, i *Import) (*booker, error) {
	v, err := s.Cash.View(ctx, tx, i.Subject)
	if err != nil {
		return nil, err
	}
	if !v.Write {
		return nil, fault.New(fault.Forbidden, "exchange.booker", "exchange.forbidden")
	}
	accounts, err := s.Cash.Accounts(ctx, tx, v)
	if err != nil {
		return nil, err
	}
	own, err := s.Cash.Categories(ctx, tx)
	return &booker{s, i, v, s.matcher(accounts, own)}, err
}

// take books a row and says whether it did; false is a row that was here.
func (b *booker) take(ctx context.Context, tx *store.Tx, r *Row, key sign) (bool, error) {
	if !key.entry.IsZero() {
		e, err := b.s.Cash.Entry(ctx, tx, b.view, key.entry)
		if err == nil && e != nil {
			return false, nil
		}
		if !fault.Is(err, fault.NotFound) {
			return false, err
		}
	}
	n := cash.NewEntry{Kind: r.Kind, Amount: r.Amount, Arrived: r.Arrived, At: r.At, Timed: r.Timed, Merchant: r.Merchant, Note: r.Note, Private: r.Private, Source: key.source, Way: cash.ByImport}
	var err error
	if n.Account, err = b.account(ctx, tx, r.From); err != nil {
		return false, err
	}
	if r.Kind == cash.Transfer {
		if n.To, err = b.account(ctx, tx, r.To); err != nil {
			return false, err
		}
	} else {
		n.Arrived = money.Amount{}
	}
	if n.Category, err = b.category(ctx, tx, r); err != nil {
		return false, err
	}
	_, fresh, err := b.s.Cash.Enter(ctx, tx, b.view, n)
	return fresh, err
}

func (b *booker) account(ctx context.Context, tx *store.Tx, p Place) (id.ID, error) {
	if key := b.m.account(p); !key.IsZero() {
		return key, nil
	}
	kind := p.Kind
	if !slices.Contains(cash.AccountKinds(), kind) {
		kind = cash.Bank
	}
	a, err := b.s.Cash.AddAccount(ctx, tx, b.view, cash.NewAccount{Kind: kind, Name: p.Name, Currency: p.Currency, Shared: b.i.Shared})
	if err != nil {
		return id.ID{}, err
	}
	b.m.accounts[p.key()] = a.ID
	return a.ID, nil
}

// category adds one that the family does not have; where it has too many, the row
// goes to "other".
func (b *booker) category(ctx context.Context, tx *store.Tx, r *Row) (string, error) {
	name := b.m.missing(r)
	if name == "" {
		return b.m.category(r), nil
	}
	c, err := b.s.Cash.AddCategory(ctx, tx, b.view, r.Kind, name)
	key := "other"
	if err == nil {
		key = c.ID.String()
	} else if !fault.Is(err, fault.TooMany) {
		return "", err
	}
	b.m.names[named(r.Kind, name)] = key
	return key, nil
}
