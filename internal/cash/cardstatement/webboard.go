package cardstatement

import (
	"net/http"

	"amanah/internal/cash"
	"amanah/internal/cash/reconcile"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// sheet is what the page of a statement shows.
type sheet struct {
	*Board
	form   *ui.Form
	mine   bool // the visitor brought it
	write  bool
	cards  []cash.Account // that it can be bound to
	others []cash.Account // the other end of a payment
	groups map[cash.Kind][]ui.Option
	names  map[id.Subject]string
}

func (s *Service) statementPage(v visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	return s.show(v, key, &ui.Form{}, http.StatusOK)
}

func (s *Service) show(v visit, key id.ID, f *ui.Form, status int) error {
	sh := sheet{form: f}
	ctx := v.R.Context()
	err := s.lookAs(v, func(tx *store.Tx, view cash.View) (err error) {
		if sh.Board, err = s.Board(ctx, tx, view, key); err != nil {
			return err
		}
		sh.mine, sh.write = sh.File.Subject == view.Subject, view.Write
		if !sh.File.wasRead() {
			return nil
		}
		if sh.cards, err = s.Cards(ctx, tx, view, sh.File.Currency); err != nil {
			return err
		}
		return s.choices(v, tx, view, &sh)
	})
	if err != nil {
		return err
	}
	if s.Names != nil && sh.Account != nil {
		if sh.names, err = s.Names(ctx, v.scope); err != nil {
			return err
		}
	}
	p := web.Page{Title: v.T("cardstatement.one.title"), Back: &ui.Tab{Label: v.T("cardstatement.title"), Href: path(v.Ctx, "")}, Form: f, Wide: sh.File.wasRead()}
	if sh.File.wasRead() {
		p.Title = headline(i18n.From(v.Ctx), sh.File)
	}
	if sh.File.State == Kept {
		p.Refresh = 2
	}
	return v.Render(status, p, statementView(&sh))
}

// choices are what missing rows can be booked as.
func (s *Service) choices(v visit, tx *store.Tx, view cash.View, sh *sheet) error {
	p := i18n.From(v.Ctx)
	sh.groups = map[cash.Kind][]ui.Option{}
	return books(v.R.Context(), tx, func() error {
		all, err := s.Cash.Accounts(v.R.Context(), tx, view)
		if err != nil {
			return err
		}
		for _, a := range all {
			if a.Kind != cash.Card && a.Currency == sh.File.Currency && a.ArchivedAt.IsZero() {
				sh.others = append(sh.others, a)
			}
		}
		own, err := s.Cash.Categories(v.R.Context(), tx)
		for _, k := range []cash.Kind{cash.Out, cash.In} {
			for _, c := range cash.BuiltIn(k) {
				sh.groups[k] = append(sh.groups[k], ui.Option{Value: c, Label: p.T("cash.category." + c)})
			}
			for _, c := range own {
				if c.Kind == k && c.ArchivedAt.IsZero() {
					sh.groups[k] = append(sh.groups[k], ui.Option{Value: c.ID.String(), Label: c.Name.Reveal()})
				}
			}
		}
		return err
	})
}

// headline names a statement: its bank, card and day.
func headline(p i18n.Printer, f *File) string {
	name := f.Issuer
	if name == "" {
		name = p.T("cardstatement.card")
	}
	if last := f.Last4.Reveal(); last != "" {
		name += " ••" + last
	}
	if f.Day != "" {
		name += ", " + p.Date(date(f.Day))
	}
	return name
}

// named is an account as a list shows it.
func named(p i18n.Printer, a cash.Account) string {
	if n := a.Name.Reveal(); n != "" {
		return n
	}
	return p.T("cardstatement.account.kind." + string(a.Kind))
}

func (sh *sheet) cardOptions(p i18n.Printer) (out []ui.Option) {
	for _, a := range sh.cards {
		out = append(out, ui.Option{Value: a.ID.String(), Label: named(p, a)})
	}
	return append(out, ui.Option{Value: "new", Label: p.T("cardstatement.account.new")})
}

// at is the address of an act.
func (sh *sheet) at(act string) string { return "/" + sh.File.ID.String() + act }

// chosen is what a select of a missing row shows: what was sent, or the guess.
func (sh *sheet) chosen(name, guess string) string {
	if v := sh.form.Value(name); v != "" {
		return v
	}
	return guess
}

func reason(p i18n.Printer, w reconcile.Why) string { return p.TMap(w.Key, w.Args) }

// signed is an entry's amount as the card sees it.
func (sh *sheet) signed(l cash.Line) money.Amount {
	if l.Account != sh.Account.ID && l.To != sh.Account.ID {
		return l.Amount()
	}
	return sh.File.amount(sh.spent(l))
}

// titleOf is what an entry is called in a list.
func titleOf(p i18n.Printer, l cash.Line) string {
	switch {
	case l.Shop != "":
		return l.Shop
	case l.Note.Reveal() != "":
		return l.Note.Reveal()
	case l.Kind == cash.Transfer:
		return p.T("cardstatement.transfer")
	}
	return p.T("cash.category." + l.Category)
}

func (f *File) badge(p i18n.Printer) (ui.Tone, string) {
	tone := map[State]ui.Tone{Kept: ui.Info, Locked: ui.Warning, Barred: ui.Danger, Asks: ui.Warning, Open: ui.Info, Settled: ui.Success, Refused: ui.Danger}[f.State]
	return tone, p.T("cardstatement.state." + string(f.State))
}

func (sh *sheet) who(p i18n.Printer, s id.Subject) string {
	if n := sh.names[s]; n != "" {
		return n
	}
	return p.T("cardstatement.someone")
}
