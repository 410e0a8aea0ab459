package email

import (
	"regexp"
	"strings"

	"amanah/internal/money"
)

// spoken is what one sentence says about a transaction.
type spoken struct {
	ok       bool
	amount   money.Amount
	fee      money.Amount
	merchant string
	account  string
	date     stamp
	low      string
}

// sentence reads the mail's sentences: by the issuer's patterns, then by the
// common shape "verb ... amount ... at name ... on date".
func (r *reading) sentence() spoken {
	if r.layout != nil {
		text := strings.Join(strings.Fields(joined(r.segs)), " ")
		for _, re := range r.layout.patterns {
			if s, ok := r.pattern(re, text); ok {
				return s
			}
		}
	}
	for i, text := range r.sentences {
		low := r.said[i]
		if len(text) < 20 || len(text) > 600 || !has(low, r.x.phrases["verbs"]) {
			continue
		}
		a, ok := r.meant(text, low)
		if !ok {
			continue
		}
		s := spoken{ok: true, amount: a.amount.Abs(), low: low, account: lastDigits(text, true), merchant: nameAfter(text)}
		for _, st := range stamps(text, r.order()) {
			if st.hasDate {
				s.date = st
				break
			}
		}
		return s
	}
	return spoken{}
}

// meant is the amount of a sentence that is the transaction's: the first that no
// word before it makes a balance, limit or offer.
func (r *reading) meant(text, low string) (found, bool) {
	// "Cashback Rp25.000 telah masuk" is money that came, not an offer.
	landed := has(low, r.x.phrases["landed"])
	for _, a := range amounts(text, false) {
		if a.start > len(low) {
			break
		}
		before := low[max(0, a.start-28):a.start]
		if landed {
			for _, g := range r.x.phrases["gains"] {
				before = strings.ReplaceAll(before, g, "")
			}
		}
		if has(before, r.x.phrases["skipmoney"]) || strings.Contains(before, "biaya") || strings.Contains(before, "fee ") {
			continue
		}
		return a, true
	}
	return found{}, false
}

// pattern reads the named groups of an issuer's pattern.
func (r *reading) pattern(re *regexp.Regexp, text string) (spoken, bool) {
	m := re.FindStringSubmatchIndex(text)
	if m == nil {
		return spoken{}, false
	}
	s := spoken{low: strings.ToLower(text[m[0]:m[1]])}
	for i, name := range re.SubexpNames() {
		if name == "" || m[2*i] < 0 {
			continue
		}
		v := strings.TrimSpace(text[m[2*i]:m[2*i+1]])
		switch name {
		case "amount":
			a, ok := firstAmount(v)
			s.amount, s.ok = a.amount.Abs(), ok
		case "fee":
			if a, ok := firstAmount(v); ok {
				s.fee = a.amount.Abs()
			}
		case "merchant":
			s.merchant = cleanName(v)
		case "account":
			s.account = lastDigits(v, false)
		case "date":
			for _, st := range stamps(v+zoneBehind(text[m[2*i+1]:]), r.order()) {
				if st.hasDate {
					s.date = st
					break
				}
			}
		}
	}
	if s.account == "" {
		s.account = lastDigits(text, true)
	}
	return s, s.ok
}

// zoneBehind is the time zone that follows a date, though the pattern ended
// before it.
func zoneBehind(rest string) string {
	w, _, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	w = strings.Trim(w, "().,;")
	if _, ok := zones[lower(w)]; !ok {
		return ""
	}
	return " " + w
}

func group(re *regexp.Regexp, text, name string) string {
	m := re.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	for i, n := range re.SubexpNames() {
		if n == name && m[i] != "" {
			return strings.TrimSpace(m[i])
		}
	}
	return ""
}

// openers stand before the name of the other side; closers end it.
var (
	openers = []string{" di merchant ", " at merchant ", " pada merchant ", " ke merchant ", " kepada ", " di ", " at ", " ke ", " to ", " dari ", " from ", " untuk pembayaran ", " untuk ", " for "}
	closers = []string{" sebesar ", " sejumlah ", " senilai ", " pada ", " tanggal ", " tgl ", " dengan ", " menggunakan ", " telah ", " berhasil", " sudah ", " on ", " for ", " using ", " with ", " via ", " melalui ", " dari rekening", " ke rekening", " was ", " has ", " in the amount", " amounting ", " of ", " is ", " untuk ", " dari kartu", " lewat ", " from your", " to your", " pukul ", " jam ", " rp", " idr ", " usd ", " $", ", ", "; ", " (", "! ", " - "}
)

// nameAfter reads a name out of a sentence.
func nameAfter(text string) string { return nameBehind(text, openers) }

// nameBehind reads the name behind one of the given words.
func nameBehind(text string, openers []string) string {
	low := lower(text)
	for _, o := range openers {
		for from := 0; ; {
			i := strings.Index(low[from:], o)
			if i < 0 {
				break
			}
			start := from + i + len(o)
			from = start - 1
			if start >= len(text) || text[start] >= 'a' && text[start] <= 'z' {
				continue
			}
			end := len(text)
			for _, c := range closers {
				if j := strings.Index(low[start:], c); j >= 0 && start+j < end {
					end = start + j
				}
			}
			if name := cleanName(strings.TrimRight(text[start:end], " .!?")); name != "" && !common(name) && !stampOnly(name) {
				return name
			}
		}
	}
	return ""
}

// common tells that a word after an opener is no name.
func common(name string) bool {
	first, _, _ := strings.Cut(strings.ToLower(name), " ")
	if _, month := months[first]; month || weekday(first) {
		return true
	}
	switch first {
	case "rekening", "kartu", "anda", "kamu", "nomor", "no", "rp", "idr", "usd", "your", "account", "card", "rekeningmu", "akun", "virtual", "bpk/ibu", "bapak/ibu", "bapak", "nasabah", "aplikasi", "tabungan", "kantong", "saldo", "terima", "online":
		return true
	}
	return false
}
