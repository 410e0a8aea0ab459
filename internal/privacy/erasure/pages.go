package erasure

import (
	"context"

	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// Pages is the erasure as the pages of package rights use it.
type Pages struct{ erasure *Erasure }

// ForPages gives the erasure to rights.NewPages.
func (e *Erasure) ForPages() Pages { return Pages{e} }

// EraseAccount erases a person who asked for it on a page.
func (p Pages) EraseAccount(ctx context.Context, who id.Subject, lang i18n.Lang) (id.ID, error) {
	done, err := p.erasure.Erase(ctx, who, Request{Ground: GroundRequest, By: "person", Language: lang})
	return done.Number, err
}

// Receipt gives the final receipt of an order.
func (p Pages) Receipt(ctx context.Context, home store.Scope, number id.ID) ([]byte, error) {
	return p.erasure.Receipt(ctx, home, number)
}
