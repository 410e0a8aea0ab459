package capture

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"amanah/internal/capture/target"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// kindOrder is how pages list the kinds of target that run.
var kindOrder = []string{"sheets", "telegram", "file", "webhook", "http"}

func (s *Service) offered() []string {
	return slices.DeleteFunc(slices.Clone(kindOrder), func(name string) bool { return s.kinds[name] == nil })
}

// newTargetPage lets the person choose a kind, then asks what the kind needs.
func (s *Service) newTargetPage(v visitor) error {
	kind := v.r.URL.Query().Get("kind")
	if s.kinds[kind] == nil {
		back := ui.Tab{Label: v.t("capture.target.title"), Href: at(v.ctx, "/targets")}
		web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("capture.target.choose"), Lead: v.t("capture.target.choose.lead"), Back: &back}, chooseKind(s.offered()))
		return nil
	}
	s.askTarget(v, kind, ui.NewForm(firstValues(kind)), nil, http.StatusOK)
	return nil
}

// firstValues are what an untouched form starts with.
func firstValues(kind string) url.Values {
	switch kind {
	case "http":
		return url.Values{"method": {http.MethodPost}, "body": {string(target.JSON)}, "template": {firstTemplate}}
	case "file":
		return url.Values{"format": {"csv"}, "every": {"week"}, "hour": {"7"}, "empty": {"skip"}}
	}
	return url.Values{}
}

// firstTemplate shows what marks do.
const firstTemplate = `{
  "id": "{{id}}",
  "text": "{{merchant}}: {{amount}} {{currency}}",
  "amount": {{amount}},
  "at": "{{at}}",
  "status": "{{status}}"
}`

func (s *Service) askTarget(v visitor, kind string, f *ui.Form, preview []byte, status int) {
	back := ui.Tab{Label: v.t("capture.target.choose"), Href: at(v.ctx, "/targets/new")}
	web.Render(v.w, v.r, status, web.Page{Title: v.t("capture.kind." + kind + ".new"), Lead: v.t("capture.kind." + kind + ".lead"), Back: &back, Form: f}, newTarget(kind, f, preview))
}

// createTarget answers with the secret instead of a redirect: it is shown this
// once, and must not travel in an address or a cookie.
func (s *Service) createTarget(v visitor) error {
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	f := ui.NewForm(v.r.PostForm)
	n := NewTarget{Kind: or(v.r.PostForm.Get("kind"), "webhook")}
	k := s.kinds[n.Kind]
	if k == nil {
		return fault.New(fault.NotFound, "capture.createTarget", "")
	}
	n.Settings, n.Headers = v.readTarget(f, n.Kind, target.Settings{})
	if v.r.PostForm.Get("act") == "preview" {
		return s.previewRequest(v, f, n.Settings, func(shown []byte, status int) { s.askTarget(v, n.Kind, f, shown, status) })
	}
	var key id.ID
	var secret string
	if f.OK() {
		err := s.write(v, func(tx *store.Tx) (err error) {
			key, secret, err = s.SetUp(v.r.Context(), tx, v.who.Subject, n)
			return err
		})
		if err != nil && !f.Take(err) {
			return err
		}
	}
	if !f.OK() {
		s.askTarget(v, n.Kind, f, nil, http.StatusUnprocessableEntity)
		return nil
	}
	if secret == "" {
		return v.done("/targets/"+key.String(), "capture.target.made", ui.Success)
	}
	web.Render(v.w, v.r, http.StatusCreated, web.Page{Title: v.t("capture.target.secret.title"), Lead: v.t("capture.target.secret.lead"), Sensitive: true}, madeTarget(key, secret))
	return nil
}

// readTarget reads the form of a kind over the settings as they are.
func (v visitor) readTarget(f *ui.Form, kind string, set target.Settings) (target.Settings, map[string]string) {
	g := func(name string) string { return strings.TrimSpace(v.r.PostForm.Get(name)) }
	if v.r.PostForm.Has("direction") {
		set.Filter.Direction = g("direction")
	}
	var secrets map[string]string
	switch kind {
	case "webhook":
		set.URL = g("url")
	case "http":
		set.URL = g("url")
		r := &target.Request{Method: g("method"), Body: target.Body(g("body")), Template: v.r.PostForm.Get("template"), Idempotency: g("idempotency")}
		for _, h := range readHeaders(f, "headers", g("headers")) {
			r.Headers = append(r.Headers, target.Header{Name: h[0], Value: h[1]})
		}
		switch list := g("secrets"); {
		case list != "":
			secrets = map[string]string{}
			for _, h := range readHeaders(f, "secrets", list) {
				r.Headers = append(r.Headers, target.Header{Name: h[0], Secret: true})
				secrets[h[0]] = h[1]
			}
		case set.Request != nil: // what is not typed again stays
			for _, h := range set.Request.Headers {
				if h.Secret {
					r.Headers = append(r.Headers, h)
				}
			}
		}
		set.Request = r
	case "file":
		hour, err := strconv.Atoi(g("hour"))
		if err != nil {
			hour = -1
		}
		set.File = &target.File{Format: g("format"), Every: g("every"), Hour: hour, Zone: v.who.Zone, Skip: g("empty") == "skip", Lang: v.lang()}
	case "telegram":
		set.Chat = &target.Chat{Lang: v.lang()}
	case "sheets":
		set.Sheet = &target.Sheet{Title: or(g("title"), v.t("capture.sheet.title")), Lang: v.lang()}
	}
	return set, secrets
}

// readHeaders reads lines "Name: value".
func readHeaders(f *ui.Form, field, text string) [][2]string {
	var out [][2]string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		if !ok || !target.ValidHeader(value) {
			f.Add(field, "capture.target.http.header")
			return out
		}
		out = append(out, [2]string{strings.TrimSpace(name), value})
	}
	return out
}

// previewRequest shows a template filled with the last real transaction.
func (s *Service) previewRequest(v visitor, f *ui.Form, set target.Settings, show func([]byte, int)) error {
	if set.Request == nil {
		return fault.New(fault.NotFound, "capture.preview", "")
	}
	if f.OK() && !f.Take(check(s.kinds["http"], set)) && f.OK() {
		p, err := s.example(v.ctx, v.scope, v.who.Location())
		if err != nil {
			return err
		}
		shown, err := set.Request.Render(p, set.Mapping)
		if err != nil {
			return err
		}
		show(shown, http.StatusOK)
		return nil
	}
	show(nil, http.StatusUnprocessableEntity)
	return nil
}

// example is a parcel with the last booked transaction, or with an invented one
// where there is none yet.
func (s *Service) example(ctx context.Context, sc store.Scope, zone *time.Location) (target.Parcel, error) {
	now := s.clock.Now()
	p := target.Parcel{Event: eventID(id.ID{}, id.ID{}, "example", 0).String(), Type: target.TypeCaptured, At: now, Now: now, Tenant: sc.Tenant, Record: target.Sample(now), Zone: zone}
	err := s.db.Read(ctx, sc, func(tx *store.Tx) error {
		list, err := s.List(ctx, tx, Query{State: Booked, Limit: 1})
		if err == nil && len(list.Rows) == 1 {
			p.Record = list.Rows[0].record()
		}
		return err
	})
	return p, err
}

// lang is the language of the page.
func (v visitor) lang() string {
	if v.t("capture.lang") == "en" {
		return "en"
	}
	return "id"
}
