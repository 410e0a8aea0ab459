package billing

import (
	"context"
	"net/http"
	"strings"
	"time"

	"amanah/internal/billing/qris"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
)

// chargeTime is how long a means of paying from a provider is good.
const chargeTime = 24 * time.Hour

// Pay is how an invoice can be paid by the issuer's own means.
type Pay struct {
	QR       string // a QRIS payload; "" where there is none
	Accounts []PayAccount
	Left     money.Amount
}

// PayAccount is a virtual account of one debtor.
type PayAccount struct {
	Bank, Number string
	Until        clock.Instant
}

// PayBy gives the issuer's own means for an invoice: a dynamic QRIS over what is
// left, and the debtor's virtual accounts.
func (s *Service) PayBy(inv *Invoice, debtor int64) (Pay, error) {
	p := Pay{Left: inv.Left()}
	if p.Left.IsZero() {
		return p, nil
	}
	for _, v := range s.Accounts {
		n := pad(debtor, v.Digits)
		if n == "" {
			continue
		}
		p.Accounts = append(p.Accounts, PayAccount{Bank: v.Bank, Number: v.Prefix + n, Until: inv.DueAt})
	}
	if s.QRIS == nil || p.Left.Currency != money.IDR {
		return p, nil
	}
	q := *s.QRIS
	q.Dynamic, q.Amount, q.Bill = true, p.Left, strings.ReplaceAll(inv.Number, "/", "")
	var err error
	p.QR, err = qris.Encode(q)
	return p, fault.Wrap("billing.PayBy", err)
}

// pad writes a debtor's number in so many digits; "" where it does not fit.
func pad(n int64, digits int) string {
	out := make([]byte, digits)
	for i := digits - 1; i >= 0; i-- {
		out[i] = byte('0' + n%10)
		n /= 10
	}
	if n > 0 {
		return ""
	}
	return string(out)
}

// StartCharge asks a provider for a means of paying what is left of an invoice. One
// that still waits for the same amount is given again. Fault Conflict for an
// invoice that owes nothing, Unavailable where the provider gives nothing.
func (s *Service) StartCharge(ctx context.Context, sc store.Scope, invoice id.ID, provider string, by Method) (*Charge, error) {
	const op = "billing.StartCharge"
	p := s.provider(provider)
	if p == nil || by != ByQRIS && by != ByBank && by != ByPage {
		return nil, fault.New(fault.NotFound, op, "")
	}
	c, number, err := s.reserve(ctx, sc, invoice, provider, by)
	if err != nil || c.State == ChargeWaiting {
		return c, fault.Wrap(op, err)
	}
	use := egress.Use{Service: s.Slug, Tenant: sc.Tenant, Subject: c.Debtor, Recipient: egress.Recipient{Key: "payment", Kind: egress.Processor}, Purpose: "billing", Categories: []string{"billing.record"}}
	send := func(req *http.Request) (*egress.Response, error) { return s.Door.Do(ctx, use, req) }
	m, err := p.Ask(ctx, send, Order{Charge: c.ID, Number: number, Amount: money.Amount{Minor: c.Minor, Currency: c.Currency}, Now: c.CreatedAt, Expires: c.ExpiresAt, Method: by})
	failed := err
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		// A callback may have come before the answer: then the charge stands as it left it.
		now, err := store.Get[Charge](ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if failed != nil {
			if now.State == ChargeAsked {
				now.State = ChargeFailed
			}
			return store.Update(ctx, tx, now)
		}
		if now.State == ChargeAsked {
			now.State = ChargeWaiting
		}
		now.Foreign, now.QR, now.Bank, now.Account, now.Page = m.Foreign, m.QR, m.Bank, m.Account, m.Page
		if !m.Expires.IsZero() {
			now.ExpiresAt = m.Expires
		}
		c = now
		return store.Update(ctx, tx, now)
	})
	if failed != nil {
		err = failed
	}
	return c, fault.Wrap(op, err)
}

// reserve finds a charge that still waits, or writes down that one is asked for.
func (s *Service) reserve(ctx context.Context, sc store.Scope, invoice id.ID, provider string, by Method) (c *Charge, number string, err error) {
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		inv, err := lock(ctx, tx, invoice)
		if err != nil {
			return err
		}
		if !inv.owed() {
			return fault.New(fault.Conflict, "billing.reserve", "billing.claim.nothing")
		}
		number = inv.Number
		all, err := store.Find[Charge](ctx, tx, "WHERE tenant_id = $1 AND invoice_id = $2 AND provider = $3 AND state = $4 AND minor = $5 AND expires_at > $6 ORDER BY id DESC LIMIT 10",
			tx.Tenant(), invoice, provider, string(ChargeWaiting), inv.Left().Minor, tx.Now())
		if err != nil {
			return err
		}
		for i := range all {
			if all[i].method() == by {
				c = &all[i]
				return nil
			}
		}
		c = &Charge{Debtor: inv.Debtor, Invoice: inv.ID, Provider: provider, State: ChargeAsked, Minor: inv.Left().Minor, Currency: inv.Currency,
			CreatedAt: tx.Now(), ExpiresAt: clock.At(tx.Now().Time().Add(chargeTime)), YearEnds: inv.YearEnds}
		return store.Insert(ctx, tx, c)
	})
	return c, number, err
}

func (c *Charge) method() Method {
	switch {
	case c.QR != "":
		return ByQRIS
	case c.Account != "":
		return ByBank
	}
	return ByPage
}
