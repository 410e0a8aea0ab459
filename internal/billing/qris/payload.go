package qris

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"amanah/internal/money"
)

// Account names the merchant to one network: the value of a tag from 26 to 51.
type Account struct {
	Tag      string // "26" to "51"
	GUID     string // whose numbering it is, such as ID.CO.QRIS.WWW
	PAN      string // the merchant's number at the acquirer; may be empty
	ID       string // the merchant's id, such as the NMID in tag 51
	Criteria string // UMI, UKE, UME, UBE or URE
}

// Payload is what a code says.
type Payload struct {
	// Dynamic codes carry one amount and are paid once; static ones hang at a till.
	Dynamic  bool
	Accounts []Account
	MCC      string // ISO 18245, four digits
	// Amount is zero for a code where the payer types it. IDR only.
	Amount money.Amount
	Name   string // of the merchant, at most 25 characters
	City   string // at most 15
	Postal string // at most 10; may be empty
	// Bill and Reference are tags 62-01 and 62-05: at most 25 characters each.
	Bill      string
	Reference string
}

const (
	numericIDR = "360"
	country    = "ID"
)

// Errors of Parse.
var (
	ErrCRC      = errors.New("qris: the check at the end does not fit")
	ErrCurrency = errors.New("qris: another currency than the rupiah")
)

// Encode writes the payload with its check. It is an error if something needed
// is missing or too long.
func Encode(p Payload) (string, error) {
	if err := p.check(); err != nil {
		return "", err
	}
	method := "11"
	if p.Dynamic {
		method = "12"
	}
	fields := []field{{"00", "01"}, {"01", method}}
	for _, a := range p.Accounts {
		inner, err := write([]field{{"00", a.GUID}, {"01", a.PAN}, {"02", a.ID}, {"03", a.Criteria}})
		if err != nil {
			return "", err
		}
		fields = append(fields, field{a.Tag, inner})
	}
	fields = append(fields, field{"52", p.MCC}, field{"53", numericIDR})
	if !p.Amount.IsZero() {
		fields = append(fields, field{"54", decimal(p.Amount)})
	}
	more, err := write([]field{{"01", p.Bill}, {"05", p.Reference}})
	if err != nil {
		return "", err
	}
	fields = append(fields, field{"58", country}, field{"59", p.Name}, field{"60", p.City}, field{"61", p.Postal}, field{"62", more})
	text, err := write(fields)
	if err != nil {
		return "", err
	}
	text += "6304"
	return text + CRC(text), nil
}

func (p Payload) check() error {
	if len(p.Accounts) == 0 {
		return errors.New("qris: no merchant account")
	}
	for i, a := range p.Accounts {
		if len(a.Tag) != 2 || a.Tag < "26" || a.Tag > "51" || a.GUID == "" {
			return fmt.Errorf("qris: account %d needs a tag from 26 to 51 and a GUID", i)
		}
		if i > 0 && a.Tag <= p.Accounts[i-1].Tag {
			return errors.New("qris: accounts go up by their tags")
		}
		if !ascii(a.GUID + a.PAN + a.ID + a.Criteria) {
			return fmt.Errorf("qris: account %d is not plain text", i)
		}
	}
	if len(p.MCC) != 4 || !digits(p.MCC) {
		return errors.New("qris: the merchant category has four digits")
	}
	for _, f := range []struct {
		name, value string
		most        int
		needed      bool
	}{{"name", p.Name, 25, true}, {"city", p.City, 15, true}, {"postal code", p.Postal, 10, false}, {"bill", p.Bill, 25, false}, {"reference", p.Reference, 25, false}} {
		if f.needed && f.value == "" || len(f.value) > f.most || !ascii(f.value) {
			return fmt.Errorf("qris: %s has at most %d plain characters", f.name, f.most)
		}
	}
	if p.Dynamic && p.Amount.IsZero() {
		return errors.New("qris: a dynamic code carries an amount")
	}
	if !p.Amount.IsZero() && (p.Amount.Currency != money.IDR || p.Amount.Minor < 0 || len(decimal(p.Amount)) > 13) {
		return errors.New("qris: the amount is rupiah, above nought, of at most 13 characters")
	}
	return nil
}

// decimal writes whole rupiah without decimals, as banks' apps do.
func decimal(a money.Amount) string {
	whole, frac, _ := strings.Cut(a.Decimal(), ".")
	if strings.Trim(frac, "0") == "" {
		return whole
	}
	return whole + "." + frac
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Parse reads a payload and holds its check against it. Tags that it does not
// know are passed over.
func Parse(s string) (Payload, error) {
	var p Payload
	if len(s) < 8 || s[len(s)-8:len(s)-4] != "6304" {
		return p, errForm
	}
	if CRC(s[:len(s)-4]) != strings.ToUpper(s[len(s)-4:]) {
		return p, ErrCRC
	}
	fields, err := read(s)
	if err != nil {
		return p, err
	}
	if len(fields) < 2 || fields[0] != (field{"00", "01"}) || fields[len(fields)-1].tag != "63" {
		return p, errForm
	}
	currency := ""
	for _, f := range fields {
		switch {
		case f.tag == "01":
			p.Dynamic = f.value == "12"
		case f.tag >= "26" && f.tag <= "51":
			a, err := account(f)
			if err != nil {
				return p, err
			}
			p.Accounts = append(p.Accounts, a)
		case f.tag == "53":
			currency = f.value
		case f.tag == "54":
			if p.Amount, err = money.Parse(f.value, money.IDR); err != nil || p.Amount.Minor < 0 {
				return p, errForm
			}
		default:
			if err := p.text(f); err != nil {
				return p, err
			}
		}
	}
	if currency != numericIDR {
		return p, ErrCurrency
	}
	slices.SortStableFunc(p.Accounts, func(a, b Account) int { return strings.Compare(a.Tag, b.Tag) })
	return p, nil
}

func (p *Payload) text(f field) error {
	switch f.tag {
	case "52":
		p.MCC = f.value
	case "59":
		p.Name = f.value
	case "60":
		p.City = f.value
	case "61":
		p.Postal = f.value
	case "62":
		more, err := read(f.value)
		if err != nil {
			return err
		}
		for _, m := range more {
			switch m.tag {
			case "01":
				p.Bill = m.value
			case "05":
				p.Reference = m.value
			}
		}
	}
	return nil
}

func account(f field) (Account, error) {
	a := Account{Tag: f.tag}
	inner, err := read(f.value)
	for _, m := range inner {
		switch m.tag {
		case "00":
			a.GUID = m.value
		case "01":
			a.PAN = m.value
		case "02":
			a.ID = m.value
		case "03":
			a.Criteria = m.value
		}
	}
	return a, err
}
