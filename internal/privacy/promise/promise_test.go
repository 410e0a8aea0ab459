package promise

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"amanah/internal/backup"
	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/identity/bearer"
	"amanah/internal/privacy/analytics"
	"amanah/internal/privacy/breach"
	"amanah/internal/privacy/change"
	"amanah/internal/privacy/consent"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/disclosure"
	"amanah/internal/privacy/erasure"
	"amanah/internal/privacy/gate"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/rights/request"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/privacy/transfer"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/support"
	"amanah/internal/tenant"
	"amanah/notices"
)

func loaded(t testing.TB) []*notice.Notice {
	t.Helper()
	ns, found := notice.LoadNotices(notices.FS)
	if notice.HasErrors(found) {
		t.Fatal(found)
	}
	return ns
}

// Every promise of the five documents stands in a file, each once, in both
// languages, with checks, a coming module, or people.
func TestEveryPromise(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/ids.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, id := range strings.Fields(string(text)) {
		want[id] = true
	}
	if len(want) != 158 {
		t.Fatalf("the list has %d", len(want))
	}
	for _, n := range loaded(t) {
		for _, p := range n.Promises() {
			if !want[p.ID] {
				t.Errorf("%s is unknown or stands twice", p.ID)
			}
			delete(want, p.ID)
			if p.Say.ID == "" || p.Say.EN == "" || p.Say.ID == p.Say.EN {
				t.Errorf("%s is not said in both languages", p.ID)
			}
			if len(p.Checks) == 0 && p.Module == "" && !p.People {
				t.Errorf("%s names nothing that keeps it", p.ID)
			}
		}
	}
	for id := range want {
		t.Errorf("%s is missing", id)
	}
}

// What is wrong in a file of promises ends the start, and says where.
func TestParsePromises_refuses(t *testing.T) {
	t.Parallel()
	const head = "service: ctt\npromises:\n  CTT-99:\n"
	const said = "    topic: security\n    say: {id: a b, en: c d}\n    see: security\n"
	for name, c := range map[string]struct{ text, code string }{
		"no check":        {head + said, "promise-unchecked"},
		"one language":    {head + "    topic: security\n    say: {id: a}\n    check: sealed\n", "promise-language"},
		"unknown topic":   {head + "    topic: weather\n    say: {id: a, en: b}\n    check: sealed\n", "promise-topic"},
		"unknown key":     {head + said + "    chek: sealed\n", "unknown-key"},
		"bad parameter":   {head + said + "    check: oldest mail\n", "promise-check"},
		"bad number":      {"service: ctt\npromises:\n  first:\n" + said + "    check: sealed\n", "promise-id"},
		"people, nothing": {head + said + "    by: people\n", "promise-document"},
		"people, check":   {head + said + "    by: people\n    document: none\n    check: sealed\n", "promise-people"},
		"no promises":     {"service: ctt\n", "promises"},
	} {
		_, _, found := notice.ParsePromises("promises/ctt.yaml", []byte(c.text))
		ok := false
		for _, f := range found {
			ok = ok || f.Code == c.code && f.Line > 0 && f.Col > 0 && f.File == "promises/ctt.yaml"
		}
		if !ok {
			t.Errorf("%s: %v", name, found)
		}
	}
}

// A check that there is not, wrong parameters, and a module that came to run
// without a check end the start.
func TestVerify(t *testing.T) {
	t.Parallel()
	ns := loaded(t)
	yes := func(*notice.Notice, string) bool { return true }
	none := func(string, string) bool { return false }
	if f := Verify(ns, nil, none, yes); !has(f, "promise-check") {
		t.Error("a promise may name a check that there is not")
	}
	if f := Verify(ns, nil, func(string, string) bool { return true }, yes); !has(f, "promise-unchecked") {
		t.Error("a module may run whose promise names no check")
	}
	if f := Verify(ns, nil, none, func(*notice.Notice, string) bool { return false }); !has(f, "promise-module") {
		t.Error("a promise may wait for a module that there is not")
	}
	for line, ok := range map[string]bool{"oldest of=mail.raw": true, "oldest of=mail.nothing": false, "oldest": false, "sealed of=mail.raw": false, "session-life max=soon": false, "deadlines matter=weather": false} {
		words := strings.Fields(line)
		c := notice.PromiseCheck{Name: words[0], Args: map[string]string{}}
		for _, w := range words[1:] {
			k, v, _ := strings.Cut(w, "=")
			c.Args[k] = v
		}
		n := ns[0]
		for _, one := range ns {
			if one.Service() == "ctt" {
				n = one
			}
		}
		if err := verifyCheck(n, Checks(), c); (err == nil) != ok {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func has(fs []notice.Finding, code string) bool {
	for _, f := range fs {
		if f.Code == code {
			return true
		}
	}
	return false
}

var sets = []store.Set{tenant.Tables(), identity.Tables(), bearer.Tables(), consent.Tables(), transfer.Tables(), erasure.Tables(), support.Tables(), deadline.Tables(), gate.Tables(), request.Tables(), analytics.Tables(), breach.Tables(), change.Tables(), disclosure.Tables(), backup.Tables(), Tables()}

func config() storetest.Config {
	return storetest.Config{Sets: sets, Migrations: []fs.FS{tenant.Migrations(), identity.Migrations(), bearer.Migrations(), consent.Migrations(), transfer.Migrations(),
		erasure.Migrations(), support.Migrations(), deadline.Migrations(), gate.Migrations(), request.Migrations(), analytics.Migrations(), breach.Migrations(), change.Migrations(), disclosure.Migrations(), backup.Migrations(), Migrations()}}
}

func site(t *testing.T, b *storetest.Bundle) Site {
	t.Helper()
	m, err := store.NewMap(sets...)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := rowset.New(m, sets...)
	if err != nil {
		t.Fatal(err)
	}
	home := store.Scope{Tenant: tenant.HomeOf("ctt"), Home: tenant.HomeOf("ctt"), Service: "ctt", Actor: store.Actor{Kind: "job"}, Purpose: Purpose}
	for _, n := range loaded(t) {
		if n.Service() == "ctt" {
			return Site{Notice: n, Home: home, Rooms: []store.Scope{home}, Now: b.Clock.Now(), DB: b.DB, Schema: schema}
		}
	}
	t.Fatal("no notice")
	return Site{}
}

func put(t *testing.T, s Site, table string, row map[string]any) id.ID {
	t.Helper()
	names, marks := []string{"tenant_id", "id"}, []string{"$1", "$2"}
	key := s.DB.NewID()
	values := []any{s.Home.Tenant, key}
	for k, v := range row {
		names, values = append(names, k), append(values, v)
		marks = append(marks, "$"+string(rune('0'+len(values)/10))+string(rune('0'+len(values)%10)))
	}
	for i := range marks {
		marks[i] = strings.Replace(marks[i], "$0", "$", 1)
	}
	err := s.DB.Write(context.Background(), s.Home, func(tx *store.Tx) error {
		_, err := tx.Exec(context.Background(), "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", values...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", table, err)
	}
	return key
}

// Each check says kept of what is right, and broken of what is not: none is a
// constant.
func TestChecks(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config(), func(t *testing.T, b *storetest.Bundle) {
		s := site(t, b)
		who, other := id.Subject(b.NewID()), id.Subject(b.NewID())
		ago := func(d time.Duration) clock.Instant { return clock.At(s.Now.Add(-d)) }
		session := func(s Site, life, seen time.Duration) {
			start := ago(40 * day)
			put(t, s, "sessions", map[string]any{"subject_id": who, "token_hash": []byte(b.NewID().String()), "created_at": start, "seen_at": clock.At(start.Time().Add(seen)), "ends_at": clock.At(start.Time().Add(life)), "method": "password", "factor": ""})
		}
		sent := func(to, categories string, at time.Duration) {
			put(t, s, "transfers", map[string]any{"subject": who, "recipient": to, "kind": "processor", "purpose": "deliver", "categories": categories, "bytes": 1, "at": ago(at), "outcome": "sent", "reason": ""})
		}
		// incident is a real one where everything was done in time, but for what is given.
		incident := func(other map[string]any) id.ID {
			row := map[string]any{"number": b.NewID().String(), "drill": false, "state": "closed", "kinds": "access", "crime": false, "opened_at": ago(9 * day), "confirmed_at": ago(8 * day), "assessed_at": ago(8 * day), "contained_at": ago(7 * day),
				"notified_at": ago(6 * day), "remediated_at": ago(5 * day), "ended_at": ago(4 * day), "sent_at": ago(6 * day), "sent_hash": "h", "root_cause": "r", "controls": "c", "compliance": "d"}
			for k, v := range other {
				row[k] = v
			}
			return put(t, s, "breach_incidents", row)
		}
		version := func(name string, effective, told clock.Instant) {
			put(t, s, "notice_versions", map[string]any{"version": name, "digest": "d", "source": "", "published_at": ago(20 * day), "effective_at": effective, "seen_at": ago(20 * day), "is_first": false, "begun_at": ago(19 * day), "told_at": told})
		}
		handed := func(first, second id.Subject, at clock.Instant) {
			put(t, s, "disclosures", map[string]any{"subject_id": who, "number": b.NewID().String(), "reason": "court", "basis": "", "document": "", "categories": "account.name", "state": "handed_over", "asked_at": at, "first_id": first, "second_id": second, "secrecy": "",
				"handed_at": at, "records": 1, "size": 1, "told_at": at, "ended_at": at})
		}
		ashari := s
		for _, n := range loaded(t) {
			if n.Service() == "ashari" { // whose notice speaks of idle accounts
				ashari.Notice = n
			}
		}
		account := func(ago time.Duration) {
			seen := clock.At(s.Now.Add(-ago))
			put(t, s, "accounts", map[string]any{"subject_id": b.NewID(), "lang": "id", "age_declared": 18, "age_declared_at": seen, "state": "active", "created_at": seen, "verified_at": seen, "last_signin_at": seen})
		}
		archive := func(name string, at clock.Instant) {
			put(t, s, "backup_uses", map[string]any{"at": at, "act": "made", "archive": name, "rows_in": 1, "files_in": 1, "bytes": 1, "took_ms": 1, "good": true, "why": "", "done_by": "job"})
		}
		for _, c := range []struct {
			check  string
			good   func()
			broken func()
		}{
			{"session-life max=P30D", func() { session(s, 30*day, day) }, func() { session(s, 31*day, day) }},
			{"sessions-end", func() {}, func() { session(s, day, 2*day) }},
			{"block-list max=P30D", func() {
				put(t, s, "revoked_tokens", map[string]any{"subject_id": who, "token_id": b.NewID(), "revoked_at": ago(3 * day)})
			}, func() {
				put(t, s, "revoked_tokens", map[string]any{"subject_id": who, "token_id": b.NewID(), "revoked_at": ago(32 * day)})
			}},
			{"oldest of=transfer.log", func() { sent("target", "transaction.amount", 3*day) }, func() { sent("target", "transaction.amount", 367*day) }},
			{"recipients", func() {}, func() { sent("stranger", "transaction.amount", day) }},
			{"least-data", nil, func() { sent("target", "account.password", day) }},
			{"erasures", func() {
				put(t, s, "erasure_orders", map[string]any{"proof": []byte("p"), "places": "", "ground": "request", "ordered_by": "person", "language": "id", "plan": "", "step": "done", "told": true, "ordered_at": ago(2 * time.Hour), "done_at": ago(time.Hour), "receipt": ""})
			}, func() {
				put(t, s, "erasure_orders", map[string]any{"who": other, "proof": []byte("q"), "places": "", "ground": "request", "ordered_by": "person", "language": "id", "plan": "", "step": "told", "told": false, "ordered_at": ago(3 * day), "receipt": ""})
			}},
			{"deadlines matter=request", func() {
				put(t, s, "deadlines", map[string]any{"matter": "request", "ref": b.NewID(), "name": "answer", "title": "", "link": "", "rule": "", "set_at": ago(5 * time.Hour), "due_at": clock.At(s.Now.Add(67 * time.Hour)), "first_due": clock.At(s.Now), "moved": 0, "state": "open"})
			}, func() {
				put(t, s, "deadlines", map[string]any{"matter": "request", "ref": b.NewID(), "name": "answer", "title": "", "link": "", "rule": "", "set_at": ago(80 * time.Hour), "due_at": ago(8 * time.Hour), "first_due": clock.At(s.Now), "moved": 0, "state": "open"})
			}},
			{"incidents of=stages", func() { incident(map[string]any{}) }, func() { incident(map[string]any{"contained_at": nil}) }},
			{"incidents of=authority", nil, func() { incident(map[string]any{"sent_at": ago(day)}) }},
			{"incidents of=letters", nil, func() { incident(map[string]any{"sent_hash": ""}) }},
			{"incidents of=documents", nil, func() { incident(map[string]any{"controls": ""}) }},
			{"incidents of=contained", nil, func() { incident(map[string]any{"contained_at": ago(day), "notified_at": ago(day)}) }},
			{"incidents of=people", nil, func() {
				put(t, s, "breach_people", map[string]any{"subject_id": other, "incident_id": incident(map[string]any{}), "categories": "", "tables": "", "row_count": 1})
			}},
			{"versions", func() { version("1.9", ago(3*day), ago(5*day)) }, func() { version(s.Notice.Version(), ago(day), ago(time.Hour)) }},
			{"disclosures", func() { handed(who, other, ago(3*day)) }, func() { handed(who, who, ago(3*day)) }},
			{"graces", func() {
				put(t, s, "closings", map[string]any{"subject_id": who, "ground": "request", "ordered_by": "person", "language": "id", "asked_at": ago(day), "erase_at": clock.At(s.Now.Add(day))})
			}, func() {
				put(t, s, "closings", map[string]any{"subject_id": other, "ground": "request", "ordered_by": "person", "language": "id", "asked_at": ago(40 * day), "erase_at": ago(2 * day)})
			}},
			{"idle", func() { account(300 * day) }, func() { account(420 * day) }},
			{"archives", func() { archive("a", ago(3*day)) }, func() { archive("b", ago(31*day)) }},
			{"totals", func() {
				put(t, s, "analytics_figures", map[string]any{"day": "2026-11-20", "feature": "reports", "part": "", "people": 10})
			}, func() {
				put(t, s, "analytics_figures", map[string]any{"day": "2026-11-21", "feature": "reports", "part": "", "people": 9})
			}},
			{"stopped", func() {
				put(t, s, "gate_stops", map[string]any{"subject_id": who, "purpose": "deliver", "why": "objected", "since": ago(time.Hour)})
			}, func() { sent("target", "transaction.amount", time.Minute) }},
			{"guesses", func() {}, func() {
				put(t, s, "attempts", map[string]any{"key_index": []byte("k"), "tries": 500, "last_at": ago(time.Minute)})
			}},
			{"age-declared", func() {}, func() {
				put(t, s, "accounts", map[string]any{"subject_id": other, "lang": "id", "age_declared": 0, "state": "active", "created_at": ago(day)})
			}},
			{"notice-shown", nil, nil},
			{"passwords", func() {}, func() {
				put(t, s, "accounts", map[string]any{"subject_id": b.NewID(), "lang": "id", "age_declared": 18, "age_declared_at": ago(day), "state": "active", "created_at": ago(day), "password_hash": []byte("in clear")})
			}},
			{"looks-granted", func() {}, func() {
				put(t, s, "support_looks", map[string]any{"subject_id": who, "ticket_id": b.NewID(), "grant_id": b.NewID(), "staff_id": other, "view_key": "x", "reason": []byte("r"), "at": ago(time.Hour)})
			}},
			{"consent-recorded", func() {}, func() {
				put(t, s, "consents", map[string]any{"subject_id": who, "purpose": "advertising", "number": 1, "state": "given", "notice_version": "2.0", "at": ago(day), "how": "page", "lang": "id"})
			}},
			{"sealed", func() {}, nil}, {"isolated", func() {}, nil}, {"key-erased", func() {}, nil},
		} {
			words := strings.Fields(c.check)
			args := Args{}
			for _, w := range words[1:] {
				k, v, _ := strings.Cut(w, "=")
				args[k] = v
			}
			check, _ := find(Checks(), words[0])
			look := func(want State) {
				t.Helper()
				at := s
				if words[0] == "idle" {
					at = ashari
				}
				f, err := check.Look(t.Context(), at, args)
				if err != nil || f.State != want || len(f.Figures) == 0 {
					t.Errorf("%s says %v (%v), want %s", c.check, f, err, want)
				}
			}
			if c.good != nil {
				c.good()
				look(Kept)
			}
			if c.broken != nil {
				c.broken()
			}
			if c.broken != nil || c.good == nil {
				look(Broken)
			}
		}
	})
}

// The self-tests notice a value that lies in clear, an enclosure that others see,
// and a key that was not destroyed.
func TestSelfTests_broken(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config(), func(t *testing.T, b *storetest.Bundle) {
		s := site(t, b)
		clear := func(ctx context.Context, tx *store.Tx, p planted) error {
			_, err := tx.Exec(ctx, "INSERT INTO promise_probes (tenant_id, id, subject_id, marker) VALUES ($1, $2, $3, $4)", tx.Tenant(), p.id, p.who, []byte(p.marker))
			return err
		}
		for name, look := range map[string]func(context.Context, Site, Args) (Finding, error){
			"sealed":     sealed(clear),
			"isolated":   isolated(func(s Site) store.Scope { return trial(s, "trial") }),
			"key-erased": keyErased(func(context.Context, Site, planted) error { return nil }),
		} {
			if f, err := look(t.Context(), s, nil); err != nil || f.State != Broken {
				t.Errorf("%s says %v, %v", name, f, err)
			}
		}
		if n := left(t, s); n != 0 {
			t.Errorf("%d rows of self-tests are left", n)
		}
	})
}

func left(t *testing.T, s Site) (n int64) {
	t.Helper()
	err := s.DB.Read(t.Context(), trial(s, "trial"), func(tx *store.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT COUNT(*) FROM promise_probes", nil, &n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

type rooms []store.Scope

func (r rooms) Tenants(context.Context) ([]store.Scope, error) { return r, nil }

// What was found is kept with its time; what nobody looked at for three hours, and
// what could not be found out, is not called kept.
func TestKeeper(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config(), func(t *testing.T, b *storetest.Bundle) {
		s := site(t, b)
		answer := Kept
		var trouble error
		var checks []Check
		for _, c := range Checks() {
			c.Every = 0
			c.Look = func(context.Context, Site, Args) (Finding, error) { return found(answer, Fig("isolated")), trouble }
			checks = append(checks, c)
		}
		k, err := New(Config{DB: b.DB, Schema: s.Schema, Tenants: rooms{s.Home}, Notices: []*notice.Notice{s.Notice}, Checks: checks,
			Runs: func(string, string) bool { return false }, Home: func(string) store.Scope { return s.Home }})
		if err != nil {
			t.Fatal(err)
		}
		state := func() Line {
			t.Helper()
			lines, err := k.Board(t.Context(), "ctt")
			if err != nil || len(lines) != 18 {
				t.Fatalf("%d lines, %v", len(lines), err)
			}
			for _, l := range lines {
				if l.ID == "CTT-31" {
					return l
				}
			}
			t.Fatal("no CTT-31")
			return Line{}
		}
		run := func() {
			t.Helper()
			if err := k.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if l := state(); l.State != Unchecked {
			t.Errorf("before the first look: %s", l.State)
		}
		run()
		first := state()
		if first.State != Kept || !first.At.Equal(storetest.Start) {
			t.Errorf("after it: %+v", first)
		}
		b.Manual().Add(time.Hour)
		run()
		if l := state(); !l.Since.Equal(storetest.Start) || !l.At.After(l.Since) {
			t.Errorf("since moved without the state: %+v", l)
		}
		answer = Broken
		b.Manual().Add(time.Hour)
		run()
		if l := state(); l.State != Broken || !l.Since.Equal(b.Clock.Now()) {
			t.Errorf("after a break: %+v", l)
		}
		answer, trouble = Kept, errors.New("no database")
		run()
		if l := state(); l.State != Unchecked {
			t.Errorf("a look that failed is called %s", l.State)
		}
		trouble = nil
		run()
		b.Manual().Add(4 * time.Hour)
		if l := state(); l.State != Unchecked {
			t.Errorf("after four hours without a look: %s", l.State)
		}
		if _, err := json.Marshal(state().Figures); err != nil {
			t.Error(err)
		}
	})
}
