package shelf_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"amanah/internal/audit"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/record"
	"amanah/internal/privacy/shelf"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
	"amanah/law"
	"amanah/notices"
)

var config = storetest.Config{Sets: []store.Set{shelf.Tables(), deadline.Tables(), audit.Tables()}, Migrations: []fs.FS{shelf.Migrations(), deadline.Migrations(), audit.Migrations()}}

type room struct {
	*testing.T
	b      *storetest.Bundle
	s      *shelf.Shelf
	dir    string
	clock  *clock.Manual
	hosts  []string
	notice *notice.Notice
}

func load(t *testing.T, service string, change func(string) string) *notice.Notice {
	t.Helper()
	src, err := notices.FS.ReadFile(service + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(src)
	if change != nil {
		text = change(text)
	}
	assessment, _ := notices.FS.ReadFile("assessments/" + service + ".md")
	all, found := notice.LoadNotices(fstest.MapFS{service + ".yaml": {Data: []byte(text)}, "assessments/" + service + ".md": {Data: assessment}})
	if notice.HasErrors(found) {
		t.Fatal(found)
	}
	return all[0]
}

func scope(service string) store.Scope {
	return store.Scope{Tenant: tenant.HomeOf(service), Home: tenant.HomeOf(service), Service: service, Actor: store.Actor{Kind: "job"}, Purpose: "rights"}
}

// enter makes a shelf over a folder of its own; the store stays.
func enter(t *testing.T, b *storetest.Bundle, n *notice.Notice, dir string, demo bool, hosts ...string) *room {
	t.Helper()
	packs, found := notice.LoadLaw(law.FS)
	if notice.HasErrors(found) {
		t.Fatal(found)
	}
	r := &room{T: t, b: b, dir: dir, clock: b.Clock.(*clock.Manual), hosts: hosts, notice: n}
	var err error
	r.s, err = shelf.New(t.Context(), shelf.Config{Store: b.DB, Folder: dir, Notices: []*notice.Notice{n}, Laws: packs, Home: scope,
		Hosts: func(string) []string { return r.hosts }, Clock: b.Clock, Demo: demo})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *room) write(name, content string) {
	r.Helper()
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		r.Fatal(err)
	}
}

func (r *room) refresh() {
	r.Helper()
	if err := r.s.Refresh(context.Background()); err != nil {
		r.Fatal(err)
	}
}

// paper is one that is in order now.
func (r *room) paper(k shelf.Kind, key, document string) shelf.Paper {
	now := r.clock.Now()
	return shelf.Paper{Kind: k, Key: key, Document: document, Signed: now.AddDate(0, 0, -1), Review: now.AddDate(0, 6, 0)}
}

func (r *room) file(p shelf.Paper) {
	r.Helper()
	if err := r.s.Register(context.Background(), scope(r.notice.Service()), p, id.Subject{}); err != nil {
		r.Fatal(err)
	}
}

func (r *room) shut(recipient, why string) {
	r.Helper()
	err := r.s.MaySend(r.notice.Service(), recipient)
	if !fault.Is(err, fault.Forbidden) {
		r.Fatalf("%s is not refused: %v", recipient, err)
	}
	if line, _ := fault.Of(err).Args["line"].(string); !strings.Contains(line, r.notice.Service()+".yaml: recipients: "+recipient+": ") || !strings.HasSuffix(line, why) {
		r.Errorf("the refusal says %q, not %q", line, why)
	}
}

func (r *room) open(recipient string) {
	r.Helper()
	if err := r.s.MaySend(r.notice.Service(), recipient); err != nil {
		r.Fatalf("%s is refused: %v", recipient, fault.Of(err).Args)
	}
}

// ASH-67, JAG-26: no agreement on file, no data; nor with one that is missing,
// replaced, over or taken back.
func TestMaySend_processorAtHome(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		const doc = "agreements/biznet.pdf"
		r := enter(t, b, load(t, "jagacash", nil), t.TempDir(), false)
		r.shut("biznet", shelf.Unregistered)
		if err := r.s.Register(t.Context(), scope("jagacash"), r.paper(shelf.Agreement, "biznet", doc), id.Subject{}); !fault.Is(err, fault.NotFound) {
			t.Fatalf("a file that is not there is registered: %v", err)
		}
		r.write(doc, "signed by both")
		p := r.paper(shelf.Agreement, "biznet", doc)
		p.ValidUntil = r.clock.Now().AddDate(0, 3, 0)
		r.file(p)
		r.open("biznet")

		r.write(doc, "signed by nobody")
		r.open("biznet") // until this node looks again
		r.refresh()
		r.shut("biznet", shelf.Changed)
		r.write(doc, "signed by both")
		r.refresh()
		r.open("biznet")
		if err := os.Remove(filepath.Join(r.dir, doc)); err != nil {
			t.Fatal(err)
		}
		r.refresh()
		r.shut("biznet", shelf.Missing)
		r.write(doc, "")
		r.refresh()
		r.shut("biznet", shelf.Missing)
		r.write(doc, "signed by both")
		r.refresh()

		r.clock.Add(p.ValidUntil.Sub(r.clock.Now()) - time.Second)
		r.open("biznet")
		r.clock.Add(time.Second)
		r.shut("biznet", shelf.Ended)
		r.file(r.paper(shelf.Agreement, "biznet", doc))
		r.open("biznet")
		if err := r.s.TakeBack(t.Context(), scope("jagacash"), shelf.Agreement, "biznet", id.Subject{}); err != nil {
			t.Fatal(err)
		}
		r.shut("biznet", shelf.Withdrawn)
	})
}

// ASH-83, JAG-28, CTT-39: abroad only with a basis and an instrument of the law.
func TestMaySend_processorAbroad(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		r := enter(t, b, load(t, "jagacash", nil), t.TempDir(), false)
		r.write("agreements/openai.pdf", "a contract")
		p := r.paper(shelf.Agreement, "openai", "agreements/openai.pdf")
		for _, instrument := range []string{"", "scc-eu", "bcr", "platform-terms"} {
			p.Instrument = instrument
			r.file(p)
			r.shut("openai", "transfer: "+shelf.Unfit)
		}
		p.Instrument = "dpa"
		r.file(p)
		r.open("openai")
		r.shut("anthropic", shelf.Unregistered)
		if err := r.s.MaySend("jagacash", "nobody"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a stranger: %v", err)
		}
		if err := r.s.MaySend("jenna", "openai"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the agreement of one service opens another: %v", err)
		}
	})
}

func TestMaySend_ownServerAndChosen(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		n := load(t, "ctt", nil)
		for hosts, open := range map[string]bool{
			"127.0.0.1:25": true, "10.1.2.3:587": true, "[::1]:25": true, "localhost:25": true, "192.168.0.4:25": true,
			"relay.example:587": false, "8.8.8.8:25": false, "": false, "127.0.0.1:25 relay.example:587": false, "127.0.0.1.relay.example:25": false, "nonsense": false,
		} {
			r := enter(t, b, n, t.TempDir(), false, strings.Fields(hosts)...)
			if err := r.s.MaySend("ctt", "smtp-relay"); (err == nil) != open {
				t.Errorf("%q: %v", hosts, err)
			}
			r.open("target")
			r.open("authority")
		}
	})
}

// UU 27/2022 article 34: flagged data is not processed before the assessment.
func TestAdmit(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		dir := t.TempDir()
		r := enter(t, b, load(t, "ctt", nil), dir, false)
		waits := func(r *room, want bool) {
			t.Helper()
			for _, purpose := range []string{"capture", "deliver"} {
				if err := r.s.Admit("ctt", purpose); fault.Is(err, fault.Forbidden) != want {
					t.Errorf("%s: %v", purpose, err)
				}
			}
			for _, purpose := range []string{"service", "rights", "security", "support", "notify", "billing"} {
				if err := r.s.Admit("ctt", purpose); err != nil {
					t.Errorf("%s waits for an assessment: %v", purpose, err)
				}
			}
		}
		waits(r, true)
		r.write("assessments/ctt.md", "looked at")
		r.refresh()
		waits(r, true) // a file alone is no decision
		r.file(r.paper(shelf.Assessment, "", "assessments/ctt.md"))
		waits(r, false)
		if err := r.s.Admit("jenna", "anything"); err != nil {
			t.Errorf("a service without flagged data: %v", err)
		}

		// A notice that says the same about flagged data keeps its assessment; one
		// that keeps it longer needs another.
		waits(enter(t, b, load(t, "ctt", func(s string) string {
			return strings.Replace(s, `version: "2.0"`, `version: "2.1"`, 1)
		}), dir, false), false)
		longer := enter(t, b, load(t, "ctt", func(s string) string {
			return strings.Replace(s, "kept: P90D after captured\n    note", "kept: P180D after captured\n    note", 1)
		}), dir, false)
		waits(longer, true)
		if got := longer.s.Assessment("ctt"); got != shelf.Outdated {
			t.Errorf("the assessment is %s", got)
		}
		longer.file(longer.paper(shelf.Assessment, "", "assessments/ctt.md"))
		waits(longer, false)
	})
}

func TestDemo_saysInvented(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		r := enter(t, b, load(t, "jagacash", nil), t.TempDir(), true)
		r.open("openai")
		if f := r.s.Agreements("jagacash")["openai"]; f.State != shelf.Invented || !f.Demo {
			t.Errorf("%+v", f)
		}
		if record.SayState(shelf.Invented, "en") == "" || record.SayState(shelf.Unfit, "id") == "" {
			t.Error("a state without words")
		}
		// What was registered and does not stand is shut in the demo too.
		r.write("agreements/openai.pdf", "x")
		p := r.paper(shelf.Agreement, "openai", "agreements/openai.pdf")
		p.Instrument = "dpa"
		r.file(p)
		r.write("agreements/openai.pdf", "y")
		r.refresh()
		r.shut("openai", shelf.Changed)
	})
}

func TestFile_refusesAndReminds(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		r := enter(t, b, load(t, "jagacash", nil), t.TempDir(), false)
		r.write("agreements/biznet.pdf", "x")
		for field, change := range map[string]func(*shelf.Paper){
			"signed":      func(p *shelf.Paper) { p.Signed = r.clock.Now().AddDate(0, 0, 1) },
			"valid_until": func(p *shelf.Paper) { p.ValidUntil = r.clock.Now() },
			"review":      func(p *shelf.Paper) { p.Review = time.Time{} },
			"document":    func(p *shelf.Paper) { p.Document = "../../etc/passwd" },
		} {
			p := r.paper(shelf.Agreement, "biznet", "agreements/biznet.pdf")
			change(&p)
			err := r.s.Register(t.Context(), scope("jagacash"), p, id.Subject{})
			if err == nil || fault.Of(err).Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		open := func() []deadline.Item {
			var out []deadline.Item
			err := b.DB.Read(t.Context(), scope("jagacash"), func(tx *store.Tx) (err error) { out, err = deadline.Open(t.Context(), tx); return err })
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		p := r.paper(shelf.Agreement, "biznet", "agreements/biznet.pdf")
		p.ValidUntil = r.clock.Now().AddDate(1, 0, 0)
		r.file(p)
		r.file(p) // the second follows the first: its clocks alone run
		if got := open(); len(got) != 2 || got[0].Link != "/staff/privacy/agreements" {
			t.Errorf("clocks: %+v", got)
		}
		if err := r.s.TakeBack(t.Context(), scope("jagacash"), shelf.Agreement, "biznet", id.Subject{}); err != nil {
			t.Fatal(err)
		}
		if got := open(); len(got) != 0 {
			t.Errorf("clocks of a paper that was taken back: %+v", got)
		}
		if err := r.s.TakeBack(t.Context(), scope("jagacash"), shelf.Agreement, "nobody", id.Subject{}); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

func TestTexts(t *testing.T) {
	t.Parallel()
	if missing := i18n.Missing(shelf.Texts()); len(missing) > 0 {
		t.Error(missing)
	}
}
