package change_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"amanah/internal/privacy/change"
	"amanah/internal/privacy/notice"
	"amanah/notices"
)

// text is the notice of Jenna with other lines.
func text(t testing.TB, pairs ...string) string {
	t.Helper()
	src, err := fs.ReadFile(notices.FS, "jenna.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := string(src)
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(out, pairs[i]) {
			t.Fatalf("the notice has no %q", pairs[i])
		}
		out = strings.Replace(out, pairs[i], pairs[i+1], 1)
	}
	return out
}

const (
	oldVersion   = `version: "2.0"`
	oldPublished = "published: 2026-11-01"
	oldEffective = "effective: 2026-11-15"
)

// next is version 2.1 with dates.
func next(t testing.TB, published, effective string, pairs ...string) string {
	return text(t, append([]string{oldVersion, `version: "2.1"`, oldPublished, "published: " + published, oldEffective, "effective: " + effective}, pairs...)...)
}

func files(m map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, src := range m {
		out[name] = &fstest.MapFile{Data: []byte(src)}
	}
	return out
}

func TestLoad_refuses(t *testing.T) {
	t.Parallel()
	now := text(t)
	worded := "id: Jenna adalah asisten AI yang menjawab pesan Anda"
	n, _ := notice.Parse("jenna.yaml", []byte(now))
	for name, c := range map[string]struct {
		files map[string]string
		want  string // code of the finding, "" for none
		at    string // file:line it is told at
	}{
		"one version":             {map[string]string{"jenna.yaml": now}, "", ""},
		"a coming one in time":    {map[string]string{"jenna.yaml": now, "versions/jenna/2.1.yaml": next(t, "2026-12-01", "2026-12-15")}, "", ""},
		"the old one moved aside": {map[string]string{"versions/jenna/2.0.yaml": now, "jenna.yaml": next(t, "2026-12-01", "2026-12-15")}, "", ""},
		"the same text twice":     {map[string]string{"jenna.yaml": now, "versions/jenna/2.0.yaml": now}, "", ""},
		// JAG-58, JEN-34
		"changed text under an old number": {map[string]string{"jenna.yaml": now, "versions/jenna/2.0.yaml": text(t, worded, worded+" dengan sopan")}, "text-changed", "versions/jenna/2.0.yaml:"},
		"changed text that was recorded":   {map[string]string{"jenna.yaml": text(t, worded, worded+" dengan sopan"), change.Record: "jenna 2.0 " + notice.Digest(n)}, "text-changed", "jenna.yaml:"},
		"as it was recorded":               {map[string]string{"jenna.yaml": now, change.Record: "# what was published\njenna 2.0 " + notice.Digest(n)}, "", ""},
		"a recorded version is gone":       {map[string]string{"jenna.yaml": now, change.Record: "jenna 1.0 " + notice.Digest(n)}, "version-gone", change.Record + ":1"},
		"a record that is none":            {map[string]string{"jenna.yaml": now, change.Record: "jenna 2.0\n"}, "bad-line", change.Record + ":1"},
		// JEN-34
		"published not renewed": {map[string]string{"jenna.yaml": now, "versions/jenna/2.1.yaml": next(t, "2026-11-01", "2026-12-15")}, "date-not-renewed", "versions/jenna/2.1.yaml:"},
		"effective not renewed": {map[string]string{"jenna.yaml": now, "versions/jenna/2.1.yaml": next(t, "2026-10-01", "2026-11-15")}, "date-not-renewed", "versions/jenna/2.1.yaml:"},
		// JAG-57
		"too short by its own promise": {map[string]string{"jenna.yaml": now, "versions/jenna/2.1.yaml": next(t, "2026-12-01", "2026-12-14")}, "too-soon", "versions/jenna/2.1.yaml:"},
		"too short by the old promise": {map[string]string{"jenna.yaml": now, "versions/jenna/2.1.yaml": next(t, "2026-12-01", "2026-12-08", "changes: {before: P14D", "changes: {before: P7D")}, "lead-too-short", "versions/jenna/2.1.yaml:"},
		"of no lead at all":            {map[string]string{"jenna.yaml": now, "versions/jenna/2.1.yaml": next(t, "2026-12-01", "2026-12-01", "changes: {before: P14D", "changes: {before: P0D")}, "lead-too-short", "versions/jenna/2.1.yaml:"},
		// JAG-04, ASH-02
		"one language missing": {map[string]string{"jenna.yaml": now, "versions/jenna/2.1.yaml": next(t, "2026-12-01", "2026-12-15", "    name: {id: menjalankan layanan, en: running the service}", "    name: {id: menjalankan layanan}")}, "missing-language", "versions/jenna/2.1.yaml:"},
		"in another's folder":  {map[string]string{"jenna.yaml": now, "versions/ctt/2.1.yaml": next(t, "2026-12-01", "2026-12-15")}, "wrong-folder", "versions/ctt/2.1.yaml:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, found := change.Load(files(c.files))
			var errs []string
			hit := c.want == ""
			for _, f := range found {
				if f.Severity != notice.Error {
					continue
				}
				errs = append(errs, f.String())
				hit = hit || f.Code == c.want && strings.HasPrefix(f.String(), c.at) && f.Line > 0
			}
			if !hit || c.want == "" && len(errs) > 0 {
				t.Errorf("want %s at %s, got:\n%s", c.want, c.at, strings.Join(errs, "\n"))
			}
		})
	}
}

func TestShelf_byDate(t *testing.T) {
	t.Parallel()
	s, found := change.Load(files(map[string]string{"jenna.yaml": text(t), "versions/jenna/2.1.yaml": next(t, "2026-12-01", "2026-12-15")}))
	if notice.HasErrors(found) {
		t.Fatal(found)
	}
	day := time.Date(2026, 12, 14, 17, 0, 0, 0, time.UTC) // midnight in Jakarta
	for _, c := range []struct {
		at   time.Time
		held []string
		want string
	}{
		{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), nil, "2.0"},
		{day.Add(-time.Nanosecond), nil, "2.0"},
		{day, nil, "2.1"},
		{day, []string{"2.1"}, "2.0"},
	} {
		if v, ok := s.By("jenna", c.at, c.held); !ok || v.Notice.Version() != c.want {
			t.Errorf("at %s, held %v: %v", c.at, c.held, v.Notice.Version())
		}
	}
	if _, ok := s.By("nobody", day, nil); ok {
		t.Error("a service without a notice has a version")
	}
}

// Only purposes on consent that are new or wider ask anew; nothing else does.
func TestRenewed(t *testing.T) {
	t.Parallel()
	was, _ := notice.Parse("jenna.yaml", []byte(text(t)))
	for name, c := range map[string]struct {
		pairs []string
		want  string
	}{
		"nothing":          {nil, "[]"},
		"other words":      {[]string{"id: Jenna adalah asisten AI", "id: Jenna ialah asisten AI"}, "[]"},
		"a new purpose":    {[]string{"\npurposes:\n", "\npurposes:\n  compare:\n    name: {id: perbandingan, en: comparisons}\n    basis: consent\n    article: UU 27/2022 20(2)a\n    dpv: dpv:Personalisation\n    say: {id: Membandingkan., en: To compare.}\n    optional: true\n", "    for: [service", "    for: [compare, service"}, "[compare]"},
		"a longer keeping": {[]string{"idle: P1Y", "idle: P6M"}, "[]"},
	} {
		is, found := notice.Parse("jenna.yaml", []byte(next(t, "2026-12-01", "2026-12-15", c.pairs...)))
		if is == nil {
			t.Fatalf("%s: %v", name, found)
		}
		if got := fmt.Sprint(change.Renewed(was, is)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add("jenna 2.0 " + strings.Repeat("ab", 32))
	f.Add("# nothing\n\n x y z\n")
	src := text(f)
	f.Fuzz(func(t *testing.T, record string) {
		_, found := change.Load(files(map[string]string{"jenna.yaml": src, change.Record: record}))
		for _, one := range found {
			if one.File == change.Record && one.Line < 1 {
				t.Errorf("a finding without a line: %v", one)
			}
		}
	})
}
