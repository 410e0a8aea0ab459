package capture

import (
	"net/http"
	"net/url"

	"amanah/internal/capture/learning"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// ruleDetail is what a rule's page shows.
type ruleDetail struct {
	Rule     RuleView
	Accounts []BankAccount
	Earlier  []View
	Applied  int64
	Show     bool // the earlier transactions one by one
	Form     *ui.Form
	May, New bool
}

func (s *Service) rulesPage(v visitor) error {
	var all []RuleView
	var as []BankAccount
	err := s.read(v, func(tx *store.Tx) (err error) {
		if all, err = s.Rules(v.r.Context(), tx); err != nil {
			return err
		}
		as, err = accounts(v.r.Context(), tx)
		return err
	})
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("capture.rule.title"), Lead: v.t("capture.rule.lead"), Wide: true}, ruleList(all, as, v.may()))
	return nil
}

func (s *Service) ruleDetail(v visitor, key id.ID) (ruleDetail, error) {
	d := ruleDetail{May: v.may(), Show: v.r.URL.Query().Get("show") != ""}
	err := s.read(v, func(tx *store.Tx) (err error) {
		ctx := v.r.Context()
		if d.Accounts, err = accounts(ctx, tx); err != nil || key.IsZero() {
			d.New = key.IsZero()
			return err
		}
		if d.Rule, err = s.Rule(ctx, tx, key); err != nil {
			return err
		}
		if d.Applied, err = s.Applied(ctx, tx, key); err != nil || d.Rule.State != learning.On {
			return err
		}
		d.Earlier, err = s.Earlier(ctx, tx, key)
		return err
	})
	return d, err
}

func (s *Service) rulePage(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	d, err := s.ruleDetail(v, key)
	if err != nil {
		return err
	}
	d.Form = ui.NewForm(d.Rule.values())
	s.showRule(v, d, http.StatusOK)
	return nil
}

func (s *Service) newRulePage(v visitor) error {
	d, err := s.ruleDetail(v, id.ID{})
	if err != nil {
		return err
	}
	d.Form = ui.NewForm(url.Values{})
	s.showRule(v, d, http.StatusOK)
	return nil
}

func (s *Service) showRule(v visitor, d ruleDetail, status int) {
	title := v.t("capture.rule.new")
	if !d.New {
		title = merchantName(v.ctx, d.Rule.Merchant.Reveal())
	}
	back := ui.Tab{Label: v.t("capture.rule.title"), Href: at(v.ctx, "/rules")}
	web.Render(v.w, v.r, status, web.Page{Title: title, Back: &back, Form: d.Form, Wide: d.Show}, ruleView(d))
}

// values is a rule as its form shows it.
func (r RuleView) values() url.Values {
	out := url.Values{"merchant": {r.Merchant.Reveal()}, "way": {r.Way}, "issuer": {r.Issuer}, "channel": {r.Channel}, "name": {r.Name.Reveal()},
		"category": {r.Category}, "direction": {r.Direction}, "note": {r.Note.Reveal()}, "account": {""}, "set_account": {""}}
	if !r.Account.IsZero() {
		out.Set("account", r.Account.String())
	}
	if !r.SetAccount.IsZero() {
		out.Set("set_account", r.SetAccount.String())
	}
	return out
}

func (v visitor) readRule(f *ui.Form) RuleEdit {
	g := v.r.PostForm.Get
	e := RuleEdit{Merchant: g("merchant"), Way: g("way"), Issuer: g("issuer"), Channel: g("channel"), Name: g("name"), Category: g("category"), Direction: g("direction"), Notes: g("note")}
	for field, to := range map[string]*id.ID{"account": &e.Account, "set_account": &e.SetAccount} {
		if g(field) == "" {
			continue
		}
		key, err := id.Parse(g(field))
		if err != nil {
			f.Add(field, "capture.edit.account")
		}
		*to = key
	}
	return e
}

// saveRule writes a rule; without an id in the path a new one.
func (s *Service) saveRule(v visitor) error {
	var key id.ID
	var err error
	if v.r.PathValue("id") != "" {
		if key, err = v.key(); err != nil {
			return err
		}
	}
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	f := ui.NewForm(v.r.PostForm)
	e := v.readRule(f)
	if f.OK() {
		var saved id.ID
		err := s.write(v, func(tx *store.Tx) (err error) {
			saved, err = s.SaveRule(v.r.Context(), tx, v.who.Subject, key, e)
			return err
		})
		if err == nil {
			return v.done("/rules/"+saved.String(), "capture.rule.saved", ui.Success)
		}
		if fault.Is(err, fault.NotFound) || !f.Take(err) {
			return err
		}
	}
	d, err := s.ruleDetail(v, key)
	if err != nil {
		return err
	}
	d.Form = f
	s.showRule(v, d, http.StatusUnprocessableEntity)
	return nil
}

// actOnRule does one thing with a rule: on, off, remove, restore, drop, apply, undo.
func (s *Service) actOnRule(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	act, n := v.r.PathValue("act"), 0
	to := map[string]learning.State{"on": learning.On, "restore": learning.On, "off": learning.Off, "remove": learning.Removed}
	err = s.write(v, func(tx *store.Tx) (err error) {
		ctx := v.r.Context()
		switch act {
		case "apply":
			n, err = s.ApplyRule(ctx, tx, key, v.who.Location())
		case "undo":
			n, err = s.UndoRule(ctx, tx, key, v.who.Location())
		case "drop":
			err = s.DropRule(ctx, tx, key)
		default:
			state, ok := to[act]
			if !ok {
				return fault.New(fault.NotFound, "capture.actOnRule", "")
			}
			err = s.SetRule(ctx, tx, key, state)
		}
		return err
	})
	if fault.Is(err, fault.Conflict) {
		return v.done("/rules/"+key.String(), "capture.changed", ui.Warning)
	}
	if err != nil {
		return err
	}
	back := "/rules/" + key.String()
	if act == "drop" || act == "remove" {
		back = "/rules"
	}
	flash := web.Flash{Tone: ui.Success, Key: "capture.rule.done." + act}
	if act == "apply" || act == "undo" {
		flash.Count = n
	}
	web.Redirect(v.w, v.r, at(v.ctx, back), flash)
	return nil
}

// joinAct decides about a telling: the same, another, or split off again.
func (s *Service) joinAct(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	ctx, zone, back := v.r.Context(), v.who.Location(), key
	act := v.r.PathValue("act")
	err = s.write(v, func(tx *store.Tx) (err error) {
		switch act {
		case "same":
			back, err = s.Same(ctx, tx, key, v.revision(), zone)
		case "another":
			err = s.Another(ctx, tx, key, v.revision(), zone)
		case "split":
			err = s.Split(ctx, tx, key, zone)
		default:
			err = fault.New(fault.NotFound, "capture.joinAct", "")
		}
		return err
	})
	if fault.Is(err, fault.Conflict) {
		return v.done("/transactions/"+key.String(), "capture.changed", ui.Warning)
	}
	if err != nil {
		return err
	}
	return v.done("/transactions/"+back.String(), "capture.joined.done."+act, ui.Success)
}

// transferAct links a proposed transfer or takes a pair apart.
func (s *Service) transferAct(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	act := v.r.PathValue("act")
	f := map[string]func(tx *store.Tx) error{
		"link":   func(tx *store.Tx) error { return s.LinkTransfer(v.r.Context(), tx, key, v.who.Location()) },
		"unlink": func(tx *store.Tx) error { return s.UnlinkTransfer(v.r.Context(), tx, key, v.who.Location()) },
	}[act]
	if f == nil {
		return fault.New(fault.NotFound, "capture.transferAct", "")
	}
	back := "/review"
	if from, err := id.Parse(v.r.PostForm.Get("from")); err == nil {
		back = "/transactions/" + from.String()
	}
	err = s.write(v, f)
	if fault.Is(err, fault.Conflict) {
		return v.done(back, "capture.changed", ui.Warning)
	}
	if err != nil {
		return err
	}
	return v.done(back, "capture.transfer.done."+act, ui.Success)
}
