package app

import (
	"net/http"
	"strings"

	"amanah/internal/cash/cardstatement"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// menuGroup is one place of CTT's menu. Its pages stand in a second row while
// one is in it; a group of one page has none. A part that brings pages adds
// them here.
type menuGroup struct {
	key   string
	pages []menuPage
}

// menuPage is a page below the service, the key of its name, and the module of
// the notice that it belongs to; "" for none.
type menuPage struct{ path, key, module string }

var menu = []menuGroup{
	{"menu.home", []menuPage{{"/app", "capture.nav.home", ""}}},
	{"menu.transactions", []menuPage{{"/app/transactions", "capture.nav.transactions", ""}, {"/app/review", "capture.nav.review", ""}, {"/app/rules", "capture.nav.rules", "learning"}, {"/app/accounts", "capture.nav.accounts", ""}}},
	{"menu.reports", []menuPage{{"/app/reports", "report.nav.reports", ""}, {"/app/budgets", "report.nav.budgets", "budget"}}},
	{"menu.sources", []menuPage{{"/app/forwarding", "menu.forwarding", ""}, {"/app/mailboxes", "mailbox.title", "mailbox"}, {"/app/import", "menu.import", "import"}, {"/app/messages", "capture.nav.messages", ""}}},
	{"menu.targets", []menuPage{{"/app/targets", "capture.nav.targets", ""}}},
}

// familyMenu is JagaCash's.
var familyMenu = []menuGroup{
	{"cash.nav.home", []menuPage{{"/app", "cash.nav.home", ""}}},
	{"cash.nav.entries", []menuPage{{"/app/entries", "cash.nav.entries", ""}, {"/app/categories", "cash.nav.categories", ""}, {"/app/exchange", "exchange.nav", "exchange"}}},
	{"cash.nav.receipts", []menuPage{{"/app/receipts", "cash.nav.receipts", ""}}},
	{"cash.nav.accounts", []menuPage{{"/app/accounts", "cash.nav.accounts", ""}, {"/app/statements", "cardstatement.title", cardstatement.Module}}},
	{"plan.title", []menuPage{{"/app/plan", "plan.title", ""}}},
	{"plan.nav.reports", []menuPage{{"/app/reports", "plan.nav.reports", ""}}},
	{"cash.nav.telegram", []menuPage{{"/app/telegram", "cash.nav.telegram", ""}}},
	{"family.title", []menuPage{{"/app/family", "family.title", "family"}, {"/app/profile", "profile.title", "profile"}}},
}

// menuOf is the menu of a page: the group that the page is in is current and
// carries its pages.
func (a *App) menuOf(r *http.Request) []ui.Tab { return a.tabs(r, menu) }

// tabs are a service's menu on the page that was asked for.
func (a *App) tabs(r *http.Request, menu []menuGroup) []ui.Tab {
	ctx := web.Context(r)
	service := web.ServiceOf(ctx)
	in, current := placeIn(menu, strings.TrimPrefix(r.URL.Path, service.Path("")))
	var out []ui.Tab
	for i, g := range menu {
		t := ui.Tab{Label: i18n.T(ctx, g.key), Href: service.Path(g.pages[0].path), Current: i == in}
		if len(g.pages) > 1 && i == in {
			for _, p := range g.pages {
				if p.module != "" && !a.uses(service.Slug, p.module) {
					continue
				}
				t.Pages = append(t.Pages, ui.Tab{Label: i18n.T(ctx, p.key), Href: service.Path(p.path), Current: p.path == current})
			}
		}
		out = append(out, t)
	}
	return out
}

// place finds the group and the page that a path lies in: the longest that fits.
func place(path string) (group int, page string) { return placeIn(menu, path) }

func placeIn(menu []menuGroup, path string) (group int, page string) {
	group = -1
	for i, g := range menu {
		for _, p := range g.pages {
			if (path == p.path || p.path != "/app" && strings.HasPrefix(path, p.path+"/")) && len(p.path) > len(page) {
				group, page = i, p.path
			}
		}
	}
	return group, page
}
