package email

import "strings"

// field is what a label stands for.
type field string

// The fields that labels name. Money that must never be booked (balance, limit,
// tip, points ...) is fieldSkip, so that it is recognised and passed over.
const (
	fieldStatus    field = "status"
	fieldType      field = "type"
	fieldTotal     field = "total"
	fieldAmount    field = "amount"
	fieldFee       field = "fee"
	fieldSkip      field = "skip"
	fieldMerchant  field = "merchant"
	fieldFrom      field = "from"
	fieldAccount   field = "account"
	fieldDest      field = "dest"
	fieldDate      field = "date"
	fieldTime      field = "time"
	fieldReference field = "reference"
	fieldOther     field = "other"
)

// meaning is a field and how well the label says so: 0 is best.
type meaning struct {
	field field
	rank  int
}

// lexicon maps labels, made plain by plainLabel, to their meaning. A layout's
// own labels stand before the common ones.
type lexicon struct {
	own    map[string]meaning
	common map[string]meaning
}

func (l lexicon) find(label string) (meaning, bool) {
	if m, ok := l.own[label]; ok {
		return m, true
	}
	m, ok := l.common[label]
	return m, ok
}

// plainLabel makes a label comparable: small letters, no dots, quotes, bullets
// or trailing colon.
func plainLabel(s string) string {
	s = strings.Trim(s, " :*•·-=>")
	if strings.ContainsAny(s, ".'’`") {
		s = strings.NewReplacer(".", "", "'", "", "’", "", "`", "").Replace(s)
	}
	s = strings.ReplaceAll(s, " / ", "/")
	return strings.Join(strings.Fields(s), " ")
}

// whole finds the meaning of a text that is a label and nothing else. Two
// languages may stand side by side ("Tanggal / Date"), a remark in brackets
// behind.
func (l lexicon) whole(low string) (meaning, bool) {
	if len(low) > 60 || len(low) < 2 {
		return meaning{}, false
	}
	p := plainLabel(low)
	if m, ok := l.find(p); ok {
		return m, true
	}
	if strings.IndexByte(p, ':') >= 0 {
		return meaning{}, false
	}
	if i := strings.IndexByte(p, '('); i > 0 && strings.HasSuffix(p, ")") {
		if m, ok := l.find(strings.TrimSpace(p[:i])); ok {
			return m, true
		}
		p = strings.TrimSpace(p[:i]) + "/" + strings.Trim(p[i:], "()")
	}
	if strings.ContainsAny(p, "/|") {
		return l.bilingual(p)
	}
	return l.kindred(p)
}

// kindred finds the meaning of a label that says a known one in more words:
// "Total transaksi ini", "Nomor kartu Anda", "Jumlah premi dasar".
func (l lexicon) kindred(p string) (meaning, bool) {
	words := strings.Fields(p)
	n := len(words)
	if n < 2 || n > 4 || strings.ContainsAny(p, "0123456789*•") {
		return meaning{}, false
	}
	switch words[n-1] {
	case "ini", "anda", "kamu", "saya", "tersebut":
		m, ok := l.find(strings.Join(words[:n-1], " "))
		return m, ok
	}
	if has(p, notMoney) || has(p, notDone) {
		return meaning{}, false
	}
	switch words[0] {
	case "jumlah", "nominal":
		return meaning{fieldAmount, vague}, true
	case "tanggal", "tgl":
		return meaning{fieldDate, vague}, true
	}
	return meaning{}, false
}

// vague ranks a guessed label behind every known one.
const vague = 1 << 10

var (
	notMoney = []string{"poin", "point", "limit", "saldo", "barang", "item", "orang", "peserta", "lembar", "unit", "diskon", "cashback", "promo", "potongan", "hadiah", "bonus", "minimum", "minimal", "maksimum", "maksimal", "target", "pinjaman", "plafon", "transaksi bulan", "hari", "tunggakan", "denda", "pajak", "ppn"}
	notDone  = []string{"jatuh tempo", "cetak", "berlaku", "mulai", "akhir", "selesai", "lahir", "berikut", "daftar", "bergabung", "estimasi", "kirim barang", "tiba", "menginap", "check", "berangkat", "keberangkatan", "kedatangan", "acara", "main", "nonton", "perjalanan", "akan", "jadwal", "tagihan"}
)

// bilingual reads "tanggal/date": every part must be a label, the first counts.
func (l lexicon) bilingual(p string) (meaning, bool) {
	var first meaning
	for i, part := range strings.FieldsFunc(p, func(r rune) bool { return r == '/' || r == '|' }) {
		m, ok := l.find(strings.TrimSpace(part))
		if !ok {
			return meaning{}, false
		}
		if i == 0 {
			first = m
		}
	}
	return first, true
}

// form is how a label stands in its segment.
type form int

const (
	noLabel   form = iota
	wholeText      // the segment is the label, the value follows
	withColon      // "label : value"
	asPrefix       // "label value"
)

// tag is what label a segment begins with, and the rest of it.
type tag struct {
	form  form
	known bool
	meaning
	label string
	rest  string
}

// tagOf reads the label of one segment.
func (l lexicon) tagOf(s seg) tag {
	if m, ok := l.whole(s.low); ok {
		return tag{form: wholeText, known: true, meaning: m, label: plainLabel(s.low)}
	}
	if t, ok := l.colon(s); ok {
		return t
	}
	if t, ok := l.prefix(s); ok {
		return t
	}
	return tag{}
}

// colon reads "label : value". A label nobody knows still ends the value of the
// one before it.
func (l lexicon) colon(s seg) (tag, bool) {
	i := strings.IndexByte(s.text, ':')
	if i <= 0 || i > 60 {
		return tag{}, false
	}
	left, rest := strings.ToLower(s.text[:i]), strings.TrimSpace(strings.TrimLeft(s.text[i:], ": "))
	if m, ok := l.whole(left); ok {
		return tag{form: withColon, known: true, meaning: m, label: plainLabel(left), rest: rest}, true
	}
	if digit(s.text[i-1]) && i+1 < len(s.text) && digit(s.text[i+1]) || strings.HasPrefix(s.text[i:], "://") {
		return tag{}, false
	}
	if len(strings.Fields(left)) > 5 || i > 40 {
		return tag{}, false
	}
	return tag{form: withColon, meaning: meaning{field: fieldOther}, label: plainLabel(left), rest: rest}, true
}

// prefix reads "label value" where nothing stands between the two. The value
// must look like what the label promises, or any sentence would do.
func (l lexicon) prefix(s seg) (tag, bool) {
	if s.text == "" || len(s.text) > 160 || s.text[0] >= 'a' && s.text[0] <= 'z' {
		return tag{}, false
	}
	ends := wordEnds(s.text, 6)
	for k := len(ends) - 1; k >= 0; k-- {
		left := plainLabel(strings.ToLower(s.text[:ends[k]]))
		m, ok := l.find(left)
		if !ok && strings.ContainsAny(left, "(/") {
			m, ok = l.whole(left)
		}
		if !ok {
			continue
		}
		rest := strings.TrimLeft(s.text[ends[k]:], " -=:")
		if strings.HasPrefix(strings.TrimSpace(s.text[ends[k]:]), "-R") && rest != "" {
			rest = strings.TrimSpace(s.text[ends[k]:])
		}
		// The longest label counts: "Merchant PAN 9360" names no merchant "PAN".
		return tag{form: asPrefix, known: true, meaning: m, label: left, rest: rest}, fits(m.field, rest)
	}
	return tag{}, false
}

// wordEnds gives the places where the first words of a text end, the last word
// left out.
func wordEnds(s string, most int) []int {
	var out []int
	for i := 1; i < len(s) && len(out) < most; i++ {
		if s[i] == ' ' && s[i-1] != ' ' {
			out = append(out, i)
		}
	}
	return out
}

// fits tells whether a value looks like what a field holds.
func fits(f field, v string) bool {
	if v == "" {
		return false
	}
	switch f {
	case fieldTotal, fieldAmount, fieldFee, fieldSkip:
		if f == fieldFee && free(v) {
			return true
		}
		a, ok := firstAmount(v)
		return ok && a.start <= 2 && len(v)-a.end <= 25
	case fieldDate:
		st := stamps(v, dayFirst)
		return len(st) > 0 && st[0].hasDate && st[0].start <= 12 && len(v) <= 60
	case fieldTime:
		st := stamps(v, dayFirst)
		return len(st) > 0 && st[0].start <= 2 && len(v) <= 45
	case fieldAccount, fieldDest:
		return len(v) <= 60 && strings.ContainsAny(v, "0123456789*•") || len(v) <= 40 && titled(strings.ToUpper(v))
	case fieldStatus:
		return len(v) <= 30 && titled2(v)
	case fieldReference:
		return len(v) <= 70 && strings.ContainsAny(v, "0123456789") && len(strings.Fields(v)) <= 2
	case fieldMerchant, fieldFrom, fieldType, fieldOther:
		return titled(v)
	}
	return false
}

// titled tells a name from the end of a sentence: short, begun with a capital
// or a digit, and without the small words that sentences are made of.
func titled(v string) bool {
	if len(v) > 70 || strings.HasSuffix(v, ".") && len(strings.Fields(v)) > 6 {
		return false
	}
	// A name in small letters is one word that no sentence has: "tokoku.id".
	if v[0] >= 'a' && v[0] <= 'z' && (strings.Contains(v, " ") || !strings.ContainsAny(v, "._-0123456789")) {
		return false
	}
	low := " " + strings.TrimRight(strings.ToLower(v), "!?. ") + " "
	for _, w := range []string{" telah ", " berhasil ", " sebesar ", " anda ", " kamu ", " sudah ", " yang ", " has been ", " your ", " was ", " is ", " akan ", " dengan detail", " tidak ", " belum ", " gagal "} {
		if strings.Contains(low, w) {
			return false
		}
	}
	return true
}

// titled2 is a short text that begins with a capital.
func titled2(v string) bool { return v[0] < 'a' || v[0] > 'z' }

func free(v string) bool {
	v = strings.Trim(strings.ToLower(v), " .!")
	return v == "gratis" || v == "free" || v == "tanpa biaya" || v == "bebas biaya" || v == "-"
}
