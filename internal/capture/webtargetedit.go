package capture

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"amanah/internal/capture/target"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// edited is a target whose settings a page asks for.
type edited struct {
	Target Target
	Set    target.Settings
}

func (s *Service) edited(v visitor) (edited, error) {
	var e edited
	key, err := v.key()
	if err != nil {
		return e, err
	}
	err = s.read(v, func(tx *store.Tx) error {
		t, _, err := s.target(v.r.Context(), tx, key)
		if err != nil {
			return err
		}
		e.Target = *t
		e.Set, err = t.Set()
		return err
	})
	return e, err
}

func (e edited) path() string { return "/targets/" + e.Target.ID.String() }

// back leads to the target's page.
func (e edited) back(v visitor) *ui.Tab {
	return &ui.Tab{Label: e.Target.Host.Reveal(), Href: at(v.ctx, e.path())}
}

// change saves settings and goes back, or takes what is wrong into the form.
func (s *Service) change(v visitor, e edited, f *ui.Form, headers map[string]string) (done bool, err error) {
	if !f.OK() {
		return false, nil
	}
	err = s.write(v, func(tx *store.Tx) error { return s.Change(v.r.Context(), tx, e.Target.ID, e.Set, headers) })
	if err == nil {
		return true, v.done(e.path(), "capture.target.saved", ui.Success)
	}
	if f.Take(err) {
		return false, nil
	}
	return false, err
}

func (s *Service) filterPage(v visitor) error {
	e, err := s.edited(v)
	if err != nil {
		return err
	}
	f := e.Set.Filter
	currency := f.Currency
	if currency == "" {
		currency = money.IDR
	}
	values := url.Values{"direction": {f.Direction}, "category": f.Categories, "currency": {string(f.Currency)}, "merchant": {f.Merchant}, "since": {f.Since}}
	if f.From > 0 {
		values.Set("from", plainAmount(f.From, currency))
	}
	if f.To > 0 {
		values.Set("to", plainAmount(f.To, currency))
	}
	if !f.Account.IsZero() {
		values.Set("account", f.Account.String())
	}
	return s.showFilter(v, e, ui.NewForm(values), http.StatusOK)
}

func (s *Service) showFilter(v visitor, e edited, f *ui.Form, status int) error {
	var all []BankAccount
	if err := s.read(v, func(tx *store.Tx) (err error) { all, err = accounts(v.r.Context(), tx); return err }); err != nil {
		return err
	}
	choices := []ui.Option{{Label: v.t("capture.target.filter.any")}}
	for _, a := range all {
		choices = append(choices, ui.Option{Value: a.ID.String(), Label: accountName(v.ctx, a.Issuer, a.Last.Reveal())})
	}
	web.Render(v.w, v.r, status, web.Page{Title: v.t("capture.target.filter"), Lead: v.t("capture.target.filter.lead"), Back: e.back(v), Form: f}, filterForm(e, f, choices))
	return nil
}

func (s *Service) saveFilter(v visitor) error {
	e, err := s.edited(v)
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	f := ui.NewForm(v.r.PostForm)
	g := func(name string) string { return strings.TrimSpace(v.r.PostForm.Get(name)) }
	n := target.Filter{Direction: g("direction"), Categories: v.r.PostForm["category"], Currency: money.Currency(g("currency")), Merchant: g("merchant"), Since: g("since"), Zone: v.who.Zone}
	currency := n.Currency
	if !currency.Valid() {
		currency = money.IDR
	}
	for name, field := range map[string]*int64{"from": &n.From, "to": &n.To} {
		if g(name) == "" {
			continue
		}
		var ok bool
		if *field, ok = readAmount(g(name), currency); !ok {
			f.Add(name, "capture.target.filter.amount")
		}
	}
	if text := g("account"); text != "" {
		if n.Account, err = id.Parse(text); err != nil {
			f.Add("account", "capture.edit.account")
		}
	}
	e.Set.Filter = n
	if done, err := s.change(v, e, f, nil); done || err != nil {
		return err
	}
	return s.showFilter(v, e, f, http.StatusUnprocessableEntity)
}

// fixedFields is how many constant fields a form offers.
const fixedFields = 3

func (s *Service) fieldsPage(v visitor) error {
	e, err := s.edited(v)
	if err != nil {
		return err
	}
	values := url.Values{"date": {e.Set.Mapping.Notation.Date}, "number": {e.Set.Mapping.Notation.Number}, "zone": {e.Set.Mapping.Notation.Zone}}
	fixed := 0
	for i, one := range e.Set.Mapping.Fields {
		at, name := "at-"+one.Source, "as-"+one.Source
		if one.Source == "" {
			fixed++
			at, name = fmt.Sprintf("at-fixed%d", fixed), fmt.Sprintf("as-fixed%d", fixed)
			values.Set(fmt.Sprintf("fixed%d", fixed), one.Const)
		}
		values.Set(at, strconv.Itoa(i+1))
		values.Set(name, one.As)
	}
	return s.showFields(v, e, ui.NewForm(values), http.StatusOK)
}

func (s *Service) showFields(v visitor, e edited, f *ui.Form, status int) error {
	p, err := s.example(v.ctx, v.scope, v.who.Location())
	if err != nil {
		return err
	}
	cells := target.Fields(e.Target.Kind, e.Set.Mapping).Cells(p.Record, p.Zone)
	web.Render(v.w, v.r, status, web.Page{Title: v.t("capture.target.fields"), Lead: v.t("capture.target.fields.lead"), Back: e.back(v), Form: f}, fieldsForm(e, f, cells))
	return nil
}

// readMapping reads the table of fields: those with a place, in the order of
// their places.
func (v visitor) readMapping(f *ui.Form) target.Mapping {
	g := func(name string) string { return strings.TrimSpace(v.r.PostForm.Get(name)) }
	m := target.Mapping{Notation: target.Notation{Date: g("date"), Number: g("number"), Zone: g("zone")}}
	type placed struct {
		at int
		target.Field
	}
	var all []placed
	read := func(key string, one target.Field) {
		place := g("at-" + key)
		if place == "" {
			return
		}
		n, err := strconv.Atoi(place)
		if err != nil || n < 1 || n > 99 {
			f.Add("at-"+key, "capture.target.fields.place")
			return
		}
		one.As = or(g("as-"+key), one.Source)
		all = append(all, placed{n, one})
	}
	for _, source := range target.Sources() {
		read(source, target.Field{Source: source})
	}
	for i := range fixedFields {
		key := fmt.Sprintf("fixed%d", i+1)
		read(key, target.Field{Const: g(key)})
	}
	slices.SortStableFunc(all, func(a, b placed) int { return a.at - b.at })
	for _, one := range all {
		m.Fields = append(m.Fields, one.Field)
	}
	return m
}

func (s *Service) saveFields(v visitor) error {
	e, err := s.edited(v)
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	f := ui.NewForm(v.r.PostForm)
	was := e.Set.Mapping
	e.Set.Mapping = v.readMapping(f)
	if v.r.PostForm.Get("act") == "preview" {
		status := http.StatusOK
		if f.Take(e.Set.Mapping.Check()) || !f.OK() {
			e.Set.Mapping, status = was, http.StatusUnprocessableEntity
		}
		return s.showFields(v, e, f, status)
	}
	if done, err := s.change(v, e, f, nil); done || err != nil {
		return err
	}
	e.Set.Mapping = was
	return s.showFields(v, e, f, http.StatusUnprocessableEntity)
}

// setupPage asks again for what the kind needs.
func (s *Service) setupPage(v visitor) error {
	e, err := s.edited(v)
	if err != nil {
		return err
	}
	values := url.Values{"url": {e.Set.URL}}
	if r := e.Set.Request; r != nil {
		values.Set("method", r.Method)
		values.Set("body", string(r.Body))
		values.Set("template", r.Template)
		values.Set("idempotency", r.Idempotency)
		for _, h := range r.Headers {
			if !h.Secret {
				values.Set("headers", values.Get("headers")+h.Name+": "+h.Value+"\n")
			}
		}
	}
	if file := e.Set.File; file != nil {
		values = url.Values{"format": {file.Format}, "every": {file.Every}, "hour": {strconv.Itoa(file.Hour)}, "empty": {"say"}}
		if file.Skip {
			values.Set("empty", "skip")
		}
	}
	s.askSetup(v, e, ui.NewForm(values), nil, http.StatusOK)
	return nil
}

func (s *Service) askSetup(v visitor, e edited, f *ui.Form, preview []byte, status int) {
	web.Render(v.w, v.r, status, web.Page{Title: v.t("capture.target.setup"), Back: e.back(v), Form: f}, setupForm(e, f, preview))
}

func (s *Service) saveSetup(v visitor) error {
	e, err := s.edited(v)
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	f := ui.NewForm(v.r.PostForm)
	var headers map[string]string
	if e.Target.Kind == "webhook" || e.Target.Kind == "http" || e.Target.Kind == "file" {
		e.Set, headers = v.readTarget(f, e.Target.Kind, e.Set)
	}
	if v.r.PostForm.Get("act") == "preview" {
		return s.previewRequest(v, f, e.Set, func(shown []byte, status int) { s.askSetup(v, e, f, shown, status) })
	}
	if done, err := s.change(v, e, f, headers); done || err != nil {
		return err
	}
	s.askSetup(v, e, f, nil, http.StatusUnprocessableEntity)
	return nil
}

// plainOptions are choices that are their own words.
func plainOptions(all []string) []ui.Option {
	var out []ui.Option
	for _, one := range all {
		out = append(out, ui.Option{Value: one, Label: one})
	}
	return out
}
