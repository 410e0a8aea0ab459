package email

import (
	"strings"
	"unicode"
)

// kindText is what the mail says about the kind of transaction: its type field,
// subject and first sentences, in small letters.
func (r *reading) kindText(ps []pair) string {
	var b strings.Builder
	for _, p := range ps {
		if p.field == fieldType {
			b.WriteString(strings.ToLower(p.value()))
			b.WriteString(" | ")
		}
	}
	b.WriteString(r.subject)
	return b.String()
}

// intro is the first sentences.
func (r *reading) intro() string { return strings.Join(r.said[:min(len(r.said), 5)], " | ") }

// direction says whether money left, came or moved between own pockets.
func (r *reading) direction(ps []pair, kind string, s spoken) string {
	if r.back() {
		return "in"
	}
	p := r.x.phrases
	if has(s.low, p["landed"]) && has(s.low, p["gains"]) {
		return "in"
	}
	if r.layout != nil && r.layout.Direction != "" {
		// One layout may carry both ways; then the type or first words tell.
		if r.layout.Direction == "out" && (r.credits(ps) || has(r.intro(), p["received"])) {
			return "in"
		}
		return r.layout.Direction
	}
	all := kind + " | " + r.intro() + " | " + s.low
	switch {
	case has(kind, p["internal"]) || has(r.intro(), p["internal"]):
		return "internal"
	case r.refunded():
		return "in"
	case has(kind, p["incoming"]):
		return "in"
	case has(kind, p["outgoing"]):
		return "out"
	case has(all, p["incoming"]):
		return "in"
	}
	return "out"
}

// credits tells that the type of the transaction is one that only brings money.
func (r *reading) credits(ps []pair) bool {
	for _, p := range ps {
		v := strings.ToLower(p.value())
		if p.field == fieldType && has(v, r.x.phrases["credits"]) && !has(v, []string{"bayar", "payment", "keluar"}) {
			return true
		}
	}
	return false
}

// back tells that the mail is about money given back, whatever layout it has.
func (r *reading) back() bool {
	return has(r.subject, r.x.phrases["reversal"]) || r.refunded() && has(r.subject, []string{"refund", "pengembalian dana", "dikembalikan"})
}

// channel says by which way the money went.
func (r *reading) channel(kind string, s spoken) string {
	if r.back() || has(kind, []string{"pengembalian dana", "refund"}) {
		return "refund"
	}
	if r.layout != nil && r.layout.Channel != "" {
		return r.layout.Channel
	}
	if r.refunded() {
		return "refund"
	}
	for _, text := range []string{kind, r.intro() + " | " + s.low, r.low} {
		if c := channelIn(text); c != "" {
			return c
		}
	}
	return ""
}

var channels = []struct {
	name  string
	words []string
}{
	{"qris", []string{"qris", "qr payment", "pembayaran qr", "dengan qr", "bayar qr", "scan qr"}},
	{"bifast", []string{"bi-fast", "bi fast", "bifast"}},
	{"va", []string{"virtual account", "briva", " va ", "multipayment"}},
	{"topup", []string{"top up", "top-up", "topup", "isi ulang", "isi saldo", "e-money", "brizzi", "pulsa"}},
	{"cash", []string{"tarik tunai", "cash withdrawal", "penarikan tunai", "setor tunai", "cash deposit", "withdrawal", "setortunai"}},
	{"credit_card", []string{"kartu kredit", "credit card"}},
	{"debit_card", []string{"kartu debit", "debit card", "debit bca", "d-card"}},
	{"bill", []string{"tagihan", "bill payment", "pln", "bpjs", "pdam", "token listrik", "autodebet", "auto debit"}},
	{"transfer", []string{"transfer", "pemindahan dana", "kirim uang", "skn", "rtgs"}},
	{"ewallet", []string{"e-wallet", "dompet digital", "gopay", "shopeepay", "linkaja"}},
	{"purchase", []string{"pembelian", "purchase", "order", "pesanan"}},
}

func channelIn(text string) string {
	for _, c := range channels {
		if has(" "+text+" ", c.words) {
			return c.name
		}
	}
	return ""
}

// party finds the other side: who was paid, or who paid.
func (r *reading) party(ps []pair, s spoken, t *Transaction, e *evidence) {
	first, second := fieldMerchant, fieldFrom
	if t.Direction == "in" && t.Channel != "refund" {
		first, second = fieldFrom, fieldMerchant
	}
	if m := r.named(ps, first); m != "" {
		t.Merchant = r.until(m)
		return
	}
	if m := holder(ps); m != "" && t.Direction == "out" {
		t.Merchant = m
		return
	}
	if m := r.below(); m != "" {
		t.Merchant = m
		return
	}
	if r.layout != nil {
		for _, re := range r.layout.subjects {
			if m := group(re, r.env.subject, "merchant"); m != "" {
				t.Merchant = cleanName(m)
				return
			}
		}
	}
	if r.layout != nil && r.layout.Merchant != "" {
		t.Merchant = r.layout.Merchant
		return
	}
	if s.merchant != "" {
		t.Merchant = s.merchant
		e.times(0.98, "merchant")
		return
	}
	if m := nameAfter(r.env.subject); m != "" {
		t.Merchant = m
		e.times(0.97, "merchant")
		return
	}
	if m := r.addressee(); m != "" && t.Direction == "out" {
		t.Merchant = m
		e.times(0.97, "merchant")
		return
	}
	if t.Direction == "out" && (t.Channel == "topup" || t.Channel == "bill" || t.Channel == "ewallet") {
		for _, p := range ps {
			if p.field == fieldType && letters(p.value()) {
				t.Merchant = p.value()
				return
			}
		}
	}
	if t.Direction == "out" {
		t.Merchant = r.obligation(ps)
	}
	if t.Channel == "refund" {
		t.Merchant = r.named(ps, second)
	}
	if t.Merchant == "" && t.Direction == "out" {
		t.Merchant = r.named(ps, fieldDest)
	}
}

// holder is the name right behind the account that was paid: "Ke Rekening",
// "Bank", "Atas Nama".
func holder(ps []pair) string {
	for i, p := range ps {
		switch p.label {
		case "atas nama", "a/n", "nama", "name", "nama rekening", "account name", "nama pemilik":
		default:
			continue
		}
		for _, q := range ps[max(0, i-2):i] {
			if q.field == fieldDest && has(q.label, []string{"rekening", "account"}) && !senderLabel(q.label) && ps[i-1].field == fieldDest {
				return cleanName(p.value())
			}
		}
	}
	return ""
}

// obligation is the type of a payment that names what was paid off: "Credit
// Card & Paylater".
func (r *reading) obligation(ps []pair) string {
	for _, p := range ps {
		if p.field == fieldType && has(strings.ToLower(p.value()), r.x.phrases["obligations"]) {
			return p.value()
		}
	}
	return ""
}

// addressee is who one of the first sentences says was paid: "Pembayaran ke
// TOKO MAJU berhasil", the amount standing elsewhere.
func (r *reading) addressee() string {
	for i, s := range r.said[:min(len(r.said), 6)] {
		if len(s) > 200 || !has(s, r.x.phrases["transfers"]) || !has(s, r.x.phrases["settled"]) {
			continue
		}
		if m := nameBehind(r.sentences[i], []string{" ke ", " kepada ", " to "}); m != "" {
			return m
		}
	}
	return ""
}

// below is the name under the line that the layout points to.
func (r *reading) below() string {
	if r.layout == nil || len(r.layout.After) == 0 {
		return ""
	}
	for i, s := range r.segs {
		if len(s.low) > 60 || !startsWith(s.low, r.layout.After) {
			continue
		}
		for _, n := range r.segs[i+1 : min(len(r.segs), i+3)] {
			if name := cleanName(n.text); name != "" {
				return r.until(name)
			}
		}
	}
	return ""
}

// until cuts a name where the layout says that it ends.
func (r *reading) until(name string) string {
	if r.layout != nil && r.layout.Until != "" {
		name, _, _ = strings.Cut(name, r.layout.Until)
	}
	return strings.TrimSpace(name)
}

// named is the best-ranked name among the pairs of a field.
func (r *reading) named(ps []pair, f field) string {
	rank, out := 1<<30, ""
	for _, p := range ps {
		if p.field != f || p.rank >= rank {
			continue
		}
		for i, v := range p.values {
			if i > 1 {
				break
			}
			if n := cleanName(v); n != "" {
				rank, out = p.rank, n
				break
			}
		}
	}
	return out
}

// cleanName takes the account, bank and remarks off a name; empty when nothing
// of a name is left.
func cleanName(v string) string {
	v = strings.Trim(v, " -:•·*\"'“”,;|")
	for _, sep := range []string{" • ", " · ", " - ", " | ", "-X", "-x", " ("} {
		if i := strings.Index(v, sep); i > 0 {
			left, right := v[:i], v[i:]
			if !letters(left) || lastDigits(left, false) != "" && letters(right) {
				v = strings.Trim(right, " -•·|")
			} else if lastDigits(right, false) != "" {
				v = left
			}
		}
	}
	v = strings.Trim(v, " -:•·*,;|")
	// The long number of a QR behind a shop's name.
	if i := strings.LastIndexByte(v, ' '); i > 0 && len(v)-i > 15 && onlyDigits(v[i+1:]) == v[i+1:] {
		v = strings.TrimSpace(v[:i])
	}
	if !letters(v) || len(v) > 120 || masked(strings.ToLower(v)) != "" && len(onlyLetters(v)) < 3 || len(amounts(v, false)) > 0 {
		return ""
	}
	return v
}

// letters tells that a text has a name in it, not only numbers and marks.
func letters(s string) bool { return len(onlyLetters(s)) >= 2 }

func onlyLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0xc0 && unicode.IsLetter(r) {
			if r == 'x' || r == 'X' {
				return -1
			}
			return r
		}
		return -1
	}, s)
}

// account finds the last digits of the own account or card.
func (r *reading) account(ps []pair, s spoken, t *Transaction) {
	fields := []field{fieldAccount, fieldFrom}
	if t.Direction == "in" {
		fields = []field{fieldDest, fieldAccount, fieldMerchant}
		if t.Channel == "refund" || t.Channel == "cash" {
			fields = []field{fieldAccount, fieldDest}
		}
	}
	for _, f := range fields {
		rank := 1 << 30
		for _, p := range ps {
			if p.field != f || p.rank >= rank || f == fieldDest && senderLabel(p.label) {
				continue
			}
			for _, v := range p.values {
				if d := or(lastDigits(v, false), tail(v, f)); d != "" && !stampOnly(v) {
					t.AccountLast, rank = d, p.rank
					if p.values[0] != v && !strings.ContainsAny(p.values[0], "0123456789*") {
						t.AccountName = p.values[0]
					}
					break
				}
			}
		}
		if t.AccountLast != "" {
			return
		}
	}
	if t.AccountLast = s.account; t.AccountLast != "" || t.Direction == "in" {
		return
	}
	for _, g := range r.segs {
		if d := masked(g.low); d != "" && len(g.text) <= 60 && len(onlyLetters(g.text)) <= 3 {
			t.AccountLast = d
			return
		}
	}
	t.AccountLast = r.spokenAccount()
}

// spokenAccount is the only masked number that the sentences name as a card or
// account.
func (r *reading) spokenAccount() string {
	out := ""
	for i, s := range r.said {
		if len(s) > 400 || !has(s, []string{"kartu", "card", "rekening", "account"}) {
			continue
		}
		d := lastDigits(r.sentences[i], true)
		if d != "" && out != "" && d != out {
			return ""
		}
		out = or(out, d)
	}
	return out
}

// tail reads a card of which only the end is printed: "-1774", "Visa • 4417",
// "VISA x-4417".
func tail(v string, f field) string {
	if f != fieldAccount {
		return ""
	}
	v = strings.TrimRight(v, " ).")
	i := len(v)
	for i > 0 && digit(v[i-1]) {
		i--
	}
	d, before := v[i:], strings.TrimRight(v[:i], " ")
	if len(d) != 4 && len(d) != 3 || len(amounts(v, false)) > 0 {
		return "" // "GoPay: Rp36.500" is what was paid with it
	}
	if before == "" || before == "(" || strings.HasSuffix(before, "-") || strings.HasSuffix(before, ".") || strings.HasSuffix(before, "•") || strings.HasSuffix(before, "·") || strings.HasSuffix(before, "*") {
		return d
	}
	return ""
}

func senderLabel(l string) bool {
	return strings.Contains(l, "pengirim") || strings.Contains(l, "sender") || strings.Contains(l, "asal")
}

func stampOnly(v string) bool {
	st := stamps(v, dayFirst)
	return len(st) > 0 && st[0].hasDate && st[0].start < 3
}
