package email

import (
	"strings"
)

// order is how this issuer writes dates of digits alone.
func (r *reading) order() order {
	if r.layout != nil && r.layout.Order != "" {
		return r.layout.Order == "mdy"
	}
	return r.who.issuer != nil && r.who.issuer.Order == "mdy"
}

// when finds the moment: a labelled date, a date in the sentence that names the
// amount, any date in the text, the Date of the issuer's mail.
func (r *reading) when(ps []pair, s spoken, t *Transaction, e *evidence) {
	st, ok := r.labelledDate(ps)
	if !ok && s.date.hasDate {
		st, ok = s.date, true
	}
	if !ok || !st.hasTime {
		if free, found := r.freeDate(); found && (!ok || sameDay(st, free) && free.hasTime) {
			st, ok = free, true
		}
	}
	if ok && !st.hasTime {
		r.addTime(ps, &st)
	}
	if ok {
		t.At, t.AtPrecision = st.in(r.env.zone), st.precision()
		// A date far from the mail's own is more likely a misread one.
		if d := r.env.date; !d.IsZero() {
			// One that lies ahead of it has not happened yet; the mail's
			// Date may be written in another zone, which moves a day a little.
			gap := d.Sub(t.At).Hours()
			if gap < -48 || gap < -9 && t.AtPrecision == "day" {
				e.times(0.7, "status")
			} else if gap > 24*60 {
				e.times(0.85, "date")
			}
		}
		if t.AtPrecision == "day" {
			e.times(0.98, "date")
		}
		return
	}
	if !r.env.date.IsZero() {
		t.At, t.AtPrecision = r.env.date, "header"
		e.times(0.94, "date")
		return
	}
	e.times(0.75, "date")
}

func sameDay(a, b stamp) bool { return a.year == b.year && a.month == b.month && a.day == b.day }

func (r *reading) labelledDate(ps []pair) (stamp, bool) {
	var out stamp
	rank, ok := 1<<30, false
	for _, p := range ps {
		if p.field != fieldDate && p.field != fieldTime {
			continue
		}
		for _, st := range stamps(strings.Join(p.values[:min(len(p.values), 2)], " "), r.order()) {
			if st.hasDate && (p.rank < rank || !ok || st.hasTime && !out.hasTime && sameDay(st, out)) {
				out, rank, ok = st, p.rank, true
				break
			}
		}
	}
	return out, ok
}

// addTime takes the time of day from its own label.
func (r *reading) addTime(ps []pair, st *stamp) {
	for _, p := range ps {
		if p.field != fieldTime && p.field != fieldDate {
			continue
		}
		all := stamps(p.value(), r.order())
		if len(all) == 0 {
			// "Jam 14.05" needs its label to be a time at all.
			if c, _, ok := timeAt(tokens(lower(p.value())), 0, true); ok && p.field == fieldTime {
				all = []stamp{c}
			}
		}
		for _, c := range all {
			if c.hasTime && !c.hasDate {
				st.hour, st.min, st.sec, st.hasTime, st.hasSec, st.zone = c.hour, c.min, c.sec, true, c.hasSec, c.zone
				return
			}
		}
	}
}

// freeDate is the first date in the text that is no period, deadline or year of
// a company; one with a time of day is better.
func (r *reading) freeDate() (stamp, bool) {
	var out stamp
	ok := false
	for i, s := range r.sentences {
		if len(s) > 400 || has(r.said[i], r.x.phrases["period"]) || has(r.said[i], r.x.phrases["upcoming"]) {
			continue
		}
		for _, st := range stamps(s, r.order()) {
			if !st.hasDate {
				if ok && !out.hasTime && st.hasTime && out.end == -1-i {
					out.hour, out.min, out.sec, out.hasTime, out.hasSec, out.zone = st.hour, st.min, st.sec, true, st.hasSec, st.zone
				}
				continue
			}
			if !ok || st.hasTime && !out.hasTime {
				out, ok = st, true
				out.end = -2 - i // a time on the next line belongs to it
			}
		}
		if ok && out.hasTime {
			return out, true
		}
	}
	return out, ok
}
