package web

import (
	"github.com/a-h/templ"

	"amanah/internal/web/ui"
)

// Service is one of the services that the program runs, as its notice file says.
type Service struct {
	Slug   string // first path segment: lower-case letters and digits
	Name   string // as people know it
	Accent string // #rrggbb; mended at start where it would be too faint to read
	// Hosts are host names that belong to the service alone. On them its paths
	// have no first segment.
	Hosts []string
	// Accounts says that people can sign up: its pages then lead to what is kept
	// about them.
	Accounts bool
	// Base is "/slug", or "" on the service's own host. Render fills it in.
	Base string
}

// Path gives an address inside the service: Path("/privacy") is "/ctt/privacy".
func (s Service) Path(p string) string { return s.Base + p }

// User is the signed-in person as the header shows them.
type User struct {
	Name string
	// Menu are the links of the account menu; the shell adds nothing to it.
	Menu []ui.Tab
	// SignOut is the address that a POST signs out with.
	SignOut string
}

// waiting is what the counts of the menu add up to.
func (u User) waiting() (n int) {
	for _, t := range u.Menu {
		n += t.Count
	}
	return n
}

// Flash is a short message on top of the page, as a key of the catalogue.
type Flash struct {
	Tone ui.Tone
	Key  string
	// Count fills {count}; no other argument can cross a redirect, so that no
	// personal data comes to lie in a cookie.
	Count int
}

// Page is what the shell needs to know about a page. Only Title is needed; the
// service, the language, the person and the menu are filled in by Render from
// the request where they are empty.
type Page struct {
	Title       string // translated; the h1 and the title of the window
	Lead        string // translated; one sentence below the h1
	Description string // translated; for search engines, public pages only
	NoHeading   bool   // the page writes its own h1, such as a front page
	Back        *ui.Tab
	Service     Service
	Nav         []ui.Tab
	User        *User
	Flash       []Flash
	// Top stands above the heading, below Flash: what matters more than the page.
	Top templ.Component

	// Wide gives tables and dashboards the width of the screen; other pages keep
	// the width of a readable line.
	Wide bool
	// Form is the page's form; the title of the window then says that it was refused.
	Form *ui.Form
	// HTMX loads htmx on this page.
	HTMX bool
	// Passkey loads the script that speaks with a device's passkeys.
	Passkey bool
	// Public lets the browser keep the page and ask whether it changed. Never with
	// personal data; it has no effect where somebody is signed in.
	Public bool
	// NoIndex keeps search engines away: for pages that a secret address opens.
	NoIndex bool
	// Sensitive is for pages that show a secret: they are not compressed, so that
	// their size says nothing about it.
	Sensitive bool
	// Refresh reloads the page after so many seconds where JavaScript is off: for
	// long work.
	Refresh int
}
