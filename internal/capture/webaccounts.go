package capture

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/ledger"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// held is an account with what its mails moved, by currency.
type held struct {
	BankAccount
	Sums []money.Amount
}

func (s *Service) accountsPage(v visitor) error {
	var all []held
	err := s.read(v, func(tx *store.Tx) error {
		as, err := accounts(v.r.Context(), tx)
		if err != nil {
			return err
		}
		books, err := ledger.Balances(v.r.Context(), tx)
		for _, a := range as {
			h := held{BankAccount: a}
			for _, b := range books {
				if strings.HasPrefix(b.Code, accountCode(a.ID)) {
					h.Sums = append(h.Sums, b.Balance)
				}
			}
			all = append(all, h)
		}
		return err
	})
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("capture.account.title"), Lead: v.t("capture.account.lead")}, accountList(all, v.may()))
	return nil
}

func (s *Service) loadAccount(v visitor) (*BankAccount, error) {
	key, err := v.key()
	if err != nil {
		return nil, err
	}
	var a *BankAccount
	err = s.read(v, func(tx *store.Tx) (err error) { a, err = store.Get[BankAccount](v.r.Context(), tx, key); return err })
	return a, err
}

func (s *Service) accountPage(v visitor) error {
	a, err := s.loadAccount(v)
	if err != nil {
		return err
	}
	// The number is never sent back: an empty input keeps it.
	s.showAccount(v, a, ui.NewForm(url.Values{"holder": {a.Holder.Reveal()}}), http.StatusOK)
	return nil
}

func (s *Service) showAccount(v visitor, a *BankAccount, f *ui.Form, status int) {
	back := ui.Tab{Label: v.t("capture.account.title"), Href: at(v.ctx, "/accounts")}
	web.Render(v.w, v.r, status, web.Page{Title: accountName(v.ctx, a.Issuer, a.Last.Reveal()), Back: &back, Form: f}, accountForm(*a, f))
}

func (s *Service) saveAccount(v visitor) error {
	a, err := s.loadAccount(v)
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	f := ui.NewForm(v.r.PostForm)
	err = s.write(v, func(tx *store.Tx) error {
		return s.NameAccount(v.r.Context(), tx, a.ID, v.r.PostForm.Get("number"), v.r.PostForm.Get("holder"))
	})
	if err == nil {
		return v.done("/accounts", "capture.account.saved", ui.Success)
	}
	if !f.Take(err) {
		return err
	}
	f.Values.Del("number")
	s.showAccount(v, a, f, http.StatusUnprocessableEntity)
	return nil
}

// NameAccount keeps what the person says of an account. An empty number leaves
// the one that is there. Fault Invalid for a number that is none, or whose end
// is not the one that the mails name.
func (s *Service) NameAccount(ctx context.Context, tx *store.Tx, account id.ID, number, holder string) error {
	const op = "capture.NameAccount"
	a, err := store.Get[BankAccount](ctx, tx, account)
	if err != nil {
		return fault.Wrap(op, err)
	}
	number = strings.NewReplacer(" ", "", "-", "", ".", "").Replace(number)
	holder = strings.Join(strings.Fields(holder), " ")
	switch {
	case number != "" && (len(number) < 5 || len(number) > 34 || strings.Trim(number, "0123456789") != ""):
		return fault.New(fault.Invalid, op, "capture.account.number.invalid").On("number")
	case number != "" && !strings.HasSuffix(number, a.Last.Reveal()):
		return fault.New(fault.Invalid, op, "capture.account.number.other").On("number")
	case len(holder) > 200:
		return fault.New(fault.Invalid, op, "capture.account.holder.long").On("holder")
	}
	if number != "" {
		a.Number = vault.Seal(number)
	}
	a.Holder = vault.Seal(holder)
	return fault.Wrap(op, store.Update(ctx, tx, a))
}

// lastFour is the only part of a number that pages show.
func lastFour(number string) string { return number[max(0, len(number)-4):] }
