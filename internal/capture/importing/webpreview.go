package importing

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"amanah/internal/extract/mutation"
	"amanah/internal/money"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// importPage shows an import as it stands: its columns, its progress, its bad
// lines, or what became of it.
func (s *Service) importPage(v visitor) error {
	i, err := s.one(v)
	if err != nil {
		return err
	}
	if i.State == Waiting {
		return s.showSheet(v, i, i.Columns(), ui.NewForm(values(i.Columns())), http.StatusOK)
	}
	p := web.Page{Title: v.t("import.one.title"), Back: &ui.Tab{Label: v.t("import.title"), Href: path(v.ctx, "/import")}}
	if i.State == Running {
		p.Refresh = 2
	}
	web.Render(v.w, v.r, http.StatusOK, p, importView(*i))
	return nil
}

func (s *Service) showSheet(v visitor, i *Import, m mutation.Mapping, f *ui.Form, status int) error {
	sheet, err := s.Sheet(v.r.Context(), i, m)
	if err != nil {
		return err
	}
	back := ui.Tab{Label: v.t("import.title"), Href: path(v.ctx, "/import")}
	web.Render(v.w, v.r, status, web.Page{Title: v.t("import.columns.title"), Lead: v.t("import.columns.lead"), Back: &back, Form: f, Wide: true},
		sheetView(*i, m, sheet, f, s.Rules.Issuers()))
	return nil
}

// choose shows the rows anew as the form reads them, or begins to book.
func (s *Service) choose(v visitor) error {
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	i, err := s.one(v)
	if err != nil {
		return err
	}
	f := ui.NewForm(v.r.PostForm)
	m := mappingOf(v.r.PostForm, i.Columns())
	if v.r.PostForm.Get("act") == "look" && i.State == Waiting {
		return s.showSheet(v, i, m, f, http.StatusOK)
	}
	err = s.Start(v.r.Context(), v.scope, i, Choice{Mapping: m, KeepGood: v.r.PostForm.Get("bad") == "keep", Tell: v.r.PostForm.Get("tell") == "yes"})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.showSheet(v, i, m, f, http.StatusUnprocessableEntity)
	}
	web.Redirect(v.w, v.r, path(v.ctx, "/import/"+i.ID.String()))
	return nil
}

// mappingOf reads a form; what it does not name stays as it was.
func mappingOf(form url.Values, m mutation.Mapping) mutation.Mapping {
	for _, role := range mutation.Roles() {
		if n, err := strconv.Atoi(form.Get(role)); err == nil {
			m.Set(role, n)
		}
	}
	pick := func(name string, into *string, from ...string) {
		for _, x := range from {
			if form.Get(name) == x && form.Has(name) {
				*into = x
			}
		}
	}
	pick("order", &m.Order, "dmy", "mdy", "ymd")
	pick("decimal", &m.Decimal, "", ",", ".")
	pick("sign", &m.Sign, "", mutation.SignMinusOut, mutation.SignPlusOut, mutation.SignOut, mutation.SignIn)
	if form.Has("issuer") {
		m.Issuer = strings.TrimSpace(form.Get("issuer"))
	}
	if form.Has("last") {
		m.Last = strings.TrimSpace(form.Get("last"))
	}
	return m
}

// values are a mapping as the form has it.
func values(m mutation.Mapping) url.Values {
	v := url.Values{"order": {m.Order}, "decimal": {m.Decimal}, "sign": {m.Sign}, "issuer": {m.Issuer}, "last": {m.Last}, "bad": {"stop"}}
	for _, role := range mutation.Roles() {
		v.Set(role, strconv.Itoa(m.Column(role)))
	}
	return v
}

// columnOptions are the file's columns by their header and first content.
func columnOptions(p i18n.Printer, pre *mutation.Preview) []ui.Option {
	out := []ui.Option{{Value: "0", Label: p.T("import.column.none")}}
	for c := 1; c <= pre.Columns; c++ {
		name := pre.Header[c-1]
		if name == "" {
			name = p.T("import.column.unnamed")
		}
		example := ""
		for _, rec := range pre.Sample {
			if c <= len(rec) && rec[c-1] != "" {
				example = rec[c-1]
				break
			}
		}
		if r := []rune(example); len(r) > 24 {
			example = string(r[:24]) + "…"
		}
		out = append(out, ui.Option{Value: strconv.Itoa(c), Label: p.T("import.column.option", "number", c, "name", name, "example", example)})
	}
	return out
}

func options(p i18n.Printer, family string, names ...string) []ui.Option {
	var out []ui.Option
	for _, n := range names {
		key := n
		switch n {
		case "":
			key = "auto"
		case ",":
			key = "comma"
		case ".":
			key = "point"
		}
		out = append(out, ui.Option{Value: n, Label: p.T("import." + family + "." + key)})
	}
	return out
}

// reason says in words why a line or an import failed.
func reason(p i18n.Printer, key string) string {
	if p.Has("import.reason." + key) {
		return p.T("import.reason." + key)
	}
	return p.T("import.reason.other")
}

func (i *Import) badge(p i18n.Printer) (ui.Tone, string) {
	tone := map[State]ui.Tone{Waiting: ui.Info, Running: ui.Info, Stopped: ui.Warning, Done: ui.Success, Failed: ui.Danger}[i.State]
	return tone, p.T("import.state." + string(i.State))
}

// unit is what a problem counts: lines of a table, mails of a file of mails.
func unit(i Import) string {
	if i.Kind == Mails {
		return "mail"
	}
	return "line"
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// signed is a row's amount with minus for what left.
func signed(r mutation.Row) money.Amount {
	if r.Direction == "out" {
		return r.Amount.Neg()
	}
	return r.Amount
}
