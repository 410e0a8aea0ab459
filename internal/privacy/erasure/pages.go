package erasure

import (
	"context"
	"time"

	"amanah/internal/id"
	"amanah/internal/privacy/rights"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// Pages is the erasure as the pages of package rights use it.
type Pages struct{ erasure *Erasure }

// ForPages gives the erasure to rights.NewPages.
func (e *Erasure) ForPages() Pages { return Pages{e} }

// CloseAccount closes the account of a person who asked for it on a page.
func (p Pages) CloseAccount(ctx context.Context, who id.Subject, lang i18n.Lang) (rights.Closed, error) {
	c, err := p.erasure.Close(ctx, who, Request{Ground: GroundRequest, By: "person", Language: lang})
	return rights.Closed{Number: c.Number, Until: c.Until, Token: c.Token}, err
}

// Waits tells what an unfinished order waits for.
func (p Pages) Waits(ctx context.Context, home store.Scope, number id.ID) (string, time.Time, error) {
	o, err := p.erasure.load(ctx, homeScope(home), number)
	if err != nil {
		return "", time.Time{}, err
	}
	return o.WaitsFor, o.WaitsUntil.Time(), nil
}

// Receipt gives the final receipt of an order.
func (p Pages) Receipt(ctx context.Context, home store.Scope, number id.ID) ([]byte, error) {
	return p.erasure.Receipt(ctx, home, number)
}
