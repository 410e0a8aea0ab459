package capture

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"amanah/internal/money"
)

// csvHead are the columns; names stay the same in every language, so that what
// reads the file need not know who saved it.
var csvHead = []string{"at", "at_precision", "direction", "amount", "fee", "currency", "merchant", "category", "issuer", "account_last", "channel", "reference", "state", "confidence", "note"}

// CSV writes transactions as RFC 4180 in UTF-8, one after the other.
type CSV struct {
	w    *csv.Writer
	zone *time.Location
}

// NewCSV writes the head. Times are written in zone.
func NewCSV(w io.Writer, zone *time.Location) (*CSV, error) {
	c := &CSV{w: csv.NewWriter(w), zone: zone}
	c.w.UseCRLF = true
	return c, c.w.Write(csvHead)
}

// Write adds a line.
func (c *CSV) Write(v View) error {
	fee := ""
	if v.FeeMinor >= 0 {
		fee = money.Amount{Minor: v.FeeMinor, Currency: v.Currency}.Decimal()
	}
	return c.w.Write([]string{
		v.At.Time().In(c.zone).Format(time.RFC3339), v.Precision, v.Direction, v.Amount().Decimal(), fee, string(v.Currency),
		plain(v.MerchantName), v.Category, plain(v.AccountIssuer), plain(v.AccountLast), plain(v.Channel), plain(v.Reference.Reveal()),
		string(v.State), strconv.FormatFloat(float64(v.Confidence)/1000, 'f', -1, 64), plain(v.Note.Reveal()),
	})
}

// Close writes what is left and gives the first error.
func (c *CSV) Close() error { c.w.Flush(); return c.w.Error() }

// plain keeps a text from being taken for a formula by a spreadsheet.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
