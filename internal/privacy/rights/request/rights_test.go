package request_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/rights"
	"amanah/internal/privacy/rights/request"
	"amanah/internal/store"
)

// What needs no judgement is answered in the transaction that takes it in, with
// its time, its evidence and a kept deadline. JEN-24 to 27, JAG-38 to 46, CTT-29
// to 34, ASH-74 to 78.
func TestOpen_whatRunsByItself(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		h.must(h.staff(func(ctx context.Context, tx *store.Tx) error {
			return consent.Give(ctx, tx, h.Rina, "improve", consent.Proof{Notice: "2.0", How: consent.ByPage})
		}))
		for _, v := range []struct {
			ask   request.Ask
			stops []string
		}{
			{request.Ask{Right: request.Know}, nil},
			{request.Ask{Right: request.Copy}, nil},
			{request.Ask{Right: request.Port}, nil},
			{request.Ask{Right: request.Object, Purpose: "improve"}, []string{"objected:improve"}},
			{request.Ask{Right: request.Restrict}, []string{"restricted:", "objected:improve"}},
			{request.Ask{Right: request.End}, []string{"objected:", "restricted:", "objected:improve"}},
		} {
			before := len(h.officers)
			c := h.open(h.own(v.ask))
			if c.State != request.Answered || c.AnswerAs == "" || c.ClosedAt.IsZero() || len(h.officers) != before {
				t.Errorf("%s waits for somebody: %s", v.ask.Right, c.State)
			}
			if got := h.stops(h.Rina); !sameSet(got, v.stops) {
				t.Errorf("after %s the gate holds %v, want %v", v.ask.Right, got, v.stops)
			}
			for _, d := range h.clocks(c.ID) {
				if d.State != "met" {
					t.Errorf("%s: the deadline %s is %s", v.ask.Right, d.Name, d.State)
				}
			}
			if got := acts(h.trail(c.ID)); got[0] != "received" || got[len(got)-1] != "answered" {
				t.Errorf("%s left the trail %v", v.ask.Right, got)
			}
		}
		if len(h.stops(h.Dewi)) != 0 {
			t.Error("somebody else is stopped")
		}
		h.read(func(ctx context.Context, tx *store.Tx) error {
			s, err := consent.StateOf(ctx, tx, h.Rina, "improve")
			if s != consent.Withdrawn {
				t.Errorf("the objection left no dated record: %q", s)
			}
			return err
		})
	})
}

func sameSet(a, b []string) bool {
	slices.Sort(a)
	b = slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// Lifting is logged and works on the person's word. ASH-77.
func TestLift(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		c := h.open(h.own(request.Ask{Right: request.Restrict}))
		lift := func(kind string) error {
			return h.World.DB.Write(t.Context(), h.as("person", h.Rina), func(tx *store.Tx) error {
				who := h.Rina
				if kind == "other" {
					who = h.Dewi
				}
				return h.Lift(t.Context(), tx, who, c.ID)
			})
		}
		if err := lift("other"); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody else lifts it: %v", err)
		}
		h.must(lift("own"))
		if got := h.stops(h.Rina); len(got) != 0 {
			t.Errorf("it still holds: %v", got)
		}
		if got := acts(h.trail(c.ID)); got[len(got)-1] != "lifted" {
			t.Errorf("lifting left no step: %v", got)
		}
	})
}

// What the contract needs and what keeps the account safe is judged by somebody.
func TestOpen_whatAnOfficerJudges(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		for _, a := range []request.Ask{
			{Right: request.Object, Purpose: "capture"}, {Right: request.Object, Purpose: "security"}, {Right: request.Human, Text: "Surel ini ditolak."},
			{Right: request.Claim, Text: "Data saya bocor."}, {Right: request.Question, Text: "Siapa petugasnya?"}, {Right: request.Correct, Text: "Tanggalnya keliru."}, {Right: request.Erase},
		} {
			c := h.open(h.own(a))
			if c.State != request.Open || len(h.stops(h.Rina)) != 0 || len(h.erased) != 0 {
				t.Errorf("%s %s ran by itself", a.Right, a.Purpose)
			}
			if !heard(h.officers, "request.told.officer") || !heard(h.told, "request.told.received") {
				t.Errorf("%s: nobody is told", a.Right)
			}
		}
	})
}

// A name is corrected at once; recipients that got it have a task. JAG-39, ASH-75,
// EPE-31.
func TestOpen_correction(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		held, err := h.Rights.Kept(t.Context(), h.Rina)
		h.must(err)
		for _, k := range held {
			h.sent = append(h.sent, rights.Transfer{Recipient: "smtp-relay", Categories: []string{k.Category.Key}, Purpose: "notify", Times: 1, Last: h.Clock.Now()})
		}
		c := h.open(h.own(request.Ask{Right: request.Correct, Field: "account.name", Wish: "Rina Maharani Putri"}))
		if c.State != request.Answered || h.corrected["account.name"] != "Rina Maharani Putri" {
			t.Fatalf("not corrected: %s %v", c.State, h.corrected)
		}
		var tasks []request.Task
		h.read(func(ctx context.Context, tx *store.Tx) (err error) {
			tasks, err = request.Tasks(ctx, tx, c.ID)
			return err
		})
		if len(tasks) != 1 || tasks[0].Recipient != "smtp-relay" || tasks[0].What != "correct" {
			t.Fatalf("who got it is not told: %+v", tasks)
		}
		h.must(h.staff(func(ctx context.Context, tx *store.Tx) error { return h.TaskDone(ctx, tx, c.ID, tasks[0].ID, "Sudah.") }))
		// What an officer decides changes the field after review.
		c = h.open(h.paper(request.Ask{Right: request.Correct, Field: "account.name", Wish: "Rina M. Putri", Text: "Ejaan di KTP.", Seen: "KTP"}))
		if c.State != request.Open || h.corrected["account.name"] == "Rina M. Putri" {
			t.Fatalf("a correction on paper ran by itself: %s", c.State)
		}
		h.must(h.Grant(t.Context(), h.as("staff", h.officer), c.ID, request.Decision{Answer: "Sesuai KTP."}))
		if h.corrected["account.name"] != "Rina M. Putri" || h.get(c.ID).State != request.Answered {
			t.Error("the officer's decision changed nothing")
		}
	})
}

// paper is what staff write down of somebody whose document they saw.
func (h *house) paper(a request.Ask) request.Ask {
	a.Subject, a.Proven, a.Via, a.Name, a.Lang = h.Rina, request.ByOfficer, request.InPerson, "Rina Maharani", "id"
	return a
}

func TestOpen_refusesWhatIsIncomplete(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		for field, a := range map[string]request.Ask{
			"right":   {Right: "fly"},
			"purpose": {Right: request.Withdraw, Purpose: "nothing"},
			"wish":    {Right: request.Correct},
			"text":    {Right: request.Claim},
			"name":    {Right: request.Copy, By: request.Proxy, Paper: "surat kuasa"},
			"paper":   {Right: request.Copy, By: request.Guardian, Name: "Sekar Larasati"},
			"by":      {Right: request.Child, Text: "Anak saya", By: request.Proxy, Name: "S", Paper: "p"},
		} {
			_, _, err := h.Open(t.Context(), h.as("person", h.Rina), h.own(a))
			if !fault.Is(err, fault.Invalid) || fault.Of(err).Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		long := strings.Repeat("a", 10_001)
		if _, _, err := h.Open(t.Context(), h.as("person", h.Rina), h.own(request.Ask{Right: request.Claim, Text: long})); !fault.Is(err, fault.Invalid) {
			t.Errorf("a huge text: %v", err)
		}
		if _, _, err := h.Open(t.Context(), h.as("visitor", h.Rina), request.Ask{Right: request.Copy, Via: request.ByForm}); !fault.Is(err, fault.Invalid) {
			t.Errorf("nobody asks: %v", err)
		}
	})
}

// A thousand of one are one entry, and so are a thousand of different kinds soon.
func TestOpen_aThousandTimes(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		for i := range 1000 {
			_, joined, err := h.Open(t.Context(), h.as("person", h.Rina), h.own(request.Ask{Right: request.Claim, Text: "Ganti rugi."}))
			if err != nil || joined != (i > 0) {
				t.Fatalf("the %d. time: joined %v, %v", i, joined, err)
			}
		}
		var queue []request.Case
		h.read(func(ctx context.Context, tx *store.Tx) (err error) {
			queue, err = request.Queue(ctx, tx, false)
			return err
		})
		if len(queue) != 1 || queue[0].Repeats != 999 || len(h.trail(queue[0].ID)) != 1 || len(h.officers) != 1 {
			t.Errorf("%d entries, %d repeats, %d steps, %d messages", len(queue), queue[0].Repeats, len(h.trail(queue[0].ID)), len(h.officers))
		}
		var err error
		for range 30 {
			if _, _, err = h.Open(t.Context(), h.as("person", h.Rina), h.own(request.Ask{Right: request.Restrict})); err != nil {
				break
			}
		}
		if !fault.Is(err, fault.TooMany) || fault.Of(err).Key != "request.too_many" {
			t.Errorf("there is no end: %v", err)
		}
		if _, _, err := h.Open(t.Context(), h.as("person", h.Dewi), request.Ask{Right: request.Copy, Subject: h.Dewi, Proven: request.BySession, Via: request.ByPage}); err != nil {
			t.Errorf("somebody else waits for it: %v", err)
		}
	})
}

// 3x24 hours run on the clock over Lebaran; the officer's three working days do
// not, and end inside office hours. ASH-126.
func TestClocks(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		h.Manual().Set(time.Date(2026, 3, 17, 20, 0, 0, 0, clock.WIB))
		c := h.open(h.own(request.Ask{Right: request.Correct, Text: "Keliru."}))
		q := h.open(h.own(request.Ask{Right: request.Claim, Text: "Rugi."}))
		want := map[string]string{"answer": "2026-03-20 20:00", "officer": "2026-03-27 17:00"}
		for _, d := range h.clocks(c.ID) {
			if got := d.Due.In(clock.WIB).Format("2006-01-02 15:04"); got != want[d.Name] {
				t.Errorf("%s is due %s, want %s (%s)", d.Name, got, want[d.Name], d.Rule)
			}
		}
		for _, d := range h.clocks(q.ID) {
			if d.Name == "answer" && d.Due.In(clock.WIB).Format("2006-01-02") != "2026-04-16" {
				t.Errorf("a claim is answered as the notice promises for complaints: %s (%s)", d.Due, d.Rule)
			}
		}
	})
}

// A person sees no one else's case, whatever they type.
func TestPages_strangers(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		c := h.open(h.own(request.Ask{Right: request.Claim, Text: "Rahasia Rina."}))
		for _, path := range []string{"", "/proof"} {
			if w := h.web(h.Dewi, "GET", "/ctt/privacy/requests/"+c.ID.String()+path, nil); w.Code != 404 || strings.Contains(w.Body.String(), "Rahasia") {
				t.Errorf("Dewi reads %s: %d", path, w.Code)
			}
		}
		for _, path := range []string{"", "/back", "/lift"} {
			if w := h.web(h.Dewi, "POST", "/ctt/privacy/requests/"+c.ID.String()+path, url.Values{"text": {"saya"}}); w.Code != 404 {
				t.Errorf("Dewi acts on %s: %d", path, w.Code)
			}
		}
		for _, path := range []string{"", "/new", "/" + c.ID.String()} {
			if w := h.web(h.Rina, "GET", "/ctt/staff/privacy/requests"+path, nil); w.Code != 404 {
				t.Errorf("who is no officer reads %s: %d", path, w.Code)
			}
		}
		other := h.Home
		other.Tenant = h.World.Tenant()
		other.Home = other.Tenant
		if err := h.World.DB.Read(t.Context(), other, func(tx *store.Tx) error { _, err := request.Own(t.Context(), tx, h.Rina, c.ID); return err }); !fault.Is(err, fault.NotFound) {
			t.Errorf("another service reads it: %v", err)
		}
	})
}
