package billing

import (
	_ "embed"
	"fmt"
	"strconv"
	"time"

	"github.com/goccy/go-yaml"

	"amanah/internal/clock"
	"amanah/internal/money"
)

//go:embed taxes.yaml
var builtinTaxes []byte

// Taxes are the taxes that lines may name.
type Taxes map[string]Tax

// Tax is one tax with its rates, the oldest first.
type Tax struct {
	Name  Words  `yaml:"name"`
	Rates []Rate `yaml:"rates"`
}

// Words are a text in both languages.
type Words struct {
	ID string `yaml:"id" json:"id"`
	EN string `yaml:"en" json:"en"`
}

// In is the text in a language, Indonesian unless it is "en".
func (w Words) In(lang string) string {
	if lang == "en" && w.EN != "" {
		return w.EN
	}
	return w.ID
}

// Rate is a tax's rate from a day on.
type Rate struct {
	From string   `yaml:"from"`
	Rate int64    `yaml:"rate"` // hundredths of a percent
	Of   [2]int64 `yaml:"of"`   // the part of the price that is taxed
	Law  string   `yaml:"law"`
}

// ParseTaxes reads a file of taxes.
func ParseTaxes(src []byte) (Taxes, error) {
	var t Taxes
	if err := yaml.UnmarshalWithOptions(src, &t, yaml.DisallowUnknownField(), yaml.Strict()); err != nil {
		return nil, fmt.Errorf("billing: taxes: %w", err)
	}
	for code, tax := range t {
		last := ""
		for _, r := range tax.Rates {
			if _, err := time.Parse(time.DateOnly, r.From); err != nil || r.From <= last || r.Rate < 0 || r.Rate > 10000 || r.Of[0] < 1 || r.Of[1] < r.Of[0] {
				return nil, fmt.Errorf("billing: taxes: %s: a rate from %q is not in order", code, r.From)
			}
			last = r.From
		}
		if last == "" || tax.Name.ID == "" || tax.Name.EN == "" {
			return nil, fmt.Errorf("billing: taxes: %s has no rate or no name", code)
		}
	}
	return t, nil
}

// BuiltinTaxes are those of Indonesia that come with the program.
func BuiltinTaxes() Taxes {
	t, err := ParseTaxes(builtinTaxes)
	if err != nil {
		panic(err) // the file is embedded, and a test reads it
	}
	return t
}

// at finds the rate in force at a moment.
func (t Tax) at(i clock.Instant) (Rate, bool) {
	day := i.Time().In(clock.WIB).Format(time.DateOnly)
	var out Rate
	for _, r := range t.Rates {
		if r.From <= day {
			out = r
		}
	}
	return out, out.From != ""
}

// of is the tax on a net amount.
func (r Rate) of(net int64, c money.Currency) (int64, error) {
	return share(net, r.Rate*r.Of[0], 10000*r.Of[1], payable(c))
}

// percent is the rate as people write it: "12" or "1.5".
func (r Rate) percent() string {
	return strconv.FormatFloat(float64(r.Rate)/100, 'f', -1, 64)
}
