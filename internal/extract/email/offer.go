package email

import "strings"

// specimen tells that the mail shows what a record looks like. It says so before
// the record; below a true one stand warnings in the same words.
func (r *reading) specimen() bool {
	p := r.x.phrases["specimen"]
	if has(r.subject, p) {
		return true
	}
	for _, s := range r.said[:min(len(r.said), 4)] {
		if has(s, p) {
			return true
		}
	}
	return false
}

// terms tells that the fields are those of an offer: a time in which it holds,
// and neither moment, account nor number of a transaction.
func (r *reading) terms() bool {
	holds := false
	for _, p := range r.pairs {
		switch p.field {
		case fieldDate, fieldTime, fieldReference:
			return false
		case fieldAccount:
			if lastDigits(p.value(), false) != "" {
				return false
			}
		}
		if has(p.label, []string{"periode", "berlaku", "valid", "kuota", "quota", "promo period"}) {
			holds = true
		}
	}
	return holds
}

// promoting tells that the mail wants to sell.
func (r *reading) promoting() bool { return r.selling() >= 3 }

// selling counts the words of advertising; those of the subject count thrice.
func (r *reading) selling() int {
	n := 0
	for _, p := range r.x.phrases["promo"] {
		if strings.Contains(r.subject, p) {
			n += 2
		}
		if strings.Contains(r.low, p) {
			n++
		}
	}
	if has(r.low, r.x.phrases["optout"]) {
		n += 2
	}
	return n
}
