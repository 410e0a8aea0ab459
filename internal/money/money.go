// Package money has exact amounts: whole numbers of a currency's minor unit
// (ISO 4217), never floating point.
package money

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Currency is an ISO 4217 code in capitals, such as "IDR".
type Currency string

// IDR is the rupiah. ISO 4217 gives it two minor digits (sen).
const IDR Currency = "IDR"

// zero and three are the currencies whose minor digits are not two.
const (
	zero  = " BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF "
	three = " BHD IQD JOD KWD LYD OMR TND "
)

// Digits is the number of minor digits of a currency: 2 for IDR, 0 for JPY.
func (c Currency) Digits() int {
	switch {
	case c == "":
		return 2
	case strings.Contains(zero, " "+string(c)+" "):
		return 0
	case strings.Contains(three, " "+string(c)+" "):
		return 3
	}
	return 2
}

// Valid tells whether c has the form of a code: three capitals.
func (c Currency) Valid() bool {
	if len(c) != 3 {
		return false
	}
	for i := range 3 {
		if c[i] < 'A' || c[i] > 'Z' {
			return false
		}
	}
	return true
}

// Amount is an exact amount: Minor units of Currency. Minus is owed or out.
type Amount struct {
	Minor    int64
	Currency Currency
}

// ErrOverflow says that a sum does not fit into 64 bits.
var ErrOverflow = errors.New("money: amount out of range")

// ErrMixed says that two currencies were to be added.
var ErrMixed = errors.New("money: two currencies in one sum")

// Rupiah gives whole rupiah.
func Rupiah(n int64) Amount { return Amount{n * 100, IDR} }

// Parse reads a plain decimal such as "152500.00" or "-0.45" (a point before the
// minor digits, no thousands). More digits than the currency has are refused.
func Parse(s string, c Currency) (Amount, error) {
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	whole, frac, _ := strings.Cut(s, ".")
	d := c.Digits()
	if whole == "" || len(frac) > d {
		return Amount{}, fmt.Errorf("money: not an amount in %s with at most %d decimals", c, d)
	}
	n, err := strconv.ParseUint(whole+frac+strings.Repeat("0", d-len(frac)), 10, 63)
	if err != nil {
		return Amount{}, fmt.Errorf("money: not a plain decimal or out of range")
	}
	if neg {
		return Amount{-int64(n), c}, nil
	}
	return Amount{int64(n), c}, nil
}

// Add sums two amounts of one currency.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, ErrMixed
	}
	if (b.Minor > 0 && a.Minor > math.MaxInt64-b.Minor) || (b.Minor < 0 && a.Minor < math.MinInt64-b.Minor) {
		return Amount{}, ErrOverflow
	}
	return Amount{a.Minor + b.Minor, a.Currency}, nil
}

// Neg turns the sign round.
func (a Amount) Neg() Amount { return Amount{-a.Minor, a.Currency} }

// Abs is the amount without its sign.
func (a Amount) Abs() Amount {
	if a.Minor < 0 {
		return a.Neg()
	}
	return a
}

// IsZero tells whether there is nothing.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// Decimal is the plain decimal with the currency's minor digits: "152500.00".
func (a Amount) Decimal() string {
	d := a.Currency.Digits()
	neg := a.Minor < 0
	u := uint64(a.Minor)
	if neg {
		u = -u
	}
	s := strconv.FormatUint(u, 10)
	if d > 0 {
		if len(s) <= d {
			s = strings.Repeat("0", d+1-len(s)) + s
		}
		s = s[:len(s)-d] + "." + s[len(s)-d:]
	}
	if neg {
		s = "-" + s
	}
	return s
}

// Format writes an amount for people: "Rp1.250.000" or "Rp1.250.000,50" in
// Indonesian, "Rp1,250,000" in English; other currencies as "USD 0,45".
// Minor digits are left out when they are nought.
func (a Amount) Format(lang string) string {
	thousands, point := ".", ","
	if lang == "en" {
		thousands, point = ",", "."
	}
	plain := a.Decimal()
	sign := ""
	if strings.HasPrefix(plain, "-") {
		sign, plain = "\u2212", plain[1:]
	}
	whole, frac, _ := strings.Cut(plain, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(thousands)
		}
		b.WriteRune(r)
	}
	if strings.Trim(frac, "0") != "" {
		b.WriteString(point + frac)
	}
	if a.Currency == IDR {
		return sign + "Rp" + b.String()
	}
	return sign + string(a.Currency) + "\u00a0" + b.String()
}
