package mutation

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"amanah/internal/fault"
)

// Mapping says which column of a file is what. Columns count from 1; 0 is none.
type Mapping struct {
	Layout string `json:"layout"` // the rule that read it, such as "bca/personal@1"
	Issuer string `json:"issuer"` // "BCA"
	Last   string `json:"last,omitempty"`

	Date      int `json:"date"`
	Time      int `json:"time,omitempty"`
	Text      int `json:"text"`
	More      int `json:"more,omitempty"` // a second column of text
	Amount    int `json:"amount,omitempty"`
	Debit     int `json:"debit,omitempty"`  // money that left
	Credit    int `json:"credit,omitempty"` // money that came
	Side      int `json:"side,omitempty"`   // DB or CR, D or K
	Balance   int `json:"balance,omitempty"`
	Reference int `json:"reference,omitempty"`
	Currency  int `json:"currency,omitempty"`
	Account   int `json:"account,omitempty"`

	// Order of dates of digits: "dmy", "mdy", "ymd".
	Order string `json:"order"`
	// Decimal is "," or "."; "" where each number says it itself.
	Decimal string `json:"decimal,omitempty"`
	// Sign says what an amount without a side means: SignMinusOut, SignPlusOut,
	// SignOut or SignIn; "" where nobody knows.
	Sign string `json:"sign,omitempty"`
	// Year is that of dates without one, where the file names no period.
	Year int `json:"year,omitempty"`
}

// What the amount's own sign says.
const (
	SignMinusOut = "minus_out" // minus is money that left: accounts
	SignPlusOut  = "plus_out"  // plus is money that was spent: cards
	SignOut      = "out"       // every row is money that left
	SignIn       = "in"
)

// roles are the mapping's columns by the names that rules and forms use.
func (m *Mapping) roles() map[string]*int {
	return map[string]*int{"date": &m.Date, "time": &m.Time, "text": &m.Text, "more": &m.More, "amount": &m.Amount, "debit": &m.Debit, "credit": &m.Credit,
		"side": &m.Side, "balance": &m.Balance, "reference": &m.Reference, "currency": &m.Currency, "account": &m.Account}
}

// Roles are the names of what a column can be, in the order that people ask.
func Roles() []string {
	return []string{"date", "time", "text", "more", "amount", "debit", "credit", "side", "balance", "reference", "currency", "account"}
}

// Column is the column of a role, 0 for none.
func (m *Mapping) Column(role string) int {
	if p := m.roles()[role]; p != nil {
		return *p
	}
	return 0
}

// Set says which column has a role; unknown roles are passed over.
func (m *Mapping) Set(role string, column int) {
	if p := m.roles()[role]; p != nil {
		*p = column
	}
}

// Check says what a mapping lacks, as a fault Invalid on the field of the form.
func (m *Mapping) Check(columns int) error {
	const op = "mutation.Check"
	for _, role := range Roles() {
		if c := m.Column(role); c < 0 || c > columns {
			return fault.New(fault.Invalid, op, "mutation.mapping.column").On(role)
		}
	}
	switch {
	case m.Date == 0:
		return fault.New(fault.Invalid, op, "mutation.mapping.date").On("date")
	case m.Amount == 0 && m.Debit == 0 && m.Credit == 0:
		return fault.New(fault.Invalid, op, "mutation.mapping.amount").On("amount")
	case m.Amount > 0 && (m.Debit > 0 || m.Credit > 0):
		return fault.New(fault.Invalid, op, "mutation.mapping.both").On("amount")
	case m.Amount > 0 && m.Side == 0 && m.Sign == "":
		return fault.New(fault.Invalid, op, "mutation.mapping.sign").On("sign")
	}
	return nil
}

// fingerprint tells files of one layout: the header's words.
func fingerprint(header []string) string {
	var b strings.Builder
	for _, c := range header {
		b.WriteString(plain(c))
		b.WriteByte(0)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}

// plain is a header cell in small letters with single blanks for everything else.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	}), " ")
}

// words are the header cells that name a role, the surest first.
var words = map[string][]string{
	"date":      {"tanggal transaksi", "tgl transaksi", "tgl tran", "tgl trx", "transaction date", "trx date", "tanggal", "tgl", "date", "tanggal waktu", "date time", "datetime", "waktu transaksi", "tanggal jam", "posting date", "post date", "postdate", "tanggal posting", "tanggal pembukuan", "tanggal efektif", "value date", "tgl efektif"},
	"time":      {"jam transaksi", "jam tran", "jam", "time", "transaction time", "waktu"},
	"text":      {"keterangan", "keterangan transaksi", "deskripsi", "description", "transaction description", "uraian transaksi", "uraian", "remarks", "remark", "desk tran", "rincian transaksi", "rincian", "detail transaksi", "details", "detail", "merchant", "nama merchant", "narration", "berita", "catatan", "transaksi", "nama"},
	"amount":    {"jumlah", "nominal", "jumlah transaksi", "nominal transaksi", "amount", "transaction amount", "jumlah idr", "amount idr", "mutasi", "nilai transaksi", "nilai", "total"},
	"debit":     {"debet", "debit", "mutasi debet", "mutasi debit", "debit amount", "uang keluar", "dana keluar", "keluar", "pengeluaran", "withdrawal", "debit idr", "debet idr", "db"},
	"credit":    {"kredit", "credit", "mutasi kredit", "credit amount", "uang masuk", "dana masuk", "masuk", "pemasukan", "deposit", "kredit idr", "credit idr", "cr"},
	"side":      {"db cr", "cr db", "d k", "k d", "dk", "d c", "c d", "dr cr", "debit kredit", "debet kredit", "jenis mutasi", "jenis transaksi", "tipe transaksi", "tipe", "jenis", "type", "arah"},
	"balance":   {"saldo", "saldo akhir mutasi", "saldo akhir", "balance", "close balance", "closing balance", "ending balance", "running balance", "saldo idr"},
	"reference": {"no referensi", "nomor referensi", "no ref", "reference no", "reference number", "reference", "ref no", "ref", "id transaksi", "transaction id", "trx id", "kode transaksi", "no transaksi", "nomor transaksi", "order id", "journal no", "no jurnal"},
	"currency":  {"mata uang", "currency", "ccy", "valuta"},
	"account":   {"norek", "no rekening", "nomor rekening", "account no", "accountno", "account number"},
}

// suggest names the columns by the header's words.
func suggest(header []string) Mapping {
	m := Mapping{Order: "dmy"}
	at := map[string]int{}
	for i, c := range header {
		if p := plain(c); p != "" {
			if _, taken := at[p]; !taken {
				at[p] = i + 1
			}
		}
	}
	used := map[int]bool{}
	for _, role := range []string{"date", "debit", "credit", "amount", "balance", "side", "text", "reference", "currency", "account", "time"} {
		for _, w := range words[role] {
			if c := at[w]; c > 0 && !used[c] {
				m.Set(role, c)
				used[c] = true
				break
			}
		}
	}
	if m.Debit > 0 && m.Credit > 0 {
		m.Amount = 0
	} else if m.Amount > 0 {
		m.Debit, m.Credit = 0, 0
	}
	return m
}

// header tells how much a record looks like a header: nought without a date and
// an amount among its words.
func headerScore(rec []string) int {
	m := suggest(rec)
	if m.Date == 0 || m.Amount == 0 && m.Debit == 0 && m.Credit == 0 {
		return 0
	}
	n := 0
	for _, role := range Roles() {
		if m.Column(role) > 0 {
			n++
		}
	}
	return n
}
