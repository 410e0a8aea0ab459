package capture

import (
	"amanah/internal/capture/target"
	"amanah/internal/money"
)

// targetFilter says what a target gets; empty parts let everything through.
type targetFilter struct {
	Direction  string   `json:"direction,omitempty" enum:"out,in,internal" doc:"Which way the money went."`
	Categories []string `json:"categories,omitempty" maxItems:"100" nullable:"false" doc:"Categories."`
	Account    string   `json:"account,omitempty" maxLength:"36" doc:"An account's number."`
	From       string   `json:"from,omitempty" maxLength:"30" example:"50000.00" doc:"The least amount, in currency or rupiah."`
	To         string   `json:"to,omitempty" maxLength:"30" example:"1000000.00" doc:"The largest amount."`
	Currency   string   `json:"currency,omitempty" pattern:"^[A-Z]{3}$" example:"IDR" doc:"ISO 4217."`
	Merchant   string   `json:"merchant,omitempty" maxLength:"100" example:"Kopi" doc:"A part of the name."`
	Since      string   `json:"since,omitempty" format:"date" example:"2026-11-01" doc:"From this day on."`
}

func (f targetFilter) filter(zone string) (out target.Filter, err error) {
	out = target.Filter{Direction: f.Direction, Categories: f.Categories, Currency: money.Currency(f.Currency), Merchant: f.Merchant, Since: f.Since}
	if f.Since != "" {
		out.Zone = zone
	}
	if out.Account, err = optionalID(f.Account, "filter.account"); err != nil {
		return out, err
	}
	c := out.Currency
	if c == "" {
		c = money.IDR
	}
	if out.From, err = restAmount(f.From, c, "filter.from"); err != nil {
		return out, err
	}
	out.To, err = restAmount(f.To, c, "filter.to")
	return out, err
}

func restFilterOf(f target.Filter) targetFilter {
	out := targetFilter{Direction: f.Direction, Categories: f.Categories, Account: said(f.Account), Currency: string(f.Currency), Merchant: f.Merchant, Since: f.Since}
	c := f.Currency
	if c == "" {
		c = money.IDR
	}
	if f.From > 0 {
		out.From = money.Amount{Minor: f.From, Currency: c}.Decimal()
	}
	if f.To > 0 {
		out.To = money.Amount{Minor: f.To, Currency: c}.Decimal()
	}
	return out
}
