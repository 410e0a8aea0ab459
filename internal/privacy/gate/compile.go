package gate

import (
	"fmt"

	"amanah/internal/privacy/notice"
)

// set is a set of a service's purposes, by their place in the notice.
type set uint64

const most = 64

func (s set) has(place uint8) bool { return s&(1<<place) != 0 }

// rules are what one service's notice says, compiled once.
type rules struct {
	purposes map[string]uint8
	// uses are the purposes that a category is for.
	uses map[string]set
	// consent are the purposes that need one; all is every purpose.
	consent, all set
	// open stay open under a restriction; last also while an account is closing.
	open, last set
}

func compile(p *notice.Policy) (map[string]*rules, error) {
	out := map[string]*rules{}
	for _, name := range p.Services() {
		sid, _ := p.Service(name)
		n := p.Notice(sid)
		if len(n.Purposes()) > most {
			return nil, fmt.Errorf("gate: %s: more than %d purposes", n.File(), most)
		}
		r := &rules{purposes: map[string]uint8{}, uses: map[string]set{}}
		for i, u := range n.Purposes() {
			r.purposes[u.Key] = uint8(i)
			r.all |= 1 << i
			if u.NeedsConsent() {
				r.consent |= 1 << i
			}
			switch u.Key {
			case Rights:
				r.open, r.last = r.open|1<<i, r.last|1<<i
			case Security:
				r.open |= 1 << i
			}
		}
		for _, c := range n.Categories() {
			var s set
			for _, u := range c.For {
				if place, ok := r.purposes[u]; ok {
					s |= 1 << place
				}
			}
			for _, x := range exceptions {
				if place, ok := r.purposes[x.Purpose]; ok && x.Category == c.Key {
					s |= 1 << place
				}
			}
			r.uses[c.Key] = s
		}
		out[name] = r
	}
	return out, nil
}

// person is what one person chose, compiled for the service's purposes. Absent
// from the cache is the zero choice: only the purposes of consent are closed.
type person struct {
	closed, objected, withdrawn set
	// all is why everything is closed: Restricted, Closing, another, or "".
	all string
}

func (r *rules) stranger() person { return person{closed: r.consent} }

// compile makes one person's answer. The strictest reason is the one that is told.
func (r *rules) compile(stops []held, choices []Choice) person {
	p := r.stranger()
	for _, c := range choices {
		place, ok := r.purposes[c.Purpose]
		if !ok {
			continue
		}
		if c.Given {
			p.closed &^= 1 << place
			continue
		}
		p.closed |= 1 << place
		if r.consent.has(place) {
			p.withdrawn |= 1 << place
		} else {
			p.objected |= 1 << place
		}
	}
	for _, s := range stops {
		if s.purpose == All {
			r.stopAll(&p, s.why)
			continue
		}
		place, ok := r.purposes[s.purpose]
		if !ok {
			continue
		}
		p.closed |= 1 << place
		if s.why == Withdrawn {
			p.withdrawn |= 1 << place
		} else {
			p.objected |= 1 << place
		}
	}
	p.closed &^= r.last
	return p
}

func (r *rules) stopAll(p *person, why string) {
	if why == Closing {
		p.closed, p.all = r.all&^r.last, Closing
		return
	}
	p.closed |= r.all &^ r.open
	if p.all != Closing {
		p.all = why
	}
}
