package email

import (
	"strconv"
	"strings"

	"amanah/internal/money"
)

func itoa(n int) string { return strconv.Itoa(n) }

// evidence is the product of what supports a transaction, with the weakest
// piece by name.
type evidence struct {
	value float64
	least float64
	doubt string
}

func (e *evidence) times(w float64, what string) {
	if e.value == 0 {
		e.value, e.least = 1, 1
	}
	e.value *= w
	if w < e.least {
		e.least, e.doubt = w, what
	}
}

// transactions builds one transaction for each group of facts in the mail.
func (r *reading) transactions() ([]Transaction, string) {
	var out []Transaction
	reason := "amount.none"
	for _, ps := range r.groups() {
		t, why := r.transaction(ps)
		if why != "" {
			reason = why
			continue
		}
		out = append(out, t)
	}
	return out, reason
}

// groups parts the pairs of a mail with several transactions. Labels that come
// again with an amount and a date or reference each begin a new one.
func (r *reading) groups() [][]pair {
	byTable := map[int][]pair{}
	most := 0
	for _, p := range r.pairs {
		byTable[p.group] = append(byTable[p.group], p)
		most = max(most, p.group)
	}
	if most > 1 {
		var out [][]pair
		for g := 1; g <= most; g++ {
			out = append(out, append(append([]pair{}, byTable[g]...), byTable[0]...))
		}
		return out
	}
	first := r.repeated()
	if first < 0 {
		return [][]pair{r.pairs}
	}
	var out [][]pair
	head, label := r.pairs[:first], r.pairs[first].label
	for i := first; i < len(r.pairs); {
		j := i + 1
		for j < len(r.pairs) && r.pairs[j].label != label {
			j++
		}
		out = append(out, append(append([]pair{}, r.pairs[i:j]...), head...))
		i = j
	}
	return out
}

// repeated is the index of the first label of a repeated block, or -1.
func (r *reading) repeated() int {
	count := map[string]int{}
	times := map[field]int{}
	for _, p := range r.pairs {
		if p.field == fieldAmount && worth(p) || p.field == fieldTotal && worth(p) || p.field == fieldDate || p.field == fieldReference {
			count[string(p.field)+p.label]++
			if c := count[string(p.field)+p.label]; c > times[p.field] {
				times[p.field] = c
			}
		}
	}
	n := max(times[fieldAmount], times[fieldTotal])
	if n < 2 || times[fieldDate] != n && times[fieldReference] != n {
		return -1
	}
	seen := map[string]int{}
	for _, p := range r.pairs {
		seen[p.label]++
	}
	for i, p := range r.pairs {
		if seen[p.label] == n && p.field != fieldOther {
			return i
		}
	}
	return -1
}

// transaction reads the facts of one group.
func (r *reading) transaction(ps []pair) (Transaction, string) {
	e := &evidence{}
	e.times(r.who.weight, "sender")
	e.times(r.statusWeight(), "status")
	t := Transaction{Status: "success", Issuer: r.who.name()}
	s := r.sentence()
	kind := r.kindText(ps)
	t.Direction = r.direction(ps, kind, s)
	t.Channel = r.channel(kind, s)
	if !r.sum(ps, s, &t, e) {
		return t, "amount.none"
	}
	if t.Amount.IsZero() {
		return t, "amount.zero"
	}
	r.when(ps, s, &t, e)
	r.party(ps, s, &t, e)
	r.account(ps, s, &t)
	t.Reference = r.reference(ps)
	t.Category = r.x.categoryOf(t, kind)
	// A record leaves a trace: a moment, an account, a number. An amount in
	// friendly words has none.
	if t.AtPrecision == "header" && t.AccountLast == "" && t.Reference == "" && r.facts() < 4 && !r.bare() || r.who.issuer == nil && !r.enough(ps, t) {
		e.times(0.8, "layout")
	}
	if t.Merchant == "" {
		known := 0.95
		// Shops that nobody knows here write of themselves.
		if t.Direction == "out" && r.who.issuer == nil {
			if t.Merchant = cleanName(r.env.from.name); t.Merchant != "" {
				known = 0.97
			}
		}
		e.times(known, "merchant")
	}
	t.Confidence, t.Doubt = e.value, e.doubt
	return t, ""
}

// bare tells that the issuer's mails of this layout say only the amount.
func (r *reading) bare() bool { return r.layout != nil && r.layout.Bare }

// enough asks more of an unknown issuer: a labelled amount, a date in the mail
// and one more trace of a record.
func (r *reading) enough(ps []pair, t Transaction) bool {
	labelled := false
	for _, p := range ps {
		labelled = labelled || (p.field == fieldTotal || p.field == fieldAmount) && worth(p)
	}
	// "Premi Rp 350.000 telah didebet dari kartu **** 7719 pada ..." says it all.
	if s := r.sentence(); s.ok && s.account != "" && s.date.hasDate && s.amount == t.Amount {
		return true
	}
	return labelled && t.AtPrecision != "header" && (t.Reference != "" || t.AccountLast != "" || t.Merchant != "")
}

// statusWeight says how plainly the mail states that it happened.
func (r *reading) statusWeight() float64 {
	switch {
	case r.who.issuer == nil && r.status() != "success" && !r.paid():
		return 0.8
	case r.status() == "success", r.x.statusOf(r.subject) == "success":
		return 1
	case r.done():
		return 0.99
	case r.saysSuccess():
		return 0.97
	case r.record():
		return 0.95
	}
	return 0.6
}

// paid tells that one sentence or the subject says of money that it arrived.
// Parcels and bookings "arrive successfully" too, so an unknown sender needs it.
func (r *reading) paid() bool {
	p := r.x.phrases
	for _, s := range append([]string{r.subject}, r.said...) {
		if has(s, p["paid"]) && has(s, p["settled"]) {
			return true
		}
	}
	return false
}

// sum finds the amount and the fee. What left the account is the total; where
// only the parts are given, their sum.
func (r *reading) sum(ps []pair, s spoken, t *Transaction, e *evidence) bool {
	total, okTotal := best(ps, fieldTotal)
	amount, okAmount := best(ps, fieldAmount)
	fee, okFee := fees(ps)
	if okTotal && total.amount.IsZero() && okAmount && !amount.amount.IsZero() {
		okTotal = false
	}
	if okFee && (rewarded(ps, fee) || okTotal && okAmount && total.amount == amount.amount && !fee.IsZero()) {
		fee, okFee = money.Amount{}, false // printed, but not taken
	}
	if okFee {
		t.Fee = fee
	}
	switch {
	case okTotal && okAmount:
		t.Amount = total.amount
		e.times(agreement(total.amount, amount.amount, fee, okFee), "amount")
	case okTotal:
		t.Amount = total.amount
		e.times(0.99, "amount")
	case okAmount:
		t.Amount = amount.amount
		if okFee && t.Direction != "in" && fee.Currency == t.Amount.Currency {
			if with, err := t.Amount.Add(fee); err == nil {
				t.Amount = with
			}
		}
		e.times(0.98, "amount")
	case s.ok:
		t.Amount = s.amount
		if s.fee.Currency != "" {
			t.Fee = s.fee
		}
		e.times(0.97, "amount")
	default:
		a, w := r.loose()
		if w == 0 {
			return false
		}
		t.Amount = a
		e.times(w, "amount")
	}
	if t.Direction == "in" && !okTotal && okFee {
		t.Fee = money.Amount{}
	}
	return true
}

// rewarded tells that points paid the fee.
func rewarded(ps []pair, fee money.Amount) bool {
	for _, p := range ps {
		if p.field == fieldSkip && strings.Contains(p.label, "reward") {
			if a, ok := firstAmount(p.money()); ok && a.amount.Abs() == fee {
				return true
			}
		}
	}
	return false
}

// agreement says how well total, amount and fee fit each other.
func agreement(total, amount, fee money.Amount, hasFee bool) float64 {
	if total.Currency != amount.Currency {
		return 0.96
	}
	want := amount
	if hasFee && fee.Currency == amount.Currency {
		if with, err := amount.Add(fee); err == nil {
			want = with
		}
	}
	switch {
	case want == total, total == amount, total.Minor == amount.Minor-fee.Minor:
		return 1
	case total.Minor > amount.Minor:
		return 0.97
	}
	return 0.95 // a discount lies between
}

// best is the best-ranked amount of a field; of equals the greatest for a
// total, the first for a part.
func best(ps []pair, f field) (found, bool) {
	var out found
	rank, ok := 1<<30, false
	for _, p := range ps {
		if p.field != f {
			continue
		}
		a, good := firstAmount(p.money())
		if !good {
			continue
		}
		a.amount = a.amount.Abs()
		switch {
		case !ok || p.rank < rank && !a.amount.IsZero():
			out, rank, ok = a, p.rank, true
		case f == fieldTotal && p.rank == rank && a.amount.Minor > out.amount.Minor:
			out = a
		}
	}
	return out, ok
}

// fees adds up the fees, each label once.
func fees(ps []pair) (money.Amount, bool) {
	var sum money.Amount
	seen := map[string]bool{}
	ok := false
	for _, p := range ps {
		if p.field != fieldFee || seen[p.label] {
			continue
		}
		a, good := firstAmount(p.money())
		if !good {
			if free(p.value()) && p.value() != "-" && !ok {
				sum, ok = money.Rupiah(0), true
			}
			continue
		}
		seen[p.label] = true
		if !ok || sum.IsZero() {
			sum, ok = a.amount.Abs(), true
		} else if with, err := sum.Add(a.amount.Abs()); err == nil {
			sum = with
		}
	}
	return sum, ok
}

// loose takes an amount that stands alone: the largest print of many receipts
// has no label. One amount only, or the same one twice, or nothing.
func (r *reading) loose() (money.Amount, float64) {
	var out money.Amount
	for i, s := range r.sentences {
		if has(r.said[i], r.x.phrases["skipmoney"]) || len(s) > 60 {
			continue
		}
		for _, a := range amounts(s, false) {
			if out.Currency == "" {
				out = a.amount.Abs()
			} else if out != a.amount.Abs() {
				return money.Amount{}, 0
			}
		}
	}
	if out.Currency == "" {
		for _, a := range amounts(r.env.subject, false) {
			return a.amount.Abs(), 0.9
		}
		return out, 0
	}
	return out, 0.9
}

func (r *reading) reference(ps []pair) string {
	rank, out := 1<<30, ""
	for _, p := range ps {
		v := p.value()
		if p.field != fieldReference || p.rank >= rank || len(v) > 80 || len(strings.Fields(v)) > 2 || !strings.ContainsAny(v, "0123456789") {
			continue
		}
		rank, out = p.rank, strings.TrimLeft(v, "#- ")
	}
	if out == "" {
		out = invoice(r.env.subject + " " + strings.Join(r.sentences, " "))
	}
	return out
}

// invoice is a word that can only be an invoice's number.
func invoice(text string) string {
	for _, mark := range []string{"INV/", "GPA.", "INV-"} {
		if i := strings.Index(text, mark); i >= 0 {
			word, _, _ := strings.Cut(text[i:], " ")
			return strings.TrimRight(word, ".,;)")
		}
	}
	return ""
}
