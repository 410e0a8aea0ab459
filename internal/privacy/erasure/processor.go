package erasure

import (
	"context"
	"slices"
	"strings"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights"
	"amanah/internal/store"
	"amanah/internal/vault"
	"amanah/internal/web/i18n"
)

// Task is what one processor has to do for an order: to erase what it got of a
// person, and to answer. It names the order, not the person.
type Task struct {
	store.Row `table:"erasure_tasks" subject:"-" clock:"created:asked_at"`
	Order     id.ID  `data:"none" db:"order_id"`
	Recipient string `data:"erasure.proof"` // the notice's key
	// Categories are the notice's, with spaces between.
	Categories string        `data:"erasure.proof"`
	AskedAt    clock.Instant `data:"erasure.proof"`
	DueAt      clock.Instant `data:"none"`
	AnsweredAt clock.Instant `data:"erasure.proof"`
	Answer     vault.Text    `data:"erasure.proof"`
}

// TaskState is where a task stands.
type TaskState string

// The states.
const (
	Asked    TaskState = "asked"
	Answered TaskState = "answered"
	Overdue  TaskState = "overdue"
)

// State is the task's at a moment.
func (t Task) State(now clock.Instant) TaskState {
	switch {
	case !t.AnsweredAt.IsZero():
		return Answered
	case t.DueAt <= now:
		return Overdue
	}
	return Asked
}

// Of others in a plan.
const (
	processor = "processor"
	chosen    = "chosen-by-you"
)

// Matter and dueName are of the deadlines of tasks.
const (
	Matter  = "erasure"
	dueName = "processor"
)

// answerMost is how long an answer may be; shortest is the time of an answer where
// the notice gives none.
const (
	answerMost = 4000
	shortest   = 72 * time.Hour
)

// other is who got data of the person, as the order found it.
type other struct {
	Recipient  string   `json:"recipient"`
	Categories []string `json:"categories"`
}

// others are those who got data by the record of transfers.
func others(held []rights.Holding) (out []other) {
	for _, h := range held {
		for _, got := range h.Got {
			i := slices.IndexFunc(out, func(o other) bool { return o.Recipient == got.Recipient.Key })
			if i < 0 {
				i, out = len(out), append(out, other{Recipient: got.Recipient.Key})
			}
			out[i].Categories = append(out[i].Categories, h.Category.Key)
		}
	}
	return out
}

// as is what a recipient is by the notice; "" for one that is not in it any more.
func (r *run) as(key string) string {
	rec, _ := r.notice.Recipient(key)
	return rec.As
}

// answerBy is until when processors have to answer: as long as the notice takes
// for the erasure itself.
func (r *run) answerBy(asked time.Time) time.Time {
	within := r.notice.Closing().EraseWithin
	if within.IsZero() {
		return asked.Add(shortest)
	}
	return within.AddTo(asked)
}

// askProcessors writes a task for each processor that got data of the person. The
// order goes on without their answers: what is here goes at once.
func (r *run) askProcessors(ctx context.Context) error {
	return r.DB.Write(ctx, r.home, func(tx *store.Tx) error {
		for _, o := range r.plan.Others {
			if r.as(o.Recipient) != processor {
				continue
			}
			t := &Task{Order: r.ID, Recipient: o.Recipient, Categories: strings.Join(o.Categories, " "), AskedAt: tx.Now(), DueAt: clock.At(r.answerBy(tx.Now().Time()))}
			t.ID = tx.NewID()
			fresh, err := store.InsertOnce(ctx, tx, t, "tenant_id, order_id, recipient")
			if err != nil {
				return err
			}
			if !fresh {
				continue
			}
			due := deadline.New{Matter: Matter, Ref: t.ID, Name: dueName, Due: t.DueAt.Time(), Link: deskRoot + "/" + r.ID.String(), Title: o.Recipient}
			if err := deadline.Set(ctx, tx, due); err != nil {
				return err
			}
			if err := audit.Record(ctx, tx, audit.Act{Name: "erasure.asked", Object: o.Recipient}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Tasks are those of an order, in a transaction of the home.
func (e *Erasure) Tasks(ctx context.Context, tx *store.Tx, order id.ID) ([]Task, error) {
	all, err := store.Find[Task](ctx, tx, "WHERE tenant_id = $1 AND order_id = $2 ORDER BY id", tx.Tenant(), order)
	return all, fault.Wrap("erasure.Tasks", err)
}

// Answer keeps what a processor answered, in a transaction of the home. Faults:
// Invalid for an empty or too long one, NotFound, Conflict for a second answer.
func (e *Erasure) Answer(ctx context.Context, tx *store.Tx, order, task id.ID, text string) error {
	const op = "erasure.Answer"
	text = strings.TrimSpace(text)
	if text == "" || len(text) > answerMost {
		return fault.New(fault.Invalid, op, "erasure.answer.missing").On("answer")
	}
	t, err := store.Get[Task](ctx, tx, task)
	if err == nil && t.Order != order {
		err = fault.New(fault.NotFound, op, "")
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	if !t.AnsweredAt.IsZero() {
		return fault.New(fault.Conflict, op, "erasure.answer.already")
	}
	t.Answer, t.AnsweredAt = vault.Seal(text), tx.Now()
	if err := store.Update(ctx, tx, t); err != nil {
		return fault.Wrap(op, err)
	}
	if err := deadline.Met(ctx, tx, t.ID, dueName); err != nil {
		return fault.Wrap(op, err)
	}
	return audit.Record(ctx, tx, audit.Act{Name: "erasure.answered", Object: t.Recipient})
}

// whoGot says in the receipt who else got data and what became of that.
func (r *run) whoGot(tasks []Task, now clock.Instant) (out []receipt.Other) {
	for _, o := range r.plan.Others {
		rec, ok := r.notice.Recipient(o.Recipient)
		x := receipt.Other{Recipient: o.Recipient, ID: o.Recipient, EN: o.Recipient, As: rec.As}
		if ok {
			x.ID, x.EN = rec.Name.ID, rec.Name.EN
		}
		code, day := "itself", time.Time{}
		switch rec.As {
		case chosen:
			code = "chosen"
		case processor:
			code, day = string(Asked), r.answerBy(r.OrderedAt.Time())
			if i := slices.IndexFunc(tasks, func(t Task) bool { return t.Recipient == o.Recipient }); i >= 0 {
				t := tasks[i]
				code, day = string(t.State(now)), t.DueAt.Time()
				if t.State(now) == Answered {
					day = t.AnsweredAt.Time()
				}
			}
		}
		key, on := "erasure.other."+code, day.In(clock.WIB).Format(time.DateOnly)
		x.Says = receipt.Fact{Code: code, ID: r.Catalog.T(i18n.ID, key, "day", on), EN: r.Catalog.T(i18n.EN, key, "day", on)}
		out = append(out, x)
	}
	return out
}

// stays lists what the law or the notice keeps, without the person's name.
func (r *run) stays() (out []receipt.Stays) {
	kept := map[string]bool{"erasure.proof": true}
	for _, t := range r.Schema.Tables() {
		if t.Stays {
			for _, c := range t.Categories() {
				kept[c] = r.plan.Records[c] > 0
			}
		}
	}
	for _, c := range r.notice.Categories() {
		if !kept[c.Key] {
			continue
		}
		because := receipt.Words{ID: c.Because.ID, EN: c.Because.EN}
		if because.ID == "" {
			because = receipt.Words{ID: r.Catalog.T(i18n.ID, "erasure.stays.because"), EN: r.Catalog.T(i18n.EN, "erasure.stays.because")}
		}
		out = append(out, receipt.Stays{Category: c.Key, Words: receipt.Words{ID: c.What.ID, EN: c.What.EN}, Because: because,
			Until: receipt.Words{ID: c.Kept.Say("id"), EN: c.Kept.Say("en")}})
	}
	return out
}
