package mutation

import (
	"slices"
	"strings"
)

// noise are the words around a name that say how money moved. They are taken off
// the beginning only.
var noise = []string{"trsf", "transfer", "e", "banking", "ebanking", "m", "db", "cr", "debit", "debet", "kredit", "credit", "kartu", "card", "transaksi", "trx", "tgl",
	"tanggal", "qris", "qr", "qrc", "pembayaran", "payment", "pymt", "pembelian", "purchase", "pos", "edc", "ke", "dari", "to", "from", "via", "byr", "bifast", "bi", "fast",
	"kr", "otomatis", "llg", "skn", "rtgs", "antar", "bank", "online", "biaya", "txn", "switching", "flazz", "mobile", "ovb", "atm", "kepada"}

// ways are the words that tell how money moved, and what for as far as that
// follows. The first that stands in the text counts.
var ways = []struct {
	word, channel, category string
}{
	{"qris", "qris", ""}, {"qr ", "qris", ""},
	{"biaya adm", "fee", "bills"}, {"biaya transaksi", "fee", "bills"}, {"biaya txn", "fee", "bills"}, {"admin fee", "fee", "bills"}, {"pajak bunga", "fee", "bills"},
	{"bunga", "interest", "income"}, {"interest", "interest", "income"},
	{"tarikan atm", "cash", "cash"}, {"tarik tunai", "cash", "cash"}, {"cash withdrawal", "cash", "cash"}, {"setoran tunai", "cash", "cash"},
	{"kartu debit", "debit_card", ""}, {"debit card", "debit_card", ""}, {"transaksi debit", "debit_card", ""},
	{"top up", "transfer", "topup"}, {"topup", "transfer", "topup"},
	{"bi fast", "transfer", "transfer"}, {"bi-fast", "transfer", "transfer"}, {"trsf", "transfer", "transfer"}, {"transfer", "transfer", "transfer"}, {"llg", "transfer", "transfer"}, {"rtgs", "transfer", "transfer"},
	{"virtual account", "virtual_account", ""}, {"gaji", "transfer", "income"}, {"payroll", "transfer", "income"},
}

// read takes from a bank's words what they say: who was on the other side, how
// the money moved, and what for.
func read(text, direction string) (party, channel, category string) {
	low := strings.ToLower(text)
	for _, w := range ways {
		if strings.Contains(low, w.word) {
			channel, category = w.channel, w.category
			break
		}
	}
	if category == "income" && direction == "out" {
		category = "bills"
	}
	if category == "bills" && direction == "in" {
		category = "refund"
	}
	return partyOf(text, channel), channel, category
}

// partyOf takes codes, dates and amounts off a bank's words, and the words before
// the name. What is left is the other side; a fee has none.
func partyOf(text, channel string) string {
	if channel == "fee" || channel == "interest" {
		return ""
	}
	fields := strings.Fields(text)
	var kept []string
	for _, f := range fields {
		if coded(f) {
			continue
		}
		f = strings.Trim(f, "-/:;,|*")
		if f == "" || len(kept) == 0 && noisy(f) {
			continue
		}
		kept = append(kept, f)
	}
	name := strings.Join(kept, " ")
	if len(name) < 3 {
		return ""
	}
	return cut(name, 80)
}

func noisy(f string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(f), func(r rune) bool { return r == '-' || r == '/' || r == ':' || r == '.' }) {
		if !slices.Contains(noise, w) {
			return false
		}
	}
	return true
}

// coded tells a word that is no part of a name: three digits or more, or digits
// between strokes.
func coded(f string) bool {
	digits := 0
	for _, c := range []byte(f) {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return digits >= 3 || digits > 0 && (digits == len(f) || strings.ContainsAny(f, "/.:"))
}
