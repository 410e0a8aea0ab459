package record_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"amanah/internal/id"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/record"
	"amanah/internal/store"
	"amanah/law"
	"amanah/notices"
)

var update = flag.Bool("update", false, "write the golden files anew")

var now = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

// A small data map of its own: the documents' golden files do not change with
// every table of the program.
type consentRow struct {
	store.Row `table:"consents" subject:"subject_id"`
	Subject   id.Subject `db:"subject_id" data:"none"`
	Purpose   string     `data:"consent.record"`
	Accepted  string     `data:"notice.accepted"`
}

type transferRow struct {
	store.Row `table:"transfers" subject:"subject_id"`
	Subject   id.Subject `db:"subject_id" data:"none"`
	Recipient string     `data:"transfer.log"`
}

type cookieRow struct {
	store.Row `table:"cookie_choices" subject:"subject_id"`
	Subject   id.Subject `db:"subject_id" data:"none"`
	Classes   string     `data:"cookie.choice"`
}

var (
	consents  = store.Set{Module: "consent", Rows: []any{consentRow{}}}
	transfers = store.Set{Module: "transfer", Rows: []any{transferRow{}}}
	cookies   = store.Set{Module: "cookie", Rows: []any{cookieRow{}}}
)

func load(t *testing.T, service string, change func(string) string) *notice.Notice {
	t.Helper()
	src, err := notices.FS.ReadFile(service + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(src)
	if change != nil {
		changed := change(text)
		if changed == text {
			t.Fatal("the notice was not changed")
		}
		text = changed
	}
	assessment, _ := notices.FS.ReadFile("assessments/" + service + ".md")
	all, found := notice.LoadNotices(fstest.MapFS{service + ".yaml": {Data: []byte(text)}, "assessments/" + service + ".md": {Data: assessment}})
	if notice.HasErrors(found) {
		t.Fatal(found)
	}
	return all[0]
}

func tables(t *testing.T, sets ...store.Set) []*store.Table {
	t.Helper()
	m, err := store.NewMap(sets...)
	if err != nil {
		t.Fatal(err)
	}
	return m.Tables()
}

func source(t *testing.T, service string) record.Source {
	t.Helper()
	packs, found := notice.LoadLaw(law.FS)
	if notice.HasErrors(found) {
		t.Fatal(found)
	}
	return record.Source{Notice: load(t, service, nil), Laws: packs, Tables: tables(t, consents, transfers, cookies), At: now}
}

func facts() *record.Facts {
	return &record.Facts{
		Sent:       map[string]record.Sent{"smtp-relay": {Times: 1204, Bytes: 90_000, Last: now.AddDate(0, 0, -1)}},
		Agreements: map[string]record.Filed{"smtp-relay": {Document: "agreements/mail-relay.pdf", Signed: now.AddDate(0, -1, 0), ValidUntil: now.AddDate(1, 0, 0), State: "in force"}},
		Assessment: &record.Filed{Document: "assessments/ctt.md", Digest: strings.Repeat("ab", 32), Decided: now.AddDate(0, 0, -7), Review: now.AddDate(1, 0, 0), Notice: "2.0", State: "in force"},
		Removed:    record.Removed{Rows: 12_345, Last: now.AddDate(0, 0, -2)}, Kept: map[string]int64{"transfers": 1204},
	}
}

func render(t *testing.T, s record.Source, k record.Kind, lang string, f record.Format) string {
	t.Helper()
	p, err := record.Make(s, k, lang)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMake_golden(t *testing.T) {
	t.Parallel()
	for _, service := range []string{"ctt", "jenna"} {
		s := source(t, service)
		if service == "ctt" {
			s.Facts = facts()
		}
		for _, k := range record.Kinds() {
			for _, lang := range []string{"id", "en"} {
				got := render(t, s, k, lang, record.Markdown)
				file := filepath.Join("testdata", service+"-"+string(k)+"."+lang+".md")
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(string(want), got); d != "" {
					t.Errorf("%s (-want +got):\n%s", file, d)
				}
			}
		}
	}
}

func TestMake_hasTheNumberOfItemsOfTheLaw(t *testing.T) {
	t.Parallel()
	for _, service := range []string{"jenna", "ashari", "jagacash", "ctt", "epesantren"} {
		s := source(t, service)
		for k, want := range map[record.Kind]int{record.Activities: 13, record.Processor: 4, record.Retention: 10, record.Recipients: len(s.Notice.Recipients())} {
			p, err := record.Make(s, k, "id")
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Fields) != want {
				t.Errorf("%s %s has %d items, not %d", service, k, len(p.Fields), want)
			}
			for _, f := range p.Fields {
				if f.Name == "" || len(f.Text) == 0 && len(f.Rows) == 0 {
					t.Errorf("%s %s: item %s is empty", service, k, f.Mark)
				}
				for _, r := range f.Rows {
					if len(r) != len(f.Head) {
						t.Errorf("%s %s %s: %d cells below %d heads", service, k, f.Mark, len(r), len(f.Head))
					}
				}
			}
		}
	}
}

// A record that somebody typed would stay as it was.
func TestMake_followsTheNoticeAndTheDataMap(t *testing.T) {
	t.Parallel()
	before := source(t, "ctt")
	changed := before
	changed.Notice = load(t, "ctt", func(s string) string {
		return strings.Replace(s, "kept: P90D after captured\n    note", "kept: P45D after captured\n    note", 1)
	})
	named := before
	named.Notice = load(t, "ctt", func(s string) string { return strings.ReplaceAll(s, "en: Mail relay", "en: Carrier pigeons") })
	wider := before
	wider.Tables = tables(t, consents, transfers)
	facts := before
	facts.Facts = &record.Facts{Sent: map[string]record.Sent{"smtp-relay": {Times: 3, Last: now}}}
	for name, c := range map[string]struct {
		s     record.Source
		kinds []record.Kind
		has   string
	}{
		"a period":    {changed, []record.Kind{record.Activities, record.Retention, record.Processor}, "45"},
		"a recipient": {named, []record.Kind{record.Activities, record.Recipients}, "Carrier pigeons"},
		"a table":     {wider, []record.Kind{record.Activities}, "transfers"},
		"a transfer":  {facts, []record.Kind{record.Activities, record.Recipients}, "3 times"},
	} {
		for _, k := range c.kinds {
			was, is := render(t, before, k, "en", record.Markdown), render(t, c.s, k, "en", record.Markdown)
			if was == is {
				t.Errorf("%s does not change %s", name, k)
			}
			if !strings.Contains(is, c.has) {
				t.Errorf("%s: %s does not say %q", name, k, c.has)
			}
		}
	}
	if strings.Contains(render(t, wider, record.Activities, "en", record.Markdown), "cookie\\_choices") {
		t.Error("a table that is gone is still in the record")
	}
}

func TestMake_saysWhatNobodyRecorded(t *testing.T) {
	t.Parallel()
	s := source(t, "ctt")
	if got := render(t, s, record.Recipients, "en", record.Markdown); !strings.Contains(got, "not asked") {
		t.Error("without the database the record does not say so")
	}
	s.Facts = &record.Facts{}
	got := render(t, s, record.Recipients, "en", record.Markdown)
	if !strings.Contains(got, "never so far") || !strings.Contains(got, "not on file, so the door is shut") {
		t.Error(got)
	}
	if got := render(t, s, record.Assessment, "en", record.Markdown); !strings.Contains(got, "No officer has decided") {
		t.Error(got)
	}
}

func TestMake_refuses(t *testing.T) {
	t.Parallel()
	s := source(t, "ctt")
	if _, err := record.Make(s, "poem", "id"); err == nil {
		t.Error("an unknown document is made")
	}
	if _, err := record.Make(s, record.Activities, "fr"); err == nil {
		t.Error("an unknown language is spoken")
	}
}

func TestWrite_escapes(t *testing.T) {
	t.Parallel()
	s := source(t, "ctt")
	s.Notice = load(t, "ctt", func(s string) string {
		return strings.Replace(s, "en: Mail relay", `en: "this & that | a_b"`, 1)
	})
	if html := render(t, s, record.Recipients, "en", record.HTML); strings.Contains(html, "<script>") {
		t.Error("the notice writes HTML")
	}
	if md := render(t, s, record.Recipients, "en", record.Markdown); strings.Contains(md, "<script>") || strings.Contains(md, " | a_b |") {
		t.Error("the notice writes Markdown")
	}
}

func TestGuarded(t *testing.T) {
	t.Parallel()
	for service, want := range map[string][]string{"ctt": {"capture", "deliver"}, "jenna": nil} {
		if d := cmp.Diff(want, record.Guarded(load(t, service, nil))); d != "" {
			t.Errorf("%s: %s", service, d)
		}
	}
	for _, service := range []string{"ashari", "jagacash", "epesantren"} {
		got := record.Guarded(load(t, service, nil))
		if len(got) == 0 {
			t.Errorf("%s keeps specific data and no purpose waits for its assessment", service)
		}
		for _, never := range []string{"rights", "security", "service", "notify"} {
			if slices.Contains(got, never) {
				t.Errorf("%s: %s waits for an assessment", service, never)
			}
		}
	}
}
