package guardian_test

import (
	"context"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/guardian"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/rights/rightstest"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
	"amanah/notices"
)

var config = rightstest.Config([]store.Set{guardian.Tables(), gate.Tables(), consent.Tables()}, []fs.FS{guardian.Migrations(), gate.Migrations(), consent.Migrations()})

const (
	own     = "rina@example.com"
	mother  = "sekar@example.com"
	school  = "guru@sekolah.example"
	minorly = "dewi@example.com"
)

// house is Ashari's service with one young person who signs up.
type house struct {
	*guardian.Service
	w       *rightstest.World
	mu      sync.Mutex
	letters []string // key to link
	erased  []id.Subject
	made    int
	signed  id.Subject
	down    bool
}

func (h *house) SignUp(ctx context.Context, _ string, in identity.SignUp) error {
	if in.Young == nil {
		return fault.New(fault.Internal, "test", "not_young")
	}
	if in.Young.Refused != nil {
		return in.Young.Refused
	}
	h.made++
	return h.w.DB.Write(ctx, h.w.Home, func(tx *store.Tx) error { return in.Young.Also(ctx, tx, h.signed) })
}

func (h *house) Find(_ context.Context, _, address string) (id.Subject, bool, error) {
	return h.w.Dewi, address == minorly, nil
}

func (h *house) Person(_ context.Context, _ store.Scope, _ id.Subject, key string, args ...any) error {
	return h.Party(context.Background(), store.Scope{}, id.Subject{}, own, "id", key, args...)
}

func (h *house) Party(_ context.Context, _ store.Scope, _ id.Subject, to, _, key string, args ...any) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.down {
		return fault.New(fault.Unavailable, "test", "down")
	}
	link := ""
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "link" {
			link = args[i+1].(string)
		}
	}
	h.letters = append(h.letters, to+" "+key+" "+link)
	return nil
}

func (h *house) Erase(_ context.Context, who id.Subject, by string, _ i18n.Lang) (id.ID, error) {
	if by == "guardian" || by == "officer" {
		h.erased = append(h.erased, who)
	}
	return id.ID{}, nil
}

// token is the secret of the newest letter of a kind.
func (h *house) token(t *testing.T, key string) string {
	t.Helper()
	for i := len(h.letters) - 1; i >= 0; i-- {
		if f := strings.Fields(h.letters[i]); len(f) == 3 && f[1] == key {
			return f[2][strings.LastIndex(f[2], "/")+1:]
		}
	}
	t.Fatalf("no letter %s in %v", key, h.letters)
	return ""
}

func open(t *testing.T, w *rightstest.World) *house {
	t.Helper()
	n, found := notice.Parse("ashari.yaml", mustRead(t, "ashari.yaml"))
	if n == nil {
		t.Fatal(found)
	}
	w.Home.Service = "ashari"
	h := &house{w: w, signed: w.Rina}
	var err error
	h.Service, err = guardian.New(guardian.Config{DB: w.DB, Accounts: h, Post: h, Eraser: h,
		Notice: func(service string) (*notice.Notice, bool) {
			if service == "ctt" {
				c, _ := notice.Parse("ctt.yaml", mustRead(t, "ctt.yaml"))
				return c, true
			}
			return n, service == "ashari"
		},
		Digest: func(string, string) string { return "d1" },
		Contact: func(context.Context, *store.Tx, id.Subject) (identity.Contact, error) {
			return identity.Contact{Name: "Rina Maharani"}, nil
		},
		Address: func(s string) string { return "http://localhost/" + s },
		Home:    func(string) store.Scope { return w.Home }})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	b, err := fs.ReadFile(notices.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// years before the test's day.
func (h *house) years(n int) string {
	return h.w.Clock.Now().In(clock.WIB).AddDate(-n, 0, 0).Format("2006-01-02")
}

func (h *house) young(age int) guardian.Young {
	return guardian.Young{Born: h.years(age), Programme: true, Guardian: "Sekar Larasati", GuardianEmail: mother, Institution: "Bagas Prakoso", InstitutionMail: school}
}

func (h *house) enter(t *testing.T) {
	t.Helper()
	if err := h.SignUpYoung(h.young(15)); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{guardian.Parent, guardian.Institution} {
		if err := h.Ask(context.Background(), h.rina(), role); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *house) SignUpYoung(y guardian.Young) error {
	return h.Service.SignUp(context.Background(), "ashari", identity.SignUp{Name: "Rina Maharani", Email: own}, y)
}

func (h *house) rina() identity.Principal {
	return identity.Principal{Service: "ashari", Home: h.w.Home.Tenant, Subject: h.w.Rina, Lang: "id"}
}

func yes(relation string) guardian.Answer {
	return guardian.Answer{Yes: true, Name: "Sekar Larasati", Relation: relation, Sure: true, Device: identity.Device{IP: "192.0.2.7", Agent: "test", Lang: "id"}}
}

func (h *house) state(t *testing.T) (s guardian.State, stopped, minors bool) {
	t.Helper()
	err := h.w.DB.Read(context.Background(), h.w.Home, func(tx *store.Tx) error {
		w, err := guardian.Of(context.Background(), tx, h.w.Rina)
		if err != nil {
			return err
		}
		s = w.State
		all, err := gate.Of(context.Background(), tx, h.w.Rina)
		for _, one := range all {
			stopped = stopped || one.Lifted.IsZero() && one.Purpose == gate.All && one.Why == gate.Guardian
		}
		if err != nil {
			return err
		}
		c, err := consent.StateOf(context.Background(), tx, h.w.Rina, "minors")
		minors = c == consent.Given
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, stopped, minors
}

func (h *house) is(t *testing.T, want guardian.State, stopped, minors bool) {
	t.Helper()
	s, st, m := h.state(t)
	if s != want || st != stopped || m != minors {
		t.Errorf("state %s, stopped %v, minors' consent %v; want %s, %v, %v", s, st, m, want, stopped, minors)
	}
}

// TestBothApprove is ASH-81: inactive until both approvals are recorded; either
// one's withdrawal suspends.
func TestBothApprove(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx, h := context.Background(), open(t, w)
		h.enter(t)
		h.is(t, guardian.Waiting, true, false)
		if err := h.Answer(ctx, "ashari", h.token(t, "guardian.letter.guardian"), yes("mother")); err != nil {
			t.Fatal(err)
		}
		h.is(t, guardian.Waiting, true, false)
		keep := h.token(t, "guardian.letter.keep")
		if err := h.Answer(ctx, "ashari", h.token(t, "guardian.letter.institution"), yes("teacher")); err != nil {
			t.Fatal(err)
		}
		h.is(t, guardian.Active, false, true)
		for range 2 { // a second time changes nothing
			if err := h.Withdraw(ctx, "ashari", keep, identity.Device{Lang: "id"}); err != nil {
				t.Fatal(err)
			}
		}
		h.is(t, guardian.Suspended, true, false)
		w.Manual().Add(2 * time.Hour)
		if err := h.Ask(ctx, h.rina(), guardian.Parent); err != nil {
			t.Fatal(err)
		}
		if err := h.Answer(ctx, "ashari", h.token(t, "guardian.letter.guardian"), yes("mother")); err != nil {
			t.Fatal(err)
		}
		h.is(t, guardian.Active, false, true)
		school := h.token(t, "guardian.letter.keep")
		if school == keep {
			t.Error("a new consent has the old link")
		}
		if err := h.Withdraw(ctx, "ashari", keep, identity.Device{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("an old link takes back: %v", err)
		}
	})
}

func TestSignUpRefuses(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		h := open(t, w)
		for name, change := range map[string]func(*guardian.Young){
			"12 years old":          func(y *guardian.Young) { y.Born = h.years(12) },
			"a day before 13":       func(y *guardian.Young) { y.Born = w.Clock.Now().In(clock.WIB).AddDate(-13, 0, 1).Format("2006-01-02") },
			"18 today":              func(y *guardian.Young) { y.Born = h.years(18) },
			"no date":               func(y *guardian.Young) { y.Born = "soon" },
			"born tomorrow":         func(y *guardian.Young) { y.Born = w.Clock.Now().In(clock.WIB).AddDate(0, 0, 1).Format("2006-01-02") },
			"outside an internship": func(y *guardian.Young) { y.Programme = false },
			"own address":           func(y *guardian.Young) { y.GuardianEmail = " RINA@example.com" },
			"own mailbox with plus": func(y *guardian.Young) { y.GuardianEmail = "rina+ibu@example.com" },
			"own address as school": func(y *guardian.Young) { y.InstitutionMail = own },
			"one address for both":  func(y *guardian.Young) { y.InstitutionMail = mother },
			"no guardian":           func(y *guardian.Young) { y.Guardian = "" },
			"no address":            func(y *guardian.Young) { y.GuardianEmail = "sekar" },
			"header in the address": func(y *guardian.Young) { y.GuardianEmail = "sekar@example.com\r\nBcc: x@example.com" },
		} {
			y := h.young(15)
			change(&y)
			if err := h.SignUpYoung(y); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if h.made != 0 || len(h.letters) != 0 {
			t.Errorf("made %d, wrote %v", h.made, h.letters)
		}
		if err := h.Service.SignUp(context.Background(), "ctt", identity.SignUp{Email: own}, h.young(15)); !fault.Is(err, fault.NotFound) {
			t.Errorf("a service without young people: %v", err)
		}
		for _, age := range []int{13, 17} {
			if age == 17 {
				h.signed = w.Dewi
			}
			if err := h.SignUpYoung(h.young(age)); err != nil {
				t.Errorf("%d years old: %v", age, err)
			}
		}
	})
}

func TestLinks(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx, h := context.Background(), open(t, w)
		h.enter(t)
		good := h.token(t, "guardian.letter.guardian")
		refused := func(name, service, token string) {
			t.Helper()
			for _, a := range []guardian.Answer{yes("mother"), {}} {
				if err := h.Answer(ctx, service, token, a); !fault.Is(err, fault.NotFound) {
					t.Errorf("%s: %v", name, err)
				}
			}
			h.is(t, guardian.Waiting, true, false)
		}
		refused("guessed", "ashari", strings.Repeat("A", 43))
		refused("empty", "ashari", "")
		refused("huge", "ashari", strings.Repeat("A", 1<<20))
		refused("keep link as answer", "ashari", good[1:]+"A")
		refused("other service", "ctt", good)
		if err := h.Answer(ctx, "ashari", good, guardian.Answer{Yes: true, Name: "Sekar", Relation: "teacher"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a parent as teacher, unsure: %v", err)
		}
		if err := h.Ask(ctx, h.rina(), guardian.Parent); !fault.Is(err, fault.TooMany) {
			t.Errorf("a second letter at once: %v", err)
		}
		w.Manual().Add(73 * time.Hour)
		refused("expired", "ashari", good)
		if err := h.Ask(ctx, h.rina(), guardian.Parent); err != nil {
			t.Fatal(err)
		}
		newer := h.token(t, "guardian.letter.guardian")
		refused("superseded", "ashari", good)
		if err := h.Answer(ctx, "ashari", newer, yes("mother")); err != nil {
			t.Fatal(err)
		}
		refused("used", "ashari", newer)
		for i := 0; ; i++ {
			w.Manual().Add(2 * time.Hour)
			if err := h.Ask(ctx, h.rina(), guardian.Institution); err != nil {
				if !fault.Is(err, fault.TooMany) || i != 5 {
					t.Errorf("letter %d: %v", i, err)
				}
				break
			}
		}
		stranger := h.rina()
		stranger.Subject = w.Dewi
		if err := h.Ask(ctx, stranger, guardian.Parent); !fault.Is(err, fault.NotFound) {
			t.Errorf("an adult asks: %v", err)
		}
	})
}

// A young person's own account cannot approve for another, and each link works for
// its own young person alone.
func TestGuardianOfAnother(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx, h := context.Background(), open(t, w)
		h.signed = w.Dewi
		if err := h.SignUpYoung(h.young(16)); err != nil {
			t.Fatal(err)
		}
		h.signed = w.Rina
		y := h.young(15)
		y.GuardianEmail = minorly
		if err := h.SignUpYoung(y); err != nil {
			t.Fatal(err)
		}
		dewi := h.rina()
		dewi.Subject = w.Dewi
		for _, who := range []identity.Principal{h.rina(), dewi} {
			if err := h.Ask(ctx, who, guardian.Parent); err != nil {
				t.Fatal(err)
			}
		}
		ofDewi := h.token(t, "guardian.letter.guardian")
		if err := h.Answer(ctx, "ashari", ofDewi, yes("mother")); err != nil {
			t.Fatal(err)
		}
		h.is(t, guardian.Waiting, true, false) // nothing for Rina
		h.letters = h.letters[:1]
		if err := h.Answer(ctx, "ashari", h.token(t, "guardian.letter.guardian"), yes("mother")); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a minor approves: %v", err)
		}
		h.is(t, guardian.Waiting, true, false)
	})
}

func TestTwiceAtOnce(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx, h := context.Background(), open(t, w)
		h.enter(t)
		tokens := []string{h.token(t, "guardian.letter.guardian"), h.token(t, "guardian.letter.institution")}
		var wg sync.WaitGroup
		var mu sync.Mutex
		worked := map[string]int{}
		for range 4 {
			for i, token := range tokens {
				wg.Go(func() {
					if err := h.Answer(ctx, "ashari", token, yes([]string{"father", "head"}[i])); err == nil {
						mu.Lock()
						worked[token]++
						mu.Unlock()
					}
				})
			}
		}
		wg.Wait()
		for _, token := range tokens {
			if worked[token] != 1 {
				t.Errorf("a link worked %d times", worked[token])
			}
		}
		h.is(t, guardian.Active, false, true)
	})
}

func TestRefusalErases(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx, h := context.Background(), open(t, w)
		h.enter(t)
		other := h.token(t, "guardian.letter.institution")
		if err := h.Answer(ctx, "ashari", h.token(t, "guardian.letter.guardian"), guardian.Answer{}); err != nil {
			t.Fatal(err)
		}
		h.is(t, guardian.Refused, true, false)
		if len(h.erased) != 1 || h.erased[0] != w.Rina || !strings.Contains(h.letters[len(h.letters)-1], "guardian.letter.refused") {
			t.Errorf("erased %v, told %v", h.erased, h.letters)
		}
		if err := h.Answer(ctx, "ashari", other, yes("teacher")); !fault.Is(err, fault.NotFound) {
			t.Errorf("a yes after a no: %v", err)
		}
		if _, err := h.Daily(ctx, "ashari"); err != nil || len(h.erased) != 2 { // the fake does not remove the row: a crash's refusal is carried out
			t.Errorf("the day after: %v, %v", h.erased, err)
		}
	})
}

// JAG-19: marked by an officer, the account is stopped and erased at once; nobody
// marks themselves, and an unknown address changes nothing.
func TestUnderage(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx, h := context.Background(), open(t, w)
		officer := h.rina()
		for _, address := range []string{"nobody@example.com", "", minorly} {
			me := officer
			if address == minorly {
				me.Subject = w.Dewi
			}
			if _, err := h.Underage(ctx, me, address); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", address, err)
			}
		}
		if len(h.erased)+len(h.letters) != 0 {
			t.Fatalf("erased %v, told %v", h.erased, h.letters)
		}
		if _, err := h.Underage(ctx, officer, minorly); err != nil {
			t.Fatal(err)
		}
		if len(h.erased) != 1 || h.erased[0] != w.Dewi || len(h.letters) != 1 || !strings.Contains(h.letters[0], "guardian.letter.underage") {
			t.Errorf("erased %v, told %v", h.erased, h.letters)
		}
	})
}

// TestHandOver: at 18 by the calendar in WIB, once.
func TestHandOver(t *testing.T) {
	t.Parallel()
	rightstest.Both(t, config, func(t *testing.T, w *rightstest.World) {
		ctx, h := context.Background(), open(t, w)
		y := h.young(15)
		day := w.Clock.Now().In(clock.WIB)
		y.Born = time.Date(day.Year()-18, day.Month(), day.Day()+1, 0, 0, 0, 0, time.UTC).Format("2006-01-02") // 18 tomorrow
		if err := h.SignUpYoung(y); err != nil {
			t.Fatal(err)
		}
		for _, role := range []string{guardian.Parent, guardian.Institution} {
			if err := h.Ask(ctx, h.rina(), role); err != nil {
				t.Fatal(err)
			}
		}
		for key, relation := range map[string]string{"guardian.letter.guardian": "guardian", "guardian.letter.institution": "head"} {
			if err := h.Answer(ctx, "ashari", h.token(t, key), yes(relation)); err != nil {
				t.Fatal(err)
			}
		}
		keep := h.token(t, "guardian.letter.keep")
		midnight := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, clock.WIB)
		w.Manual().Set(midnight.Add(-time.Second))
		if n, err := h.Daily(ctx, "ashari"); n != 0 || err != nil {
			t.Fatalf("the evening before: %d, %v", n, err)
		}
		w.Manual().Set(midnight)
		h.down = true
		if n, err := h.Daily(ctx, "ashari"); n != 1 || err == nil {
			t.Fatalf("the birthday, no letters: %d, %v", n, err)
		}
		h.down = false
		for range 3 {
			if n, err := h.Daily(ctx, "ashari"); n != 0 || err != nil {
				t.Fatalf("again: %d, %v", n, err)
			}
		}
		h.is(t, guardian.Grown, false, false)
		asked := 0
		for _, l := range h.letters {
			if strings.Contains(l, "guardian.letter.grown") {
				asked++
			}
		}
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
		if err := h.Withdraw(ctx, "ashari", keep, identity.Device{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("the guardian still decides: %v", err)
		}
		err := w.DB.Read(ctx, w.Home, func(tx *store.Tx) error {
			r, err := guardian.Of(ctx, tx, w.Rina)
			if err == nil && r.Born.Reveal() != "" {
				t.Errorf("born %s is still kept", r.Born.Reveal())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzParseBorn(f *testing.F) {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	for _, s := range []string{"2011-02-29", "2012-02-29", "", "0000-00-00", "9999-12-31", "2010-13-01", " 2010-05-03 "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		born, ok := guardian.ParseBorn(s, now)
		if ok && (Age(born, now) < 0 || Age(born, now) > 126) {
			t.Errorf("%q is %d years old", s, Age(born, now))
		}
	})
}

// Age is the package's.
func Age(born, now time.Time) int { return guardian.Age(born, now) }
