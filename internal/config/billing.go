package config

import (
	"fmt"
	"slices"
)

// Billing is what customers pay for. Without On nothing is limited and no page of
// it is shown.
type Billing struct {
	On     bool          `yaml:"on"`
	Issuer BillingIssuer `yaml:"issuer"`
	// Series and CreditSeries begin the numbers of invoices and credit notes.
	Series       string `yaml:"series"`
	CreditSeries string `yaml:"credit_series"`
	// Tax is ppn, or none.
	Tax string `yaml:"tax"`
	// FiscalYearBegins is a month, 1 to 12.
	FiscalYearBegins int `yaml:"fiscal_year_begins"`
	DueDays          int `yaml:"due_days"`
	GraceDays        int `yaml:"grace_days"`
	// Plans and Taxes are files in place of the built-in ones.
	Plans           string           `yaml:"plans"`
	Taxes           string           `yaml:"taxes"`
	QRIS            QRIS             `yaml:"qris"`
	VirtualAccounts []VirtualAccount `yaml:"virtual_accounts"`
	Xendit          Xendit           `yaml:"xendit"`
	Midtrans        Midtrans         `yaml:"midtrans"`
}

// BillingIssuer is who sends the invoices, as it is printed on them.
type BillingIssuer struct {
	Name    string `yaml:"name"`
	Address string `yaml:"address"`
	TaxID   string `yaml:"tax_id"`
	Contact string `yaml:"contact"`
}

// QRIS is the issuer's own merchant account. Without accounts no code is shown.
type QRIS struct {
	Accounts []QRISAccount `yaml:"accounts"`
	MCC      string        `yaml:"mcc"`
	Name     string        `yaml:"name"`
	City     string        `yaml:"city"`
	Postal   string        `yaml:"postal"`
}

// QRISAccount is a tag from 26 to 51.
type QRISAccount struct {
	Tag      string `yaml:"tag"`
	GUID     string `yaml:"guid"`
	PAN      string `yaml:"pan"`
	ID       string `yaml:"id"`
	Criteria string `yaml:"criteria"`
}

// VirtualAccount is a bank's range of numbers that belongs to the issuer.
type VirtualAccount struct {
	Bank   string `yaml:"bank"`
	Prefix string `yaml:"prefix"`
	Digits int    `yaml:"digits"`
}

// Xendit is on with a Key and a Token.
type Xendit struct {
	BaseURL string `yaml:"base_url"`
	// Key comes from AMANAH_XENDIT_KEY, Token from AMANAH_XENDIT_CALLBACK_TOKEN.
	Key   string `yaml:"-"`
	Token string `yaml:"-"`
}

// On tells whether the operator set Xendit up.
func (x Xendit) On() bool { return x.Key != "" && x.Token != "" }

// Midtrans is on with a Key.
type Midtrans struct {
	BaseURL string `yaml:"base_url"`
	Bank    string `yaml:"bank"` // of virtual accounts
	// Key comes from AMANAH_MIDTRANS_KEY.
	Key string `yaml:"-"`
}

// On tells whether the operator set Midtrans up.
func (m Midtrans) On() bool { return m.Key != "" }

// vendorBilling has the gateways' own addresses, as if both were set up.
var vendorBilling = Billing{
	Xendit:   Xendit{BaseURL: "https://api.xendit.co", Key: "-", Token: "-"},
	Midtrans: Midtrans{BaseURL: "https://api.midtrans.com", Key: "-"},
}

// addresses are those of the gateways that are set up.
func (b *Billing) addresses() []*string {
	var out []*string
	if b.Xendit.On() {
		out = append(out, &b.Xendit.BaseURL)
	}
	if b.Midtrans.On() {
		out = append(out, &b.Midtrans.BaseURL)
	}
	return out
}

// finish fills in the defaults and refuses what cannot be.
func (b *Billing) finish() error {
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	set(&b.Series, "INV")
	set(&b.CreditSeries, "CN")
	set(&b.Tax, "none")
	set(&b.Xendit.BaseURL, vendorBilling.Xendit.BaseURL)
	set(&b.Midtrans.BaseURL, vendorBilling.Midtrans.BaseURL)
	set(&b.Midtrans.Bank, "bca")
	for field, value := range map[*int]int{&b.FiscalYearBegins: 1, &b.DueDays: 7, &b.GraceDays: 14} {
		if *field == 0 {
			*field = value
		}
	}
	switch {
	case b.On && b.Issuer.Name == "":
		return fmt.Errorf("config: billing.issuer.name: an invoice says who sends it")
	case b.FiscalYearBegins < 1 || b.FiscalYearBegins > 12:
		return fmt.Errorf("config: billing.fiscal_year_begins is a month from 1 to 12")
	case b.DueDays < 0 || b.DueDays > 365 || b.GraceDays < 0 || b.GraceDays > 365:
		return fmt.Errorf("config: billing.due_days and billing.grace_days are days of at most a year")
	case !code(b.Series) || !code(b.CreditSeries) || b.Series == b.CreditSeries:
		return fmt.Errorf("config: billing.series and billing.credit_series are two different words of capitals and digits")
	}
	for _, v := range b.VirtualAccounts {
		if v.Bank == "" || !number(v.Prefix) || v.Digits < 4 || v.Digits > 15 {
			return fmt.Errorf("config: billing.virtual_accounts: a bank, a prefix of digits, and 4 to 15 digits behind it")
		}
	}
	return nil
}

func code(s string) bool {
	return s != "" && len(s) <= 8 && !slices.ContainsFunc([]rune(s), func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
}

func number(s string) bool {
	return s != "" && !slices.ContainsFunc([]rune(s), func(r rune) bool { return r < '0' || r > '9' })
}
