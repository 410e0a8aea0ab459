package rest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// group is the calls of one tag, for the page.
type group struct {
	Tag
	Ops []Op
}

// reference is the page that lists the calls, for people.
func (a *API) reference(w http.ResponseWriter, r *http.Request) error {
	ctx := web.Context(r)
	page := web.Page{Title: i18n.T(ctx, "rest.page.title", "service", a.cfg.Title), Lead: i18n.T(ctx, "rest.page.lead"), Wide: true, Public: true}
	web.Render(w, r, http.StatusOK, page, referencePage(a))
	return nil
}

// groups are the calls as the page shows them.
func (a *API) groups() []group {
	var out []group
	for _, t := range a.cfg.Tags {
		g := group{Tag: t}
		for _, op := range a.ops {
			if op.Tag == t.Name {
				g.Ops = append(g.Ops, op)
			}
		}
		if len(g.Ops) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// status is one line of the list of errors.
type status struct {
	Code   string
	Status int
}

func (s status) String() string { return strconv.Itoa(s.Status) }

func problems() []status {
	var out []status
	for c, s := range statuses {
		out = append(out, status{string(c), s})
	}
	slices.SortFunc(out, func(a, b status) int { return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(a.Code, b.Code)) })
	return out
}
