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
	"amanah/internal/id"
	"amanah/internal/privacy/receipt"
	"amanah/internal/privacy/rights/request"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// A refusal needs a ground of a law in force and reasons, and both reach the
// person. JAG-49, EPE-32, CTT-31.
func TestRefuse(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		c := h.open(h.own(request.Ask{Right: request.Correct, Text: "Tanggal lahir saya."}))
		refuse := func(ground, reasons string) error {
			return h.staff(func(ctx context.Context, tx *store.Tx) error { return h.Refuse(ctx, tx, c.ID, ground, reasons) })
		}
		for _, v := range [][2]string{{"", "Tidak."}, {"because", "Tidak."}, {"no-effect", "Tidak."}, {"no-damage", "Tidak."}, {"verified-accurate", "  "}} {
			if err := refuse(v[0], v[1]); !fault.Is(err, fault.Invalid) {
				t.Errorf("refused with %q and %q: %v", v[0], v[1], err)
			}
		}
		h.must(refuse("verified-accurate", "Sesuai akta yang Anda kirim."))
		if !heard(h.told, "request.told.refused") {
			t.Error("the person is not told")
		}
		page := h.web(h.Rina, "GET", "/ctt/privacy/requests/"+c.ID.String(), nil).Body.String()
		for _, want := range []string{"It was verified", "UU 27/2022 6, 30", "Sesuai akta yang Anda kirim.", c.Number} {
			if !strings.Contains(page, want) {
				t.Errorf("the person does not read %q", want)
			}
		}
		if err := refuse("verified-accurate", "Lagi."); !fault.Is(err, fault.Conflict) {
			t.Errorf("refused twice: %v", err)
		}
	})
}

// A ground of the regulation of 2027 is none before its day.
func TestGrounds_followTheLaw(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		n, _ := h.World.Notice("ctt")
		for at, want := range map[string]bool{"2027-01-15T23:00:00+07:00": false, "2027-01-16T00:30:00+07:00": true} {
			day, _ := time.Parse(time.RFC3339, at)
			got := slices.ContainsFunc(request.Grounds(n, h.packs, request.Human, day.In(clock.WIB)), func(g request.Ground) bool { return g.Key == "no-effect" })
			if got != want {
				t.Errorf("at %s the ground is there: %v", at, got)
			}
		}
		for _, k := range request.Kinds() {
			if len(request.Grounds(n, h.packs, k.Right, time.Now())) == 0 {
				t.Errorf("%s has no ground at all", k.Right)
			}
		}
	})
}

func TestExtend(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		claim := h.open(h.own(request.Ask{Right: request.Claim, Text: "Rugi."}))
		never := h.open(h.own(request.Ask{Right: request.Correct, Text: "Keliru."}))
		extend := func(c *request.Case, days int, reason string) error {
			return h.staff(func(ctx context.Context, tx *store.Tx) error { return h.Extend(ctx, tx, c.ID, days, reason) })
		}
		if err := extend(never, 5, "Banyak."); !fault.Is(err, fault.Invalid) {
			t.Errorf("3x24 hours are put off: %v", err)
		}
		for _, days := range []int{0, -1, 31} {
			if err := extend(claim, days, "Banyak."); !fault.Is(err, fault.Invalid) {
				t.Errorf("%d days: %v", days, err)
			}
		}
		before := h.clocks(claim.ID)
		h.must(extend(claim, 10, "Menunggu keterangan bank."))
		after := h.clocks(claim.ID)
		if got := after[len(after)-1].Due.Sub(before[len(before)-1].Due); got != 240*time.Hour || !heard(h.told, "request.told.extended") {
			t.Errorf("moved by %s", got)
		}
		if err := extend(claim, 10, "Lagi."); !fault.Is(err, fault.Conflict) {
			t.Errorf("put off twice: %v", err)
		}
	})
}

// A guardian's report takes effect when its address is proven: the account is
// frozen until an officer has decided. CTT-41.
func TestChild_freezesUntilDecided(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		form := url.Values{"right": {"child"}, "email": {guardian}, "by": {"parent"}, "name": {"Sekar Larasati"}, "paper": {"akta kelahiran"}, "account": {rinaMail}, "text": {"Anak saya 12 tahun."}}
		if w := h.web(id.Subject{}, "POST", "/ctt/privacy/ask", form); w.Code != 200 {
			t.Fatalf("the form answers %d", w.Code)
		}
		if len(h.stops(h.Rina)) != 0 {
			t.Fatal("anybody who types an address freezes an account")
		}
		at := "/ctt/privacy/ask/" + h.link()
		if w := h.web(id.Subject{}, "POST", at, url.Values{}); w.Code != 303 {
			t.Fatalf("the link answers %d: %s", w.Code, w.Body)
		}
		if got := h.stops(h.Rina); !slices.Equal(got, []string{"restricted:"}) || !heard(h.officers, "request.told.urgent") {
			t.Fatalf("not frozen: %v", got)
		}
		var queue []request.Case
		h.read(func(ctx context.Context, tx *store.Tx) (err error) {
			queue, err = request.Queue(ctx, tx, false)
			return err
		})
		if len(queue) != 1 || !queue[0].Urgent {
			t.Fatalf("the queue: %+v", queue)
		}
		// The child must not read who reported it.
		if own := h.web(h.Rina, "GET", "/ctt/privacy/requests/"+queue[0].ID.String(), nil); own.Code != 404 {
			t.Errorf("the reported person reads the report: %d", own.Code)
		}
		h.must(h.staff(func(ctx context.Context, tx *store.Tx) error {
			return h.Refuse(ctx, tx, queue[0].ID, "no-child", "Akun milik orang dewasa.")
		}))
		if len(h.stops(h.Rina)) != 0 {
			t.Error("it stays frozen after the decision")
		}
		h.post()
		if last := h.letters[len(h.letters)-1]; last.To != guardian || !strings.Contains(last.Text, "Akun milik orang dewasa.") {
			t.Errorf("the guardian reads %q", last.Text)
		}
	})
}

// Who cannot sign in opens a link that went to the account's own address; nobody
// else's link gives anything. CTT-35.
func TestProve(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		ask := func(mail string) {
			t.Helper()
			if w := h.web(id.Subject{}, "POST", "/ctt/privacy/ask", url.Values{"right": {"restrict"}, "email": {mail}, "by": {"self"}}); w.Code != 200 || strings.Contains(w.Body.String(), "CTT-") {
				t.Fatalf("%d", w.Code)
			}
		}
		ask(rinaMail)
		if len(h.stops(h.Rina)) != 0 {
			t.Fatal("it ran before anybody was identified")
		}
		link := h.link()
		if w := h.web(id.Subject{}, "GET", "/ctt/privacy/ask/"+link, nil); w.Code != 200 || len(h.stops(h.Rina)) != 0 {
			t.Fatalf("a look at the link acts, or fails: %d", w.Code)
		}
		h.web(id.Subject{}, "POST", "/ctt/privacy/ask/"+link, url.Values{})
		if got := h.stops(h.Rina); !slices.Equal(got, []string{"restricted:"}) {
			t.Errorf("the account's own link restricts %v", got)
		}
		ask(strangers)
		link = h.link()
		h.web(id.Subject{}, "POST", "/ctt/privacy/ask/"+link, url.Values{})
		if !heard(h.officers, "request.told.identity") || len(h.stops(h.Dewi)) != 0 {
			t.Error("a stranger's link does something, or nobody looks further")
		}
		for _, wrong := range []string{"x", link + "x", strings.Repeat("a", 4000)} {
			if w := h.web(id.Subject{}, "POST", "/ctt/privacy/ask/"+wrong, url.Values{}); w.Code != 404 {
				t.Errorf("a forged link answers %d", w.Code)
			}
		}
		h.Manual().Add(8 * 24 * time.Hour)
		if w := h.web(id.Subject{}, "GET", "/ctt/privacy/ask/"+link, nil); w.Code != 404 {
			t.Errorf("an old link answers %d", w.Code)
		}
	})
}

func letter(from, subject, text string) []byte {
	return []byte("From: " + from + "\r\nTo: privacy@ctt.id\r\nSubject: " + subject + "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n")
}

// Mails, paper and the form all give a numbered record. JEN-28, ASH-79, JAG-47.
func TestTakeMail(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		take := func(raw []byte, proven bool) *request.Case {
			t.Helper()
			c, err := h.TakeMail(t.Context(), h.Home, raw, proven, "id")
			h.must(err)
			return h.get(c.ID)
		}
		own := take(letter("Rina <"+rinaMail+">", "Data saya", "Mohon salinan data saya."), true)
		if own.Subject != h.Rina || own.State != request.Open || own.Number == "" || !heard(h.told, "request.told.received") {
			t.Errorf("the account's own mail: %+v", own.State)
		}
		if again := take(letter("Rina <"+rinaMail+">", "Data saya", "Mohon salinan data saya."), true); again.ID != own.ID {
			t.Error("the same mail twice is two cases")
		}
		forged := take(letter(rinaMail, "Hapus", "Hapus akun saya."), false)
		if !forged.Subject.IsZero() || forged.State != request.Identity {
			t.Error("a mail that nobody vouches for is believed")
		}
		more := take(letter(rinaMail, "Re: "+strings.ToLower(own.Number), "Yang bulan Maret saja."), true)
		if got := acts(h.trail(own.ID)); more.ID != own.ID || got[len(got)-1] != "written" {
			t.Errorf("an answer goes elsewhere: %v", got)
		}
		other := take(letter(strangers, "Re: "+own.Number, "Saya Rina."), true)
		if other.ID == own.ID {
			t.Error("a stranger writes into somebody's case by its number")
		}
		h.must(h.staff(func(ctx context.Context, tx *store.Tx) error { return h.Sort(ctx, tx, own.ID, request.Copy, "") }))
		if got := h.get(own.ID); got.State != request.Answered || got.Right != request.Copy {
			t.Errorf("a sorted letter: %s %s", got.Right, got.State)
		}
		if _, err := h.TakeMail(t.Context(), h.Home, []byte("nonsense"), true, "id"); !fault.Is(err, fault.Invalid) {
			t.Errorf("no mail at all: %v", err)
		}
		w := h.web(h.officer, "POST", "/ctt/staff/privacy/requests", url.Values{"via": {"in_person"}, "right": {"restrict"}, "by": {"self"}, "name": {"Rina Maharani"}, "account": {rinaMail}, "seen": {"KTP"}})
		if w.Code != 303 || !slices.Equal(h.stops(h.Rina), []string{"restricted:"}) {
			t.Errorf("on paper: %d %v", w.Code, h.stops(h.Rina))
		}
	})
}

// The history cannot be changed unseen. JAG-47.
func TestTrail_tampering(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		for name, text := range map[string]string{
			"another act": "UPDATE request_steps SET act = 'refused' WHERE tenant_id = $1 AND case_id = $2 AND number = 1",
			"a step less": "DELETE FROM request_steps WHERE tenant_id = $1 AND case_id = $2 AND number = 1",
			"later":       "UPDATE request_steps SET at = at + 1 WHERE tenant_id = $1 AND case_id = $2 AND number = 2",
		} {
			c := h.open(h.own(request.Ask{Right: request.Restrict}))
			file := h.proofOf(c)
			if _, err := receipt.Verify(file, h.Key.Public()); err != nil {
				t.Fatalf("the file of evidence: %v", err)
			}
			h.must(h.staff(func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, text, tx.Tenant(), c.ID)
				return err
			}))
			h.read(func(ctx context.Context, tx *store.Tx) error {
				if _, err := request.Trail(ctx, tx, c); !fault.Is(err, fault.Internal) {
					t.Errorf("%s is not seen: %v", name, err)
				}
				return nil
			})
			if page := h.web(h.officer, "GET", "/ctt/staff/privacy/requests/"+c.ID.String(), nil); !strings.Contains(page.Body.String(), "tampered") {
				t.Errorf("%s: the officer's page says nothing", name)
			}
		}
	})
}

func (h *house) proofOf(c *request.Case) (file []byte) {
	h.t.Helper()
	h.read(func(ctx context.Context, tx *store.Tx) (err error) { file, err = h.Proof(ctx, tx, c); return err })
	return file
}

// Erasing needs the confirmation and no staff; an officer's erasure stands on what
// was seen.
func TestErase(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		for _, form := range []url.Values{{"right": {"erase"}}, {"right": {"erase"}, "understood": {"yes"}, "confirm": {"wrong"}}, {"right": {"destroy"}, "confirm": {password}}} {
			if w := h.web(h.Rina, "POST", "/ctt/privacy/requests", form); w.Code != 422 || len(h.erased) != 0 {
				t.Errorf("erased without confirmation: %d", w.Code)
			}
		}
		w := h.web(h.Rina, "POST", "/ctt/privacy/requests", url.Values{"right": {"destroy"}, "understood": {"yes"}, "confirm": {password}})
		if w.Code != 303 || !strings.Contains(w.Header().Get("Location"), "/privacy/receipts/") || !slices.Equal(h.erased, []id.Subject{h.Rina}) {
			t.Errorf("%d %s %v", w.Code, w.Header().Get("Location"), h.erased)
		}
		c := h.open(request.Ask{Right: request.Erase, Via: request.ByLetter, By: request.Proxy, Name: "Bagas Prakoso", Paper: "surat kuasa", About: h.Dewi, Lang: "id"})
		if err := h.Grant(t.Context(), h.as("staff", h.officer), c.ID, request.Decision{Answer: "Ya."}); !fault.Is(err, fault.Conflict) {
			t.Errorf("erased without proof of who asks: %v", err)
		}
		h.must(h.Identify(t.Context(), h.as("staff", h.officer), c.ID, "KTP dan surat kuasa", "dewi@example.com"))
		h.must(h.Grant(t.Context(), h.as("staff", h.officer), c.ID, request.Decision{Answer: "Dihapus."}))
		if !slices.Equal(h.erased, []id.Subject{h.Rina, h.Dewi}) {
			t.Errorf("erased: %v", h.erased)
		}
	})
}

// A claim is tracked to its payment. JAG-45.
func TestClaim(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		c := h.open(h.own(request.Ask{Right: request.Claim, Text: "Rugi."}))
		pay := func() error {
			return h.staff(func(ctx context.Context, tx *store.Tx) error { return h.Paid(ctx, tx, c.ID, "Transfer bank.") })
		}
		if err := pay(); !fault.Is(err, fault.Conflict) {
			t.Errorf("paid before it is decided: %v", err)
		}
		h.must(h.Grant(t.Context(), h.as("staff", h.officer), c.ID, request.Decision{Answer: "Disetujui.", Amount: 50_000_000}))
		h.must(pay())
		page := h.web(h.Rina, "GET", "/ctt/privacy/requests/"+c.ID.String(), nil).Body.String()
		if got := h.get(c.ID); got.PaidAt.IsZero() || got.Amount != 50_000_000 || !strings.Contains(page, "500,000") {
			t.Errorf("the payment is not shown: %d", got.Amount)
		}
		if err := pay(); !fault.Is(err, fault.Conflict) {
			t.Errorf("paid twice: %v", err)
		}
	})
}

// Only officers work on cases.
func TestStaff_otherStaffFindNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house) {
		c := h.open(h.own(request.Ask{Right: request.Claim, Text: "Rugi."}))
		worker := h.World.Subject()
		h.must(h.staff(func(ctx context.Context, tx *store.Tx) error { return tenant.Hire(ctx, tx, worker, tenant.Worker) }))
		for _, act := range []string{"grant", "refuse", "identify", "extend", "sort", "write", "task", "paid"} {
			if w := h.web(worker, "POST", "/ctt/staff/privacy/requests/"+c.ID.String()+"/"+act, url.Values{"answer": {"x"}}); w.Code != 404 {
				t.Errorf("%s by who is no officer: %d", act, w.Code)
			}
		}
		if w := h.web(h.officer, "GET", "/ctt/staff/privacy/requests/"+c.ID.String(), nil); w.Code != 200 {
			t.Errorf("the officer: %d", w.Code)
		}
	})
}

func TestReadNumber(t *testing.T) {
	t.Parallel()
	key := id.Must("0199b6a2-1f7a-7c3e-9d4e-2f6a1c0b8e11")
	good := "CTT-" + id.Number(key)
	for line, want := range map[string]string{
		good: good, "Re: " + strings.ToLower(good) + " halo": good, "[" + good + "]": good, "CTT-CTT-0000 " + good: good,
		"JEN" + good[3:]: "", good[:5] + "X" + good[6:]: "", "": "", "CTT-": "", "CTT-0000-0000-": "",
	} {
		if line != good && strings.HasPrefix(line, good[:5]+"X") && good[5] == 'X' {
			continue
		}
		if got := request.ReadNumber("ctt", line); got != want {
			t.Errorf("%q reads as %q, want %q", line, got, want)
		}
	}
}

func FuzzReadNumber(f *testing.F) {
	f.Add("Re: CTT-K7QF-2M9X-T")
	f.Fuzz(func(t *testing.T, s string) {
		if n := request.ReadNumber("ctt", s); n != "" && request.ReadNumber("ctt", n) != n {
			t.Errorf("%q is read once and not twice", n)
		}
	})
}
