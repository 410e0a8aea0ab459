package notice

import (
	"fmt"
	"slices"
)

// Handles of a Policy. They are small numbers from 1, valid only for the Policy
// that gave them; 0 is "none".
type (
	ServiceID   int32
	CategoryID  int32
	PurposeID   int32
	RecipientID int32
)

// Decision is the answer of Allow.
type Decision struct {
	Allowed bool
	// NeedsConsent: allowed only for a person whose consent to the purpose stands.
	NeedsConsent bool
	// Optional: the person may have switched it off; ask their choice.
	Optional bool
	// Why is the notice's line that allows it ("ctt.yaml:41"), or what is missing.
	Why string
}

// Policy is all notices, compiled. It never changes; any number of goroutines
// may ask it.
type Policy struct {
	services []servicePolicy // index ServiceID-1
	byName   map[string]ServiceID
	// One entry a handle; index handle-1.
	categories []categoryPolicy
	purposes   []purposePolicy
	recipients []recipientPolicy
}

type servicePolicy struct {
	name       string
	notice     *Notice
	categories map[string]CategoryID
	purposes   map[string]PurposeID
	recipients map[string]RecipientID
}

type categoryPolicy struct {
	service ServiceID
	key     string
	place   int        // among the categories of its service
	uses    []Decision // by the purpose's place in the service
	keep    Retention
	def     Category
}

type purposePolicy struct {
	service ServiceID
	key     string
	place   int
	def     Purpose
}

type recipientPolicy struct {
	service ServiceID
	key     string
	gets    []bool // by the category's place in the service
	serves  []bool // by the purpose's place in the service
	open    bool
	why     string // the line that allows it
	shut    string // said where it is not open
	notGets string
	notFor  string
	def     Recipient
}

// Compile makes the policy of all notices. It fails on an empty list, on two
// notices of one service, and on a law that no pack describes. It does not check
// anything else: run Check first.
func Compile(ns []*Notice, packs []*LawPack) (*Policy, error) {
	if len(ns) == 0 {
		return nil, fmt.Errorf("notice.Compile: no notice")
	}
	p := &Policy{byName: make(map[string]ServiceID, len(ns))}
	for _, n := range ns {
		if _, twice := p.byName[n.Service()]; twice {
			return nil, fmt.Errorf("notice.Compile: %s: service %s has two notices", n.file, n.Service())
		}
		for _, l := range n.Laws() {
			if !slices.ContainsFunc(packs, func(k *LawPack) bool { return k.Law == l }) {
				return nil, fmt.Errorf("notice.Compile: %s: no law pack %s", n.file, l)
			}
		}
		p.add(n)
	}
	return p, nil
}

func (p *Policy) add(n *Notice) {
	id := ServiceID(len(p.services) + 1)
	s := servicePolicy{name: n.Service(), notice: n,
		categories: make(map[string]CategoryID), purposes: make(map[string]PurposeID), recipients: make(map[string]RecipientID)}
	place := make(map[string]int)
	for i, u := range n.doc.Purposes {
		place[u.Key] = i
		p.purposes = append(p.purposes, purposePolicy{service: id, key: u.Key, place: i, def: u})
		s.purposes[u.Key] = PurposeID(len(p.purposes))
	}
	for i, c := range n.doc.Data {
		p.categories = append(p.categories, categoryPolicy{service: id, key: c.Key, place: i, keep: c.Kept, def: c, uses: n.uses(c)})
		s.categories[c.Key] = CategoryID(len(p.categories))
	}
	for _, r := range n.doc.Recipients {
		p.recipients = append(p.recipients, n.recipientPolicy(id, r, place))
		s.recipients[r.Key] = RecipientID(len(p.recipients))
	}
	p.services = append(p.services, s)
	p.byName[s.name] = id
}

// uses answers for one category and every purpose of the service.
func (n *Notice) uses(c Category) []Decision {
	out := make([]Decision, len(n.doc.Purposes))
	for i, u := range n.doc.Purposes {
		if !slices.Contains(c.For, u.Key) {
			out[i].Why = fmt.Sprintf("%s:%d: %s is not for %s", n.file, c.Pos.Line, c.Key, u.Key)
			continue
		}
		out[i] = Decision{Allowed: true, NeedsConsent: u.NeedsConsent(), Optional: u.Optional || u.NeedsConsent() || c.Optional,
			Why: fmt.Sprintf("%s:%d", n.file, c.Pos.Line)}
	}
	return out
}

func (n *Notice) recipientPolicy(id ServiceID, r Recipient, place map[string]int) recipientPolicy {
	at := fmt.Sprintf("%s:%d", n.file, r.Pos.Line)
	out := recipientPolicy{service: id, key: r.Key, def: r, open: r.Open(), why: at,
		gets: make([]bool, len(n.doc.Data)), serves: make([]bool, len(n.doc.Purposes)),
		shut:    at + ": the agreement with " + r.Key + " is not signed",
		notGets: at + ": " + r.Key + " does not get this data",
		notFor:  at + ": " + r.Key + " is not for this purpose"}
	for i, c := range n.doc.Data {
		out.gets[i] = slices.Contains(r.Gets, c.Key)
	}
	for _, u := range r.For {
		out.serves[place[u]] = true
	}
	return out
}

const (
	whyService   = "the service has no notice"
	whyCategory  = "the notice does not declare this data for the service"
	whyPurpose   = "the notice does not declare this purpose for the service"
	whyRecipient = "the notice does not declare this recipient for the service"
)

// Allow tells whether a service may use a category for a purpose, and hand it to
// a recipient (0: it stays inside). It looks up arrays only: no allocation, the
// same time for ten rules and for a thousand. Handles that do not belong to the
// service are refused.
func (p *Policy) Allow(service ServiceID, category CategoryID, purpose PurposeID, recipient RecipientID) Decision {
	d, r := p.declared(service, category, purpose, recipient)
	if d.Allowed && r != nil && !r.open {
		return Decision{Why: r.shut}
	}
	return d
}

// Declared is Allow without the question whether the notice gives the agreement's
// date: whoever asks it looks the agreement up where it is on file.
func (p *Policy) Declared(service ServiceID, category CategoryID, purpose PurposeID, recipient RecipientID) Decision {
	d, _ := p.declared(service, category, purpose, recipient)
	return d
}

func (p *Policy) declared(service ServiceID, category CategoryID, purpose PurposeID, recipient RecipientID) (Decision, *recipientPolicy) {
	if service < 1 || int(service) > len(p.services) {
		return Decision{Why: whyService}, nil
	}
	if category < 1 || int(category) > len(p.categories) {
		return Decision{Why: whyCategory}, nil
	}
	c := &p.categories[category-1]
	if c.service != service {
		return Decision{Why: whyCategory}, nil
	}
	if purpose < 1 || int(purpose) > len(p.purposes) {
		return Decision{Why: whyPurpose}, nil
	}
	u := &p.purposes[purpose-1]
	if u.service != service {
		return Decision{Why: whyPurpose}, nil
	}
	d := c.uses[u.place]
	if recipient == 0 || !d.Allowed {
		return d, nil
	}
	if recipient < 1 || int(recipient) > len(p.recipients) {
		return Decision{Why: whyRecipient}, nil
	}
	r := &p.recipients[recipient-1]
	switch {
	case r.service != service:
		return Decision{Why: whyRecipient}, nil
	case !r.gets[c.place]:
		return Decision{Why: r.notGets}, nil
	case !r.serves[u.place]:
		return Decision{Why: r.notFor}, nil
	}
	d.Why = r.why
	return d, r
}

// Service finds a service's handle.
func (p *Policy) Service(name string) (ServiceID, bool) {
	id, ok := p.byName[name]
	return id, ok
}

// Services lists the services' keys in the order of their notices.
func (p *Policy) Services() []string {
	out := make([]string, len(p.services))
	for i, s := range p.services {
		out[i] = s.name
	}
	return out
}

// Notice is the notice of a service; nil for an unknown handle.
func (p *Policy) Notice(s ServiceID) *Notice {
	if s < 1 || int(s) > len(p.services) {
		return nil
	}
	return p.services[s-1].notice
}

// Category finds a category's handle: ("ctt", "transaction.merchant").
func (p *Policy) Category(service, name string) (CategoryID, bool) {
	s, ok := p.byName[service]
	if !ok {
		return 0, false
	}
	id, ok := p.services[s-1].categories[name]
	return id, ok
}

// Purpose finds a purpose's handle: ("ctt", "deliver").
func (p *Policy) Purpose(service, name string) (PurposeID, bool) {
	s, ok := p.byName[service]
	if !ok {
		return 0, false
	}
	id, ok := p.services[s-1].purposes[name]
	return id, ok
}

// Recipient finds a recipient's handle: ("ctt", "target").
func (p *Policy) Recipient(service, name string) (RecipientID, bool) {
	s, ok := p.byName[service]
	if !ok {
		return 0, false
	}
	id, ok := p.services[s-1].recipients[name]
	return id, ok
}

// CategoryDef, PurposeDef and RecipientDef give what the notice says about a
// handle; ok is false for a handle that is none.
func (p *Policy) CategoryDef(id CategoryID) (def Category, ok bool) {
	if id < 1 || int(id) > len(p.categories) {
		return Category{}, false
	}
	return p.categories[id-1].def, true
}

// PurposeDef gives what the notice says about a purpose.
func (p *Policy) PurposeDef(id PurposeID) (def Purpose, ok bool) {
	if id < 1 || int(id) > len(p.purposes) {
		return Purpose{}, false
	}
	return p.purposes[id-1].def, true
}

// RecipientDef gives what the notice says about a recipient.
func (p *Policy) RecipientDef(id RecipientID) (def Recipient, ok bool) {
	if id < 1 || int(id) > len(p.recipients) {
		return Recipient{}, false
	}
	return p.recipients[id-1].def, true
}

// Retention says how long a service keeps a category. For a category that the
// service does not declare it is "not at all": what nobody declared must go.
func (p *Policy) Retention(service ServiceID, category CategoryID) Retention {
	if category < 1 || int(category) > len(p.categories) || p.categories[category-1].service != service {
		return Retention{Text: "not at all", NotKept: true}
	}
	return p.categories[category-1].keep
}
