package chat

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"amanah/internal/cash"
	"amanah/internal/money"
)

// Sentence is what somebody wrote about money.
type Sentence struct {
	Kind cash.Kind
	// Amounts is what may be meant, the likeliest first; more than one has to be asked.
	Amounts []money.Amount
	At      time.Time
	Timed   bool   // no day is said: it was now
	From    string // an account by name, in small letters; "" where none is named
	To      string // of a transfer
	Shop    string // behind "di" or "at"
	Note    string // what is left of the words
	Private bool
}

// maxSentence bounds what is read, in bytes.
const maxSentence = 1000

// places are names of banks and wallets that stand for accounts.
var places = map[string]cash.AccountKind{
	"bca": cash.Bank, "mandiri": cash.Bank, "bni": cash.Bank, "bri": cash.Bank, "bsi": cash.Bank, "btn": cash.Bank, "cimb": cash.Bank, "permata": cash.Bank, "jenius": cash.Bank,
	"jago": cash.Bank, "seabank": cash.Bank, "blu": cash.Bank, "danamon": cash.Bank, "ocbc": cash.Bank,
	"gopay": cash.Wallet, "ovo": cash.Wallet, "dana": cash.Wallet, "shopeepay": cash.Wallet, "linkaja": cash.Wallet, "flazz": cash.Wallet, "emoney": cash.Wallet, "brizzi": cash.Wallet,
	"tunai": cash.Cash, "cash": cash.Cash, "dompet": cash.Cash,
}

// Place tells which kind of account a known name is; ok is false for other words.
func Place(name string) (cash.AccountKind, bool) { k, ok := places[name]; return k, ok }

var (
	inWords       = []string{"gaji", "gajian", "masuk", "terima", "dapat", "dapet", "diterima", "pemasukan", "thr", "bonus", "refund", "cashback", "salary", "received", "income", "earned", "+"}
	transferWords = []string{"transfer", "tf", "pindah", "pindahkan", "topup", "top-up", "tarik", "setor", "move", "withdraw"}
	privateWords  = []string{"pribadi", "rahasia", "private", "secret"}
	months        = map[string]time.Month{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "mei": 5, "may": 5, "jun": 6, "jul": 7, "agu": 8, "agt": 8, "aug": 8, "sep": 9, "okt": 10, "oct": 10, "nov": 11, "des": 12, "dec": 12}
	weekdays      = map[string]time.Weekday{"senin": 1, "selasa": 2, "rabu": 3, "kamis": 4, "jumat": 5, "sabtu": 6, "ahad": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 0}
	units         = map[string]int64{"rb": 1000, "ribu": 1000, "k": 1000, "jt": 1_000_000, "juta": 1_000_000, "m": 1_000_000, "mio": 1_000_000, "perak": 1}
	currencies    = map[string]money.Currency{"usd": "USD", "$": "USD", "sgd": "SGD", "s$": "SGD", "myr": "MYR", "rm": "MYR", "eur": "EUR", "€": "EUR", "sar": "SAR", "jpy": "JPY", "yen": "JPY", "rp": money.IDR, "idr": money.IDR, "rupiah": money.IDR}
	figure        = regexp.MustCompile(`^([^\d.,+]{0,3})\+?(\d[\d.,]*)([a-z]*)$`)
	dayOfMonth    = regexp.MustCompile(`^(\d{1,2})[/-](\d{1,2})(?:[/-](\d{2}|\d{4}))?$`)
)

// Parse reads a sentence as of a moment, in whose zone its days lie. accounts are
// the names of the family's accounts. ok is false where no amount is named.
func Parse(text string, now time.Time, accounts []string) (s Sentence, ok bool) {
	if len(text) > maxSentence {
		return s, false
	}
	p := &parser{now: now, words: strings.Fields(strings.ToLower(text)), whole: strings.Fields(text), accounts: accounts}
	if len(p.words) != len(p.whole) { // a letter whose small form is a space
		p.whole = p.words
	}
	p.used = make([]bool, len(p.words))
	s.At = p.day()
	s.Timed = s.At.Equal(now)
	s.Amounts = p.amounts()
	if len(s.Amounts) == 0 {
		return s, false
	}
	s.Kind = cash.Out
	switch {
	case p.any(transferWords, true):
		s.Kind = cash.Transfer
	case p.any(inWords, false):
		s.Kind = cash.In
	}
	s.Private = p.any(privateWords, true)
	p.sides(&s)
	s.Shop = p.shop()
	s.Note = p.rest()
	return s, true
}

// parser goes over the words of a sentence and marks those that it used.
type parser struct {
	now          time.Time
	words, whole []string
	used         []bool
	accounts     []string
}

func (p *parser) at(i int) string {
	if i < 0 || i >= len(p.words) {
		return ""
	}
	return strings.Trim(p.words[i], ".,;:!?")
}

func (p *parser) take(from, n int) {
	for i := from; i < from+n && i < len(p.used); i++ {
		p.used[i] = true
	}
}

// any tells whether one of the words is there; take says that it tells no more
// than that.
func (p *parser) any(list []string, take bool) bool {
	found := false
	for i := range p.words {
		w := p.at(i)
		if w == "" {
			w = p.words[i]
		}
		plus := w != "+" && strings.HasPrefix(w, "+") && slices.Contains(list, "+")
		if slices.Contains(list, w) && !p.used[i] || plus {
			found = true
			if take || w == "masuk" || w == "+" {
				p.used[i] = true
			}
		}
	}
	return found
}

// amounts finds the sums. Where one bears a unit, a currency or thousands, bare
// small numbers beside it are counts.
func (p *parser) amounts() []money.Amount {
	type hit struct {
		amounts []money.Amount
		at, n   int
		sure    bool
	}
	var hits []hit
	for i := 0; i < len(p.words); i++ {
		if p.used[i] {
			continue
		}
		if a, n, sure := p.sum(i); n > 0 {
			hits = append(hits, hit{a, i, n, sure})
			i += n - 1
		}
	}
	sure := slices.ContainsFunc(hits, func(h hit) bool { return h.sure })
	var out []money.Amount
	for _, h := range hits {
		if h.sure == sure {
			out = append(out, h.amounts...)
			p.take(h.at, h.n)
		}
	}
	slices.SortStableFunc(out, func(a, b money.Amount) int { return 0 })
	if len(out) > 4 {
		out = out[:4]
	}
	return slices.Compact(out)
}

// sum reads the amount that begins at a word: "25rb", "1,5 jt", "Rp45.000", "usd 12".
func (p *parser) sum(i int) (out []money.Amount, n int, sure bool) {
	word, c, lead := strings.Trim(p.words[i], ",;:!?"), money.IDR, 0
	if named, ok := currencies[word]; ok && i+1 < len(p.words) {
		c, lead = named, 1
		word = strings.Trim(p.words[i+1], ",;:!?")
	}
	m := figure.FindStringSubmatch(strings.TrimRight(word, "."))
	if m == nil {
		return nil, 0, false
	}
	sure = lead == 1
	if m[1] != "" {
		named, ok := currencies[m[1]]
		if !ok {
			return nil, 0, false
		}
		c, sure = named, true
	}
	unit, n := int64(1), lead+1
	tail := m[3]
	if tail == "" {
		if next := p.at(i + n); next != "" && i+n < len(p.words) {
			if _, ok := units[next]; ok && next != "m" && next != "k" {
				tail, n = next, n+1
			} else if named, ok := currencies[next]; ok && lead == 0 {
				c, sure, n = named, true, n+1
			}
		}
	}
	if tail != "" {
		u, ok := units[tail]
		if named, money := currencies[tail]; money {
			c, ok, u = named, true, 1
		}
		if !ok {
			return nil, 0, false
		}
		unit, sure = u, true
	}
	minor, grouped, ok := number(m[2], unit, c)
	if !ok || minor <= 0 {
		return nil, 0, false
	}
	if c == money.IDR && unit == 1 && !grouped && !sure && minor < 100_000 {
		// "25" beside "kopi" mostly is 25,000; it has to be asked.
		return []money.Amount{{Minor: minor * 1000, Currency: c}, {Minor: minor, Currency: c}}, n, false
	}
	return []money.Amount{{Minor: minor, Currency: c}}, n, sure || grouped || minor >= 100_000
}

// number reads digits with points and commas, whichever of them groups: minor units
// of a currency after multiplying by a unit.
func number(text string, unit int64, c money.Currency) (minor int64, grouped, ok bool) {
	text = strings.TrimRight(text, ".,")
	whole, frac := text, ""
	if i := strings.LastIndexAny(text, ".,"); i >= 0 {
		after := len(text) - i - 1
		mark := text[i : i+1]
		// Three digits behind the last mark group, unless a unit follows or the mark
		// is another than those before it.
		other := strings.Trim(text[:i], "0123456789")
		switch {
		case after == 3 && unit == 1 && (other == "" || strings.Trim(other, mark) == "") && c.Digits() != 3:
			grouped = true
		case strings.Contains(text[:i], mark):
			return 0, false, false // 1.000.00
		default:
			whole, frac = text[:i], text[i+1:]
			grouped = other != ""
		}
	}
	whole = strings.NewReplacer(".", "", ",", "").Replace(whole)
	if len(whole) > 13 || len(frac) > 6 {
		return 0, false, false
	}
	n, err := strconv.ParseInt(whole+frac, 10, 64)
	if err != nil || n > 1_000_000_000_000_000 {
		return 0, false, false
	}
	scale := int64(1)
	for range c.Digits() {
		scale *= 10
	}
	n *= 1
	if n > (1<<62)/(unit*scale) {
		return 0, false, false
	}
	n *= unit * scale
	for range len(frac) {
		if n%10 != 0 {
			return 0, false, false // smaller than the smallest coin
		}
		n /= 10
	}
	return n, grouped, true
}

// rest are the words that were not used, as they were written.
func (p *parser) rest() string {
	var out []string
	for i, w := range p.whole {
		if !p.used[i] {
			out = append(out, w)
		}
	}
	for len(out) > 0 && slices.Contains([]string{"pakai", "pake", "dari", "ke", "via", "with", "from", "to", "by", "pada", "on"}, strings.ToLower(out[len(out)-1])) {
		out = out[:len(out)-1]
	}
	return strings.Trim(strings.Join(out, " "), " ,;:-")
}
