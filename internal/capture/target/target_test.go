package target_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"amanah/internal/capture/target"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
)

func kopi(change ...func(*target.Record)) target.Record {
	r := target.Record{ID: id.Must("01938000-0000-7000-8000-000000000001"), Direction: "out", Amount: money.Amount{Minor: 15250000, Currency: money.IDR}, Fee: &money.Amount{Minor: 250000, Currency: money.IDR},
		At: time.Date(2026, 11, 22, 5, 31, 5, 0, time.UTC), Precision: "second", Merchant: "Kopi Tuku", Category: "food_drink", Issuer: "BCA", Last: "1234", Channel: "qris", Reference: "REF-77120", Confidence: 0.98}
	for _, c := range change {
		c(&r)
	}
	return r
}

func TestFilter_Match(t *testing.T) {
	t.Parallel()
	account := id.Must("01938000-0000-7000-8000-000000000009")
	for name, c := range map[string]struct {
		f    target.Filter
		want bool
	}{
		"everything":             {target.Filter{}, true},
		"its direction":          {target.Filter{Direction: "out"}, true},
		"the other direction":    {target.Filter{Direction: "in"}, false},
		"one of the categories":  {target.Filter{Categories: []string{"bills", "food_drink"}}, true},
		"none of the categories": {target.Filter{Categories: []string{"bills"}}, false},
		"exactly from":           {target.Filter{From: 15250000}, true},
		"above":                  {target.Filter{From: 15250001}, false},
		"exactly to":             {target.Filter{To: 15250000}, true},
		"below":                  {target.Filter{To: 15249999}, false},
		"its currency":           {target.Filter{Currency: "IDR"}, true},
		"another currency":       {target.Filter{Currency: "USD"}, false},
		"part of the name":       {target.Filter{Merchant: " kopi  tUKU"}, true},
		"another name":           {target.Filter{Merchant: "kopi kenangan"}, false},
		"that very day":          {target.Filter{Since: "2026-11-22"}, true},
		"the day after":          {target.Filter{Since: "2026-11-23"}, false},
		"another account":        {target.Filter{Account: account}, false},
		"all but one hold":       {target.Filter{Direction: "out", Currency: "IDR", Merchant: "warung"}, false},
	} {
		if got := c.f.Match(kopi()); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	late := kopi(func(r *target.Record) { r.At = time.Date(2026, 11, 22, 17, 30, 0, 0, time.UTC) }) // 00:30 WIB
	if !(target.Filter{Since: "2026-11-23"}).Match(late) || (target.Filter{Since: "2026-11-23", Zone: "UTC"}).Match(late) {
		t.Error("a day begins at the local midnight")
	}
}

func TestFilter_Check(t *testing.T) {
	t.Parallel()
	for field, f := range map[string]target.Filter{
		"direction": {Direction: "sideways"}, "from": {From: -1}, "to": {From: 5, To: 4}, "currency": {Currency: "R"},
		"merchant": {Merchant: strings.Repeat("a", 101)}, "since": {Since: "2026-02-30"},
	} {
		if err := f.Check(); !fault.Is(err, fault.Invalid) || fault.Of(err).Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestMapping_Cells(t *testing.T) {
	t.Parallel()
	m := target.Mapping{Fields: []target.Field{{Source: "at", As: "Waktu"}, {Source: "signed_amount", As: "Jumlah"}, {As: "Sumber", Const: "CTT"}, {Source: "fee", As: "Biaya"}, {Source: "time", As: "Jam"}}}
	for name, c := range map[string]struct {
		n    target.Notation
		r    target.Record
		want []string
	}{
		"as it is":         {target.Notation{}, kopi(), []string{"2026-11-22T12:31:05+07:00", "-152500.00", "CTT", "2500.00", "12:31"}},
		"Indonesian":       {target.Notation{Date: "local", Number: "id"}, kopi(), []string{"22/11/2026 12.31", "-152.500", "CTT", "2.500", "12.31"}},
		"English, Eastern": {target.Notation{Date: "datetime", Number: "en", Zone: "Asia/Jayapura"}, kopi(), []string{"2026-11-22 14:31", "-152,500", "CTT", "2,500", "14:31"}},
		"numbers":          {target.Notation{Date: "unix", Number: "number"}, kopi(), []string{"1795325465", "-152500", "CTT", "2500", "12:31"}},
		"only a day":       {target.Notation{Date: "datetime"}, kopi(func(r *target.Record) { r.Precision, r.Fee = "day", nil }), []string{"2026-11-22", "-152500.00", "CTT", "", ""}},
	} {
		m.Notation = c.n
		var got []string
		for _, cell := range m.Cells(c.r, clock.WIB) {
			got = append(got, cell.Text)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestMapping_Check(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]target.Mapping{
		"no name":        {Fields: []target.Field{{Source: "at"}}},
		"a name twice":   {Fields: []target.Field{{Source: "at", As: "x"}, {Source: "fee", As: "x"}}},
		"unknown":        {Fields: []target.Field{{Source: "holder", As: "x"}}},
		"a broken name":  {Fields: []target.Field{{Source: "at", As: "a\nb"}}},
		"a date format":  {Notation: target.Notation{Date: "2006"}},
		"a strange zone": {Notation: target.Notation{Zone: "Mars/Base"}},
	} {
		if err := m.Check(); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseTemplate_refuses(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]string{
		"":                         "capture.target.template.empty",
		`{"a":"{{holder}}"}`:       "capture.target.template.unknown",
		`{"a":"{{amount"}`:         "capture.target.template.open",
		`{"a":{{merchant}}`:        "capture.target.template.json",
		`{"a":"\{{merchant}}"}`:    "capture.target.template.json",
		`{"a":"\u{{merchant}}"}`:   "capture.target.template.json",
		`{"a":1{{amount}}}`:        "capture.target.template.json",
		`{"a":"{{data}}"}`:         "capture.target.template.json",
		strings.Repeat("a", 20000): "capture.target.template.long",
	} {
		if _, err := target.ParseTemplate(target.JSON, text); err == nil || fault.Of(err).Key != key || fault.Of(err).Field != "template" {
			t.Errorf("%.40q gives %v, want %s", text, err, key)
		}
	}
}

// Whatever a merchant is called, the JSON stays what the person wrote, and says
// that name.
func TestTemplate_staysJSON(t *testing.T) {
	t.Parallel()
	tpl, err := target.ParseTemplate(target.JSON, `{"text": "{{merchant}} – {{amount}}", "n": {{amount}}, "name": {{merchant}}, "all": {{data}}, "{{merchant}}!": true}`)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		name := strings.ToValidUTF8(rapid.String().Draw(t, "merchant"), "\ufffd")
		body := tpl.Render(func(mark string) target.Value {
			if mark == "amount" {
				return target.Value{Text: "152500", Number: true}
			}
			return target.Value{Text: name}
		}, []byte(`{"a":1}`))
		var got map[string]any
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatalf("%q breaks the JSON: %s", name, body)
		}
		if len(got) != 5 || got["text"] != name+" – 152500" || got["n"] != 152500.0 || got["name"] != name || got[name+"!"] != true {
			t.Fatalf("%q became %v", name, got)
		}
	})
}

func TestTemplate_form(t *testing.T) {
	t.Parallel()
	tpl, err := target.ParseTemplate(target.Form, "name={{merchant}}\r\n\namount = {{amount}}\nsource=CTT & co")
	if err != nil {
		t.Fatal(err)
	}
	body := tpl.Render(func(mark string) target.Value {
		return target.Value{Text: map[string]string{"merchant": "A&b={{amount}}\nx=1", "amount": "5"}[mark]}
	}, nil)
	got, err := url.ParseQuery(string(body))
	if err != nil || len(got) != 3 || got.Get("name") != "A&b={{amount}}\nx=1" || strings.TrimSpace(got.Get("amount")) != "5" || got.Get("source") != "CTT & co" {
		t.Errorf("%s, %v", body, err)
	}
	if _, err := target.ParseTemplate(target.Form, "no pair"); err == nil {
		t.Error("a line without a pair passes")
	}
}

// Text keeps its lines: a name cannot add one.
func TestTemplate_text(t *testing.T) {
	t.Parallel()
	tpl, err := target.ParseTemplate(target.Text, "{{merchant}}\n{{amount}}")
	if err != nil {
		t.Fatal(err)
	}
	if got := string(tpl.Render(func(string) target.Value { return target.Value{Text: "a\nb\x00"} }, nil)); got != "a b \na b " {
		t.Errorf("%q", got)
	}
}

func FuzzParseTemplate(f *testing.F) {
	for _, s := range []string{`{"a":{{amount}}}`, "a={{merchant}}", "{{", `"\`, `{"{{merchant}}":"\\{{note}}"}`} {
		f.Add("json", s)
		f.Add("form", s)
	}
	f.Fuzz(func(t *testing.T, body, text string) {
		tpl, err := target.ParseTemplate(target.Body(body), text)
		if err != nil {
			return
		}
		got := tpl.Render(func(string) target.Value { return target.Value{Text: "\"\\\n{{amount}}"} }, []byte("{}"))
		if body == "json" && !json.Valid(got) {
			t.Errorf("%q gives %q", text, got)
		}
	})
}

func TestFile_Next(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC) // Sunday 08:00 WIB
	for _, c := range []struct {
		file target.File
		want string
	}{
		{target.File{Every: "day", Hour: 7}, "2026-11-23T07:00:00+07:00"},
		{target.File{Every: "day", Hour: 8}, "2026-11-23T08:00:00+07:00"},
		{target.File{Every: "day", Hour: 9}, "2026-11-22T09:00:00+07:00"},
		{target.File{Every: "week", Hour: 7}, "2026-11-23T07:00:00+07:00"},
		{target.File{Every: "month", Hour: 0, Zone: "Asia/Jayapura"}, "2026-12-01T00:00:00+09:00"},
	} {
		if got := c.file.Next(now).Format(time.RFC3339); got != c.want {
			t.Errorf("%+v: %s, want %s", c.file, got, c.want)
		}
	}
}

func FuzzParseSettings(f *testing.F) {
	f.Add(`{"filter":{"account":"x"}}`)
	f.Fuzz(func(_ *testing.T, text string) {
		s, err := target.ParseSettings(text)
		if err == nil {
			_ = s.Filter.Check()
			_ = s.Mapping.Check()
		}
	})
}
