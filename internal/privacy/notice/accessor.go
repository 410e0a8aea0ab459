package notice

import "time"

// File is the name that the notice was parsed under.
func (n *Notice) File() string { return n.file }

// Service is the service's key, also its first path segment: "ctt".
func (n *Notice) Service() string { return n.doc.Service }

// Name is the service's name. It is the same in both languages.
func (n *Notice) Name(string) string { return n.doc.Name }

// About says in one sentence what the service does.
func (n *Notice) About(lang string) string { return n.doc.About.In(lang) }

// Accent is the service's colour, as #rrggbb.
func (n *Notice) Accent() string { return n.doc.Accent }

// Version is the notice's version, raised with every change.
func (n *Notice) Version() string { return n.doc.Version }

// Published is the day on which this version was shown first.
func (n *Notice) Published() time.Time { return n.doc.Published.Time }

// Effective is the day from which this version holds.
func (n *Notice) Effective() time.Time { return n.doc.Effective.Time }

// Languages says which languages are offered and which binds.
func (n *Notice) Languages() Languages { return n.doc.Languages }

// Laws are the keys of the rule packs that the notice is held to.
func (n *Notice) Laws() []string { return n.doc.Laws }

// Modules are the parts of the program that run for the service.
func (n *Notice) Modules() []string {
	out := make([]string, len(n.doc.Modules))
	for i, m := range n.doc.Modules {
		out[i] = m.Key
	}
	return out
}

// Controller answers for the service.
func (n *Notice) Controller() Contact { return n.doc.Controller }

// Officer is the data protection officer.
func (n *Notice) Officer() Officer { return n.doc.Officer }

// Authority supervises.
func (n *Notice) Authority() Authority { return n.doc.Authority }

// MinimumAge is the age from which a person may have an account alone.
func (n *Notice) MinimumAge() int { return n.doc.MinimumAge }

// Guardian says who agrees for younger people; nil where none may take part.
func (n *Notice) Guardian() *Guardian { return n.doc.Guardian }

// Consent says how agreement is given and how soon a withdrawal works.
func (n *Notice) Consent() Consent { return n.doc.Consent }

// Categories are all kinds of data, in the notice's order.
func (n *Notice) Categories() []Category { return n.doc.Data }

// Category finds a kind of data by its key.
func (n *Notice) Category(key string) (Category, bool) {
	return find(n.doc.Data, func(c Category) bool { return c.Key == key })
}

// Purposes are all purposes, in the notice's order.
func (n *Notice) Purposes() []Purpose { return n.doc.Purposes }

// Purpose finds a purpose by its key.
func (n *Notice) Purpose(key string) (Purpose, bool) {
	return find(n.doc.Purposes, func(p Purpose) bool { return p.Key == key })
}

// Recipients are all who may get data, in the notice's order.
func (n *Notice) Recipients() []Recipient { return n.doc.Recipients }

// Recipient finds a recipient by its key.
func (n *Notice) Recipient(key string) (Recipient, bool) {
	return find(n.doc.Recipients, func(r Recipient) bool { return r.Key == key })
}

// Rights are the person's rights with their deadlines.
func (n *Notice) Rights() []Right { return n.doc.Rights }

// Right finds a right: know, correct, copy, erase, withdraw, object, restrict,
// claim, port.
func (n *Notice) Right(key string) (Right, bool) {
	return find(n.doc.Rights, func(r Right) bool { return r.Key == key })
}

// Ask says how a right is used.
func (n *Notice) Ask() Ask { return n.doc.Ask }

// Breach says who is told of a failure of protection.
func (n *Notice) Breach() Breach { return n.doc.Breach }

// Complaints says how a complaint is handled.
func (n *Notice) Complaints() Complaints { return n.doc.Complaints }

// Changes says how a new version is announced.
func (n *Notice) Changes() Changes { return n.doc.Changes }

// Closing says what happens when an account is closed.
func (n *Notice) Closing() Closing { return n.doc.Closing }

// Cookies are all cookies that the service sets.
func (n *Notice) Cookies() []Cookie { return n.doc.Cookies }

// Security lists the measures; each word is a check that runs.
func (n *Notice) Security() []string { return n.doc.Security }

// Assessment is the impact assessment; nil where there is none.
func (n *Notice) Assessment() *Document { return n.doc.Assessment }

// Claims are certificates and audits that have a document.
func (n *Notice) Claims() []Claim { return n.doc.Claims }

func find[T any](list []T, is func(T) bool) (T, bool) {
	for _, v := range list {
		if is(v) {
			return v, true
		}
	}
	var none T
	return none, false
}

// finding makes a finding at a place of this notice.
func (n *Notice) finding(p Pos, code, message, mend string) Finding {
	return Finding{File: n.file, Line: p.Line, Col: p.Col, Code: code, Message: message, Mend: mend}
}

// pos is the place of a value by its path in the file.
func (n *Notice) pos(path ...string) Pos { return n.root.at(path...) }
