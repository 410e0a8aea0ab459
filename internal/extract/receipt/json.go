package receipt

import (
	"encoding/json"
	"strconv"
	"strings"
)

type jsonItem struct {
	Name      string `json:"name"`
	Qty       string `json:"qty,omitempty"`
	UnitPrice string `json:"unit_price,omitempty"`
	Price     string `json:"price"`
	Discount  string `json:"discount"`
}

type jsonPaid struct {
	Method string `json:"method,omitempty"`
	Amount string `json:"amount,omitempty"`
	Change string `json:"change,omitempty"`
}

type jsonChecks struct {
	Items *bool `json:"items_sum_to_subtotal,omitempty"`
	Total *bool `json:"total_consistent,omitempty"`
}

type jsonFacts struct {
	File        string     `json:"file"`
	Verdict     Verdict    `json:"verdict"`
	Merchant    string     `json:"merchant,omitempty"`
	Date        string     `json:"date,omitempty"`
	Time        string     `json:"time,omitempty"`
	Currency    string     `json:"currency,omitempty"`
	Items       []jsonItem `json:"items"`
	Subtotal    string     `json:"subtotal,omitempty"`
	Discount    string     `json:"discount,omitempty"`
	Service     string     `json:"service,omitempty"`
	Tax         string     `json:"tax,omitempty"`
	TaxIncluded bool       `json:"tax_included,omitempty"`
	Rounding    string     `json:"rounding,omitempty"`
	Total       string     `json:"total,omitempty"`
	Paid        *jsonPaid  `json:"paid,omitempty"`
	Category    string     `json:"category,omitempty"`
	Confidence  float64    `json:"confidence"`
	Checks      jsonChecks `json:"checks"`
	Unsure      []string   `json:"unsure,omitempty"`
}

// JSON is the line that `amanah extract receipt` prints for a file. The people on
// the receipt are not in it.
func (f Facts) JSON(file string) ([]byte, error) {
	out := jsonFacts{File: file, Verdict: f.Verdict, Merchant: f.Merchant, Date: f.Date, Time: f.Time, Currency: f.Currency, Items: []jsonItem{},
		Subtotal: f.Subtotal.String(), Discount: f.Discount.String(), Service: f.Service.String(), Tax: f.Tax.String(), TaxIncluded: f.TaxIncluded,
		Rounding: f.Rounding.String(), Total: f.Total.String(), Category: f.Category, Confidence: f.Confidence,
		Checks: jsonChecks{f.Checks.ItemsSumToSubtotal, f.Checks.TotalConsistent}, Unsure: f.Unsure}
	for _, i := range f.Items {
		j := jsonItem{Name: i.Name, UnitPrice: i.Unit.String(), Price: decimal(i.Price, 100), Discount: decimal(i.Discount, 100)}
		if i.Qty > 0 {
			j.Qty = decimal(i.Qty, 1000)
		}
		out.Items = append(out.Items, j)
	}
	if p := f.Paid; p.Method != "" || p.Amount.Known {
		out.Paid = &jsonPaid{p.Method, p.Amount.String(), p.Change.String()}
	}
	return json.Marshal(out)
}

// String is the amount in rupiah without needless zeros; empty for an unknown one.
func (a Amount) String() string {
	if !a.Known {
		return ""
	}
	return decimal(a.Minor, 100)
}

// decimal writes v/unit, unit a power of ten.
func decimal(v, unit int64) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	s := sign + strconv.FormatInt(v/unit, 10)
	if rest := v % unit; rest != 0 {
		s += "." + strings.TrimRight(strconv.FormatInt(unit+rest, 10)[1:], "0")
	}
	return s
}
