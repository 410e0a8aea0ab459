package email

import (
	"strings"

	"amanah/internal/fault"
)

// category is one line of rules/categories.yaml.
type category struct {
	Name  string   `yaml:"name"`
	Words []string `yaml:"words"`
}

func (x *Extractor) loadCategories(name string, b []byte) error {
	var file struct {
		Categories []category `yaml:"categories"`
	}
	if err := strict(name, b, &file); err != nil {
		return err
	}
	if len(file.Categories) == 0 {
		return fault.New(fault.Invalid, "email.loadCategories", "extract.email.rule_invalid").With("file", name)
	}
	x.categories = file.Categories
	return nil
}

// categoryOf guesses what money went for, from the shop first, then from the
// way it went.
func (x *Extractor) categoryOf(t Transaction, kind string) string {
	switch {
	case t.Channel == "refund":
		return "refund"
	case t.Direction == "internal":
		return "transfer"
	case t.Direction == "in":
		return "income"
	case t.Channel == "cash":
		return "cash"
	case t.Channel == "topup" || t.Channel == "ewallet" && t.Merchant == "":
		return "topup"
	}
	low := " " + words2(t.Merchant) + " "
	for _, c := range x.categories {
		for _, w := range c.Words {
			if strings.Contains(low, " "+w+" ") || strings.HasSuffix(w, "*") && strings.Contains(low, " "+w[:len(w)-1]) {
				return c.Name
			}
		}
	}
	switch t.Channel {
	case "transfer", "bifast", "va_transfer":
		return "transfer"
	case "bill":
		return "bills"
	case "va", "credit_card", "debit_card", "ewallet", "purchase":
		return "shopping"
	}
	if strings.Contains(kind, "transfer") {
		return "transfer"
	}
	return "other"
}
