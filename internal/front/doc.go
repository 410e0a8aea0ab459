// Package front holds the pages that need no sign-in: the program's own page,
// each service's front page, its notice, its terms of use, and how it is kept
// safe.
//
// What these pages say about data comes from the notice and never from a
// sentence written here: how long, who gets it, which measures, by when. A page
// never offers what does not run: without CanSignUp there is no button to sign
// up, and the page says what is being built.
//
// It must never read personal data, ask a database, or know an account. It may
// import web, the notice and the leaves; no other product.
//
//	f, err := front.New(services, notice.Render)
//	f.Routes(mux)
//	catalog, err := i18n.New(front.Texts(), …)
//
// # Addresses
//
//	GET /                              the program, or the service that owns the host
//	GET /{service}/                    the front page
//	GET /{service}/privacy             the notice: page, Markdown or JSON
//	GET /{service}/privacy/{version}   the same, of one version
//	GET /{service}/terms               the terms of use
//	GET /{service}/security            how it is kept safe, and the limits
//
// # Which form of the notice
//
// ?format=html, md or json; else what Accept likes best, a page where it does
// not say. The language is the shell's choice: ?lang=, cookie, account, browser.
package front
