package erasure

import (
	"context"
	"encoding/hex"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// Body is what the receipts say.
type Body = receipt.ErasureBody

func (r *run) fact(topic, code string) receipt.Fact {
	key := "erasure." + topic + "." + code
	return receipt.Fact{Code: code, ID: r.Catalog.T(i18n.ID, key), EN: r.Catalog.T(i18n.EN, key)}
}

func (r *run) body(done clock.Instant, tasks []Task) Body {
	b := Body{
		What: []receipt.What{}, Workspaces: r.plan.Workspaces, Proof: hex.EncodeToString(r.Proof[:]),
		When:   receipt.When{Ordered: second(r.OrderedAt), Done: second(done)},
		Ground: r.fact("ground", r.Ground), How: r.fact("how", "keys"), By: r.fact("by", r.OrderedBy),
		Consequences: r.fact("consequences", "proof"), Stays: r.stays(), Others: r.whoGot(tasks, max(done, r.OrderedAt)),
	}
	for _, c := range r.notice.Categories() {
		if n := r.plan.Records[c.Key]; n > 0 {
			b.What = append(b.What, receipt.What{Category: c.Key, ID: c.What.ID, EN: c.What.EN, Records: n})
		}
	}
	return b
}

func second(i clock.Instant) string {
	if i.IsZero() {
		return ""
	}
	return i.Time().Truncate(time.Second).Format(time.RFC3339)
}

func (r *run) sign(kind string, at clock.Instant, body Body) ([]byte, error) {
	return r.Key.Sign(receipt.Statement{Kind: kind, Number: r.ID, Service: r.home.Service, Controller: controller(r.notice), Issued: at.Time(), Body: body})
}

func controller(n *notice.Notice) receipt.Controller { return rights.Controller(n) }

func (r *run) orderReceipt() ([]byte, error) {
	return r.sign(receipt.ErasureOrder, r.OrderedAt, r.body(0, nil))
}

// finish signs the receipt and turns the order into the proof. Of two nodes that
// come here one writes it.
func (r *run) finish(ctx context.Context) error {
	now := clock.At(r.DB.Clock().Now())
	var tasks []Task
	err := r.DB.Read(ctx, r.home, func(tx *store.Tx) (err error) { tasks, err = r.Tasks(ctx, tx, r.ID); return err })
	if err != nil {
		return err
	}
	file, err := r.sign(receipt.Erasure, now, r.body(now, tasks))
	if err != nil {
		return err
	}
	return r.DB.Write(ctx, r.home, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE erasure_orders SET who = NULL, places = '', step = 'done', done_at = $3, receipt = $4 WHERE tenant_id = $1 AND id = $2 AND done_at IS NULL", tx.Tenant(), r.ID, now, string(file))
		if err != nil || n == 0 {
			return err
		}
		if err := r.Holds.Forget(ctx, tx, r.Who); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Act{Name: "erasure.done", Object: r.Ground, Count: total(r.plan)})
	})
}

func total(p plan) (n int64) {
	for _, c := range p.Records {
		n += c
	}
	return n
}
