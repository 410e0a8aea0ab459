package app

import (
	"bytes"
	"context"
	"time"

	"amanah/internal/cash"
	"amanah/internal/cash/cardstatement"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/money"
	"amanah/internal/store"
)

// demoStatement gives a family a card whose statement waits: most of it is in the
// books, some of it is missing, one amount differs, one entry is there twice.
func (a *App) demoStatement(ctx context.Context, who id.Subject, family id.Tenant) error {
	if a.statements == nil {
		return nil
	}
	now := a.Clock.Now().In(clock.WIB)
	closed := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC).AddDate(0, 0, -5)
	var card id.ID
	err := a.db.Write(ctx, a.cash.As(family, who, cash.Record), func(tx *store.Tx) (err error) {
		card, err = a.demoCard(ctx, tx, who, closed)
		return err
	})
	if err != nil {
		return err
	}
	sc := a.cash.As(family, who, cardstatement.Purpose)
	key, _, err := a.statements.Upload(ctx, sc, who, "tagihan-bca.txt", bytes.NewReader(cardstatement.Sample(closed, "7719")))
	if err != nil {
		return err
	}
	if err := a.statements.Run(ctx, job.Task{Kind: cardstatement.Task, Service: jaga, Tenant: family, ID: key}); err != nil {
		return err
	}
	return a.statements.Bind(ctx, sc, who, key, cardstatement.Binding{Account: card})
}

// demoCard makes the card with what the family wrote down of it.
func (a *App) demoCard(ctx context.Context, tx *store.Tx, who id.Subject, closed time.Time) (none id.ID, err error) {
	v, err := a.cash.View(ctx, tx, who)
	if err != nil {
		return none, err
	}
	if _, err := a.cash.AddAccount(ctx, tx, v, cash.NewAccount{Kind: cash.Bank, Name: "Tabungan BCA", Shared: true, Holds: money.Rupiah(18_500_000).Minor}); err != nil {
		return none, err
	}
	card, err := a.cash.AddAccount(ctx, tx, v, cash.NewAccount{Kind: cash.Card, Name: "Kartu BCA", Shared: true, Holds: money.Rupiah(2_450_000).Minor})
	if err != nil {
		return none, err
	}
	enter := func(days int, rupiah int64, shop string) error {
		d := closed.AddDate(0, 0, -days)
		_, _, err := a.cash.Enter(ctx, tx, v, cash.NewEntry{Kind: cash.Out, Amount: money.Rupiah(rupiah), At: time.Date(d.Year(), d.Month(), d.Day(), 12, 0, 0, 0, clock.WIB), Account: card.ID, Merchant: shop, Way: cash.ByForm})
		return err
	}
	for _, l := range cardstatement.Month() {
		switch l.Shop {
		case "", "Halodoc", "Chatime":
			continue
		case "Ranch Market":
			l.Rupiah = 164_500
		case "Starbucks":
			if err := enter(l.Days, l.Rupiah, l.Shop); err != nil {
				return none, err
			}
		}
		if err := enter(l.Days, l.Rupiah, l.Shop); err != nil {
			return none, err
		}
	}
	return card.ID, enter(0, 77_700, "Warung Bu Tutik")
}
