package i18n

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"amanah/internal/clock"
	"amanah/internal/money"

	"pgregory.net/rapid"
)

func module(id, en string) fstest.MapFS {
	return fstest.MapFS{"id.json": {Data: []byte(id)}, "en.json": {Data: []byte(en)}}
}

func TestShell_hasEverySentenceInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, line := range Missing(Shell()) {
		t.Error(line)
	}
}

func TestShell_sourcesUseOnlyKnownKeys(t *testing.T) {
	t.Parallel()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	lines, err := c.Unknown(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		t.Error(l)
	}
}

func TestMissing_findsWhatOneLanguageLacks(t *testing.T) {
	t.Parallel()
	got := strings.Join(Missing(module(
		`{"a":"satu","b":"{count} dua","c":"{x} tiga"}`,
		`{"a":"one","c":"{y} three","d":"four"}`)), "\n")
	for _, want := range []string{`en.json: "b" is missing`, `id.json: "d" is missing`, `"c": the places differ: id x, en y`} {
		if !strings.Contains(got, want) {
			t.Errorf("no line %q in:\n%s", want, got)
		}
	}
	if strings.Contains(got, `"a"`) {
		t.Errorf("a complete key is reported:\n%s", got)
	}
}

func TestUnknown_findsKeysOfSources(t *testing.T) {
	t.Parallel()
	c, err := New(module(`{"known.key":"ya","known.more":"ya"}`, `{"known.key":"yes","known.more":"yes"}`))
	if err != nil {
		t.Fatal(err)
	}
	src := fstest.MapFS{
		"a.templ": {Data: []byte(`<p>{ i18n.T(ctx, "known.key") }{ i18n.T(ctx, "lost.templ") }</p>`)},
		"b.go": {Data: []byte(`x := i18n.T(web.Context(r), "lost.nested")
			y := fault.New(fault.Invalid, "pkg.Func", "lost.fault")
			form.Add("name", "lost.add", "min", 3)
			web.Redirect(w, r, "/", web.Flash{Tone: ui.Success, Key: "lost.flash"})
			z := p.T("known." + kind) + p.T("nothing.more." + kind)
			// T(ctx, "lost.comment")`)},
		"b_test.go":  {Data: []byte(`i18n.T(ctx, "lost.test")`)},
		"a_templ.go": {Data: []byte(`i18n.T(ctx, "lost.generated")`)},
	}
	lines, err := c.Unknown(src)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(lines, "\n")
	for _, want := range []string{"lost.templ", "lost.nested", "lost.fault", "lost.add", "lost.flash", "nothing.more."} {
		if !strings.Contains(got, `"`+want+`"`) {
			t.Errorf("%q was not found in:\n%s", want, got)
		}
	}
	for _, not := range []string{"known", "comment", "lost.test", "generated"} {
		if strings.Contains(got, not) {
			t.Errorf("%q must not be reported:\n%s", not, got)
		}
	}
}

func TestNew_refuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ id, want string }{
		"a key of the shell":   {`{"shell.skip":"x"}`, `"shell.skip" is defined twice`},
		"the same key twice":   {`{"a":"x","a":"y"}`, `"a" stands twice`},
		"an empty sentence":    {`{"a":""}`, "empty"},
		"a nested object":      {`{"a":{"b":"c"}}`, "want a sentence"},
		"a plural, no other":   {`{"a":{"one":"c"}}`, "want a sentence"},
		"a list":               {`["a"]`, "not a JSON object"},
		"an object cut in two": {`{"a":"b"`, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(module(tc.id, `{}`))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestT(t *testing.T) {
	t.Parallel()
	c, err := New(module(
		`{"n":{"other":"{count} pesan"},"m":"Total {sum} sejak {at:date}","at":"{at} / {at:time} / {at:month} / {at:short}","open":"a {b"}`,
		`{"n":{"one":"{count} message","other":"{count} messages"},"m":"{sum} since {at:date}","at":"{at}","open":"a {b"}`))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 7, 5, 0, 0, time.UTC)
	for _, tc := range []struct {
		lang Lang
		key  string
		args []any
		want string
	}{
		{ID, "n", []any{"count", 1}, "1 pesan"},
		{EN, "n", []any{"count", 1}, "1 message"},
		{EN, "n", []any{"count", int64(1204)}, "1,204 messages"},
		{EN, "n", []any{"count", 0}, "0 messages"},
		{ID, "n", nil, "{count} pesan"},
		{ID, "m", []any{"sum", money.Rupiah(1250000), "at", at}, "Total Rp1.250.000 sejak 22 November 2026"},
		{ID, "at", []any{"at", clock.At(at)}, "22 Nov 2026 14.05 WIB / 14.05 WIB / November 2026 / 22 Nov 2026"},
		{EN, "at", []any{"at", at}, "22 Nov 2026 14:05 WIB"},
		{ID, "open", []any{"b", 1}, "a {b}"},
		{ID, "not.there", nil, "⟦not.there⟧"},
		{"xx", "n", []any{"count", 2}, "2 pesan"},
	} {
		if got := c.T(tc.lang, tc.key, tc.args...); got != tc.want {
			t.Errorf("%s %s: got %q, want %q", tc.lang, tc.key, got, tc.want)
		}
	}
	ctx := Into(context.Background(), c.Printer(EN, clock.WIT))
	if got := T(ctx, "at", "at", at); got != "22 Nov 2026 16:05 WIT" {
		t.Errorf("in Jayapura: %q", got)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	id, en := c.Printer(ID, nil), c.Printer(EN, clock.WITA)
	aug := time.Date(2026, 8, 16, 23, 30, 0, 0, time.UTC)
	for _, tc := range [][2]string{
		{id.Number(-1234567), "−1.234.567"}, {en.Number(1234567), "1,234,567"}, {id.Number(999), "999"},
		{id.Decimal(12.5, 1), "12,5"}, {en.Decimal(-12.50, 2), "−12.5"}, {id.Decimal(-0.001, 1), "0"},
		{id.Percent(0.125), "12,5%"}, {en.Percent(1), "100%"},
		{id.Compact(1250000), "1,25 jt"}, {en.Compact(1250000), "1.25m"}, {id.Compact(2_000_000_000), "2 M"}, {id.Compact(950), "950"},
		{id.Bytes(2_400_000), "2,4\u00a0MB"}, {en.Bytes(12), "12\u00a0B"},
		{id.Span(50 * time.Hour), "2 hari"}, {en.Span(time.Hour), "1 hour"}, {en.Span(-90 * time.Second), "1 minute"}, {id.Span(0), "0 detik"},
		{id.Date(aug), "17 Agustus 2026"}, {en.Date(aug), "17 August 2026"}, {id.ShortDate(aug), "17 Agu 2026"},
		{id.DateTime(aug), "17 Agu 2026 06.30 WIB"}, {en.DateTime(aug), "17 Aug 2026 07:30 WITA"},
		{id.Weekday(aug), "Senin"}, {id.Month(aug), "Agustus 2026"}, {en.ShortMonth(aug), "Aug 2026"},
		{id.Date(time.Time{}), "–"}, {id.DateTime(time.Time{}), "–"}, {id.Machine(aug), "2026-08-17T06:30:00+07:00"},
		{id.Money(money.Rupiah(1250000)), "Rp1.250.000"}, {en.Money(money.Rupiah(1250000)), "Rp1,250,000"},
	} {
		if tc[0] != tc[1] {
			t.Errorf("got %q, want %q", tc[0], tc[1])
		}
	}
}

func TestNumber_keepsEveryDigit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		p := Printer{Lang: ID}
		plain := strings.NewReplacer(".", "", "−", "-").Replace(p.Number(n))
		if want := (money.Amount{Minor: n, Currency: "JPY"}); plain != want.Decimal() {
			t.Fatalf("%d became %s", n, p.Number(n))
		}
	})
}

func TestKnown(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]Lang{"id": ID, "in": ID, "ID-id": ID, "en-GB": EN, "EN": EN, "en_US": EN} {
		if got, ok := Known(tag); !ok || got != want {
			t.Errorf("%s: %s %v", tag, got, ok)
		}
	}
	for _, tag := range []string{"", "e", "eng", "fr", "idx", "*"} {
		if _, ok := Known(tag); ok {
			t.Errorf("%q must not be known", tag)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a":"b","c":{"one":"d","other":"e"}}`))
	f.Add([]byte(`{"a":1}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := parse(raw)
		if err != nil {
			return
		}
		for k, v := range m {
			if v.Other == "" {
				t.Errorf("%q has no general form", k)
			}
		}
	})
}
