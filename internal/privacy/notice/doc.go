// Package notice reads the privacy notices (notices/*.yaml) and the law packs
// (law/*.yaml), checks them against each other and against what the program
// stores, publishes them to people in Indonesian and English, and compiles them
// into a Policy that every other package asks before it uses, sends or keeps
// anything about a person. The notice is the configuration.
//
// # What others call
//
//	n, findings := notice.Parse("ctt.yaml", src)      // one file; every finding has file:line:col
//	packs, findings := notice.LoadLaw(law.FS)         // all rule packs
//	ns, findings := notice.LoadNotices(notices.FS)    // all notices
//	findings := notice.Check(ns, packs, program, now) // notices x law x data map; Program{} checks text and law only
//	policy, err := notice.Compile(ns, packs)          // immutable, safe for any number of goroutines
//
//	s, _ := policy.Service("ctt")
//	c, _ := policy.Category("ctt", "transaction.merchant")
//	u, _ := policy.Purpose("ctt", "deliver")
//	r, _ := policy.Recipient("ctt", "target")
//	d := policy.Allow(s, c, u, r)                     // no allocation; recipient 0 = stays inside
//	keep := policy.Retention(s, c)                    // keep.Event, keep.Due(t), keep.DueAtMost(t)
//
//	notice.Render(n, "id", "html", w)                 // fragment for the page shell; also "md", "json"
//	notice.RenderPage(n, "id", w)                     // a whole HTML page, for the command line
//	notice.Diff(old, new)                             // changes of meaning; Change.In(lang) is the line for people
//
// A finding that is an Error forbids the start, a Warning does not. A recipient is
// asked for by Allow and, at the door out, Recipient.Reaches(host): a host may be
// a pattern. A processor without a signed agreement is published and shut
// (Recipient.Open), and Allow says so.
//
// # What it must never do
//
// It opens no file by itself and no connection, reads no clock, knows no product
// and no database. A broken notice gives findings, never a panic.
package notice
