package cash

import (
	"net/http"
	"net/url"

	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// accountsPart is the page of accounts.
type accountsPart struct {
	Holdings []Holding
	Form     *ui.Form
	May      bool
	Me       id.Subject
}

func (s *Service) accountsPage(v Visit) error {
	return s.showAccounts(v, ui.NewForm(url.Values{"currency": {"IDR"}, "shared": {"yes"}}), http.StatusOK)
}

func (s *Service) showAccounts(v Visit, f *ui.Form, status int) error {
	p := accountsPart{Form: f, May: v.May(), Me: v.Who.Subject}
	err := v.In(func(tx *store.Tx, see View) (err error) {
		p.Holdings, err = s.Holdings(v.R.Context(), tx, see)
		return err
	})
	if err != nil {
		return err
	}
	return v.Render(status, web.Page{Title: v.T("cash.accounts.title"), Form: f}, accountsView(p))
}

func (s *Service) addAccountForm(v Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	n := NewAccount{Kind: AccountKind(f.Value("kind")), Name: f.Value("name"), Currency: money.Currency(f.Value("currency")), Shared: f.Value("shared") == "yes"}
	if f.Value("holds") != "" && n.Currency.Valid() {
		var ok bool
		if n.Holds, ok = readAmount(f.Value("holds"), n.Currency); !ok && f.Value("holds") != "0" {
			f.Add("holds", "cash.amount_invalid")
		}
	}
	if f.OK() {
		err := v.Change(func(tx *store.Tx, see View) error { _, err := s.AddAccount(v.R.Context(), tx, see, n); return err })
		if err == nil {
			return v.To("/app/accounts", "cash.accounts.added")
		}
		if !f.Take(err) {
			return err
		}
	}
	return s.showAccounts(v, f, http.StatusUnprocessableEntity)
}

func (s *Service) accountPage(v Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	var a *Account
	if err := v.In(func(tx *store.Tx, see View) (err error) { a, err = s.Account(v.R.Context(), tx, see, key); return err }); err != nil {
		return err
	}
	values := url.Values{"name": {a.Name.Reveal()}}
	if a.Shared {
		values.Set("shared", "yes")
	}
	if !a.ArchivedAt.IsZero() {
		values.Set("aside", "yes")
	}
	return s.showAccount(v, a, ui.NewForm(values), http.StatusOK)
}

func (s *Service) showAccount(v Visit, a *Account, f *ui.Form, status int) error {
	back := ui.Tab{Label: v.T("cash.accounts.title"), Href: v.Path("/app/accounts")}
	return v.Render(status, web.Page{Title: v.T("cash.account.title"), Back: &back, Form: f}, accountView(a, f))
}

func (s *Service) changeAccountForm(v Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	f, err := v.Form()
	if err != nil {
		return err
	}
	var a *Account
	if err := v.In(func(tx *store.Tx, see View) (err error) { a, err = s.Account(v.R.Context(), tx, see, key); return err }); err != nil {
		return err
	}
	err = v.Change(func(tx *store.Tx, see View) error {
		return s.ChangeAccount(v.R.Context(), tx, see, key, f.Value("name"), f.Value("shared") == "yes", f.Value("aside") == "yes")
	})
	if err == nil {
		return v.To("/app/accounts", "cash.accounts.changed")
	}
	if !f.Take(err) {
		return err
	}
	return s.showAccount(v, a, f, http.StatusUnprocessableEntity)
}

// categoriesPart is the page of categories.
type categoriesPart struct {
	Own  []Category
	Form *ui.Form
	May  bool
}

func (s *Service) categoriesPage(v Visit) error {
	return s.showCategories(v, ui.NewForm(url.Values{"kind": {"out"}}), http.StatusOK)
}

func (s *Service) showCategories(v Visit, f *ui.Form, status int) error {
	p := categoriesPart{Form: f, May: v.May()}
	err := v.In(func(tx *store.Tx, _ View) (err error) { p.Own, err = s.Categories(v.R.Context(), tx); return err })
	if err != nil {
		return err
	}
	return v.Render(status, web.Page{Title: v.T("cash.categories.title"), Lead: v.T("cash.categories.lead"), Form: f}, categoriesView(p))
}

func (s *Service) addCategoryForm(v Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	err = v.Change(func(tx *store.Tx, see View) error {
		_, err := s.AddCategory(v.R.Context(), tx, see, Kind(f.Value("kind")), f.Value("name"))
		return err
	})
	if err == nil {
		return v.To("/app/categories", "cash.categories.added")
	}
	if !f.Take(err) {
		return err
	}
	return s.showCategories(v, f, http.StatusUnprocessableEntity)
}

func (s *Service) changeCategoryForm(v Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	f, err := v.Form()
	if err != nil {
		return err
	}
	err = v.Change(func(tx *store.Tx, see View) error {
		return s.ChangeCategory(v.R.Context(), tx, see, key, f.Value("name"), f.Value("aside") == "yes")
	})
	if err == nil {
		return v.To("/app/categories", "cash.categories.changed")
	}
	if !f.Take(err) {
		return err
	}
	return s.showCategories(v, f, http.StatusUnprocessableEntity)
}
