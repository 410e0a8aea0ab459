package erasure_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// sent is a record of transfers: who got the first category of everybody.
type sent struct {
	*rights.Rights
	to []notice.Recipient
}

func (s sent) Kept(ctx context.Context, who id.Subject) ([]rights.Holding, error) {
	held, err := s.Rights.Kept(ctx, who)
	for _, r := range s.to {
		if len(held) > 0 {
			held[0].Got = append(held[0].Got, rights.Received{Recipient: r, Times: 1})
		}
	}
	return held, err
}

// asking is a Farewell that looks whether the processors were asked before.
type asking struct {
	*told
	asked int
}

func (a *asking) Farewell(ctx context.Context, home store.Scope, who id.Subject, lang i18n.Lang, file []byte) error {
	err := a.w.Read(ctx, home, func(tx *store.Tx) error {
		due, err := deadline.Open(ctx, tx)
		for _, d := range due {
			if d.Matter == erasure.Matter {
				a.asked++
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return a.told.Farewell(ctx, home, who, lang, file)
}

func TestErase_asksProcessors(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx := context.Background()
		w.Populate(t, 2)
		e, r, f := newErasure(t, w)
		n, _ := w.Notice("ctt")
		var to []notice.Recipient
		processors := 0
		for _, rec := range n.Recipients() {
			if rec.As == "processor" {
				processors++
			}
			to = append(to, rec)
		}
		if processors == 0 {
			t.Fatal("the notice has no processor, so that this proves nothing")
		}
		a := &asking{told: f}
		e.Kept, e.Farewell = sent{r, to}, a
		done, err := e.Erase(ctx, w.Rina, request)
		if err != nil {
			t.Fatal(err)
		}
		if a.asked != processors {
			t.Errorf("%d processors were asked before the person was told, want %d", a.asked, processors)
		}
		var body erasure.Body
		file, err := receipt.Verify(done.Receipt, w.Key.Public())
		if err == nil {
			err = json.Unmarshal(file.Body, &body)
		}
		if err != nil || len(body.Others) != len(to) {
			t.Fatalf("the receipt names %d others, want %d: %v", len(body.Others), len(to), err)
		}
		for _, o := range body.Others {
			want := map[string]string{"processor": "asked", "chosen-by-you": "chosen"}[o.As]
			if want == "" {
				want = "itself"
			}
			if o.Says.Code != want || o.Says.ID == "" || o.Says.EN == "" || strings.Contains(o.Says.EN, "{") {
				t.Errorf("%s, %s: %+v", o.Recipient, o.As, o.Says)
			}
		}
		if !slices.ContainsFunc(body.Stays, func(s receipt.Stays) bool {
			return s.Category == "erasure.proof" && s.Because.EN != "" && s.Until.EN != ""
		}) {
			t.Errorf("the receipt does not say that and how long the proof stays: %+v", body.Stays)
		}
		answer(t, w, e, done.Number)
	})
}

// answer keeps the processors' answers, each once.
func answer(t *testing.T, w *rightstest.World, e *erasure.Erasure, order id.ID) {
	t.Helper()
	ctx := context.Background()
	var tasks []erasure.Task
	home := func(f func(tx *store.Tx) error) error { return w.Write(ctx, w.Home, f) }
	if err := home(func(tx *store.Tx) (err error) { tasks, err = e.Tasks(ctx, tx, order); return err }); err != nil || len(tasks) == 0 {
		t.Fatalf("%d tasks, %v", len(tasks), err)
	}
	one := tasks[0]
	for name, c := range map[string]struct {
		order id.ID
		text  string
		want  fault.Code
	}{
		"empty": {order, "  ", fault.Invalid}, "too long": {order, strings.Repeat("x", 5000), fault.Invalid}, "another order's": {one.ID, "done", fault.NotFound},
	} {
		if err := home(func(tx *store.Tx) error { return e.Answer(ctx, tx, c.order, one.ID, c.text) }); !fault.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := home(func(tx *store.Tx) error { return e.Answer(ctx, tx, order, one.ID, "erased on our side") }); err != nil {
		t.Fatal(err)
	}
	if err := home(func(tx *store.Tx) error { return e.Answer(ctx, tx, order, one.ID, "again") }); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second answer: %v", err)
	}
	err := home(func(tx *store.Tx) error {
		due, err := deadline.Of(ctx, tx, one.ID)
		if err == nil && (len(due) != 1 || due[0].State != deadline.Kept) {
			t.Errorf("the deadline of an answered task: %+v", due)
		}
		tasks, err = e.Tasks(ctx, tx, order)
		return err
	})
	if err != nil || tasks[0].State(tasks[0].AnsweredAt) != erasure.Answered || tasks[0].Answer.Reveal() != "erased on our side" {
		t.Errorf("%+v, %v", tasks[0], err)
	}
	if len(tasks) > 1 && (tasks[1].State(tasks[1].DueAt) != erasure.Overdue || tasks[1].State(tasks[1].AskedAt) != erasure.Asked) {
		t.Error("a task is overdue at its end and not before")
	}
}
