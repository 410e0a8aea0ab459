package notice

import (
	"strings"
	"testing"
	"time"

	"amanah/law"
	"amanah/notices"
)

// Both dates: before and after PP 33/2026 takes effect.
var (
	beforePP = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	afterPP  = time.Date(2027, 1, 16, 0, 0, 0, 0, time.UTC)
)

func packs(t testing.TB) []*LawPack {
	t.Helper()
	ps, findings := LoadLaw(law.FS)
	for _, f := range findings {
		t.Error(f)
	}
	return ps
}

func five(t testing.TB) []*Notice {
	t.Helper()
	ns, findings := LoadNotices(notices.FS)
	for _, f := range findings {
		t.Error(f)
	}
	return ns
}

func TestCheck_theFiveNoticesKeepTheLaw(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{beforePP, afterPP} {
		for _, f := range Check(five(t), packs(t), Program{}, at) {
			t.Errorf("%s: %s", at.Format(time.DateOnly), f)
		}
	}
}

// stored is what a program that fits the sample stores.
func stored() Program {
	return Program{
		Data: []DataUse{
			{Table: "accounts", Column: "email", Category: "account.email", Where: "internal/identity/tables.go:10"},
			{Table: "notes", Column: "text", Category: "note.text", Module: "notes", Where: "internal/notes/tables.go:7"},
			{Table: "notes", Column: "id", Category: "none"},
		},
		Purposes: []string{"service"},
		Events:   []string{"account.active", "account.closed"},
		Measures: []string{"tls-1.3", "aes-256-gcm", "roles"},
		Hosts:    []HostUse{{Service: "sample", Recipient: "cloud", Host: "api.cloud.com", Where: "internal/notes/send.go:3"}},
		Modules:  []string{"notes"},
	}
}

// TestCheck_program: notice and program are held against each other, both ways.
func TestCheck_program(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Program)
		edit   [2]string
		want   string // code and a part of the line that is named; empty: no finding
		line   string
		warn   bool
	}{
		"fits": {},
		"stores what is not declared": {
			change: func(p *Program) {
				p.Data = append(p.Data, DataUse{Service: "sample", Table: "notes", Column: "place", Category: "note.place", Where: "internal/notes/tables.go:9"})
			},
			want: "undeclared", line: "data:"},
		"a shared table stores what nobody declares": {
			change: func(p *Program) {
				p.Data = append(p.Data, DataUse{Table: "accounts", Column: "shoe", Category: "account.shoe"})
			},
			want: "undeclared", line: "data:"},
		"a module's table stores what nobody declares": {
			change: func(p *Program) {
				p.Data = append(p.Data, DataUse{Module: "notes", Table: "notes", Column: "mood", Category: "note.mood"})
			},
			want: "undeclared", line: "data:"},
		"a module that does not run stores nothing": {
			change: func(p *Program) {
				p.Data = append(p.Data, DataUse{Module: "cash", Table: "receipts", Column: "image", Category: "receipt.image"})
			}},
		"another service stores its own": {
			change: func(p *Program) {
				p.Data = append(p.Data, DataUse{Service: "jenna", Table: "chats", Column: "text", Category: "message.text"})
			}},
		"declares what nobody stores":      {change: func(p *Program) { p.Data = p.Data[:1] }, want: "not-stored", line: "note.text:"},
		"says that it does not store it":   {change: func(p *Program) { p.Data = p.Data[:1] }, edit: [2]string{"    optional: true\n", "    optional: true\n    not_stored: {id: Belum., en: Not yet.}\n"}},
		"says so and stores it":            {edit: [2]string{"    optional: true\n", "    optional: true\n    not_stored: {id: Belum., en: Not yet.}\n"}, want: "stored-after-all", line: "not_stored", warn: true},
		"module is not built":              {change: func(p *Program) { p.Modules = []string{}; p.Data = p.Data[:1] }, want: "module-not-built", line: "modules:", warn: true},
		"event is never recorded":          {change: func(p *Program) { p.Events = []string{"account.active"} }, want: "event-unknown", line: "kept: while account.active"},
		"measure has no check":             {change: func(p *Program) { p.Measures = []string{"tls-1.3", "roles"} }, want: "measure-unchecked", line: "security:"},
		"code asks for an unknown purpose": {change: func(p *Program) { p.Purposes = append(p.Purposes, "ads") }, want: "undeclared-purpose", line: "purposes:"},
		"code reaches an unknown host": {
			change: func(p *Program) { p.Hosts[0].Host = "evil.cloud.com" },
			want:   "undeclared-host", line: "recipients:"},
		"code reaches an unknown recipient": {
			change: func(p *Program) { p.Hosts[0].Recipient = "moon" },
			want:   "undeclared-host", line: "recipients:"},
		"processor without hosts":     {edit: [2]string{"    hosts: [api.cloud.com]\n", "    identity: never\n"}, change: func(p *Program) { p.Hosts = nil }, want: "recipient-hosts", line: "cloud:"},
		"processor without agreement": {edit: [2]string{"    agreement: {document: agreements/cloud.pdf, signed: 2026-05-04}\n", ""}, want: "recipient-agreement", line: "cloud:"},
		"processor without a place":   {edit: [2]string{"    where: [SG]\n", ""}, want: "recipient-place", line: "cloud:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var src string
			n := sample(t, func(s string) string {
				if c.edit[0] != "" {
					if !strings.Contains(s, c.edit[0]) {
						t.Fatalf("the sample has no %q", c.edit[0])
					}
					s = strings.Replace(s, c.edit[0], c.edit[1], 1)
				}
				src = s
				return s
			})
			p := stored()
			if c.change != nil {
				c.change(&p)
			}
			got := Check([]*Notice{n}, packs(t), p, beforePP)
			if c.want == "" {
				if len(got) > 0 {
					t.Fatal(got)
				}
				return
			}
			if len(got) == 0 || got[0].Code != c.want {
				t.Fatalf("want %s, got %v", c.want, got)
			}
			if line := strings.Split(src, "\n")[got[0].Line-1]; !strings.Contains(line, c.line) {
				t.Errorf("points at %q, want %q: %s", line, c.line, got[0])
			}
			if HasErrors(got) == c.warn {
				t.Errorf("the wrong severity: %v", got)
			}
		})
	}
}

// TestCheck_theLawOfTomorrow: a rule of PP 33/2026 is silent until its day and
// speaks on it, without another program.
func TestCheck_theLawOfTomorrow(t *testing.T) {
	t.Parallel()
	n := sample(t, func(s string) string {
		s = strings.Replace(s, "laws: [id-uu-27-2022]", "laws: [id-uu-27-2022, id-pp-33-2026]", 1)
		s = strings.Replace(s, "basis: contract\n    article: UU 27/2022 20(2)b", "basis: legitimate_interest\n    article: UU 27/2022 20(2)f", 1)
		return strings.Replace(s, ", backups_within: P30D", "", 1)
	})
	if got := Check([]*Notice{n}, packs(t), Program{}, afterPP.Add(-time.Second)); len(got) != 0 {
		t.Errorf("before its day: %v", got)
	}
	got := Check([]*Notice{n}, packs(t), Program{}, afterPP)
	if len(got) != 2 || got[0].Article != "PP 33/2026 53, 54" || got[1].Article != "PP 33/2026 82(4)" {
		t.Errorf("on its day: %v", got)
	}
}

func TestCheck_unknownLawAndTwoNotices(t *testing.T) {
	t.Parallel()
	n := sample(t, func(s string) string {
		return strings.Replace(s, "laws: [id-uu-27-2022]", "laws: [id-uu-27-2022, xx-moon]", 1)
	})
	if got := Check([]*Notice{n}, packs(t), Program{}, beforePP); len(got) != 1 || got[0].Code != "unknown-law" {
		t.Error(got)
	}
	m := sample(t, nil)
	if got := Check([]*Notice{m, m}, packs(t), Program{}, beforePP); len(got) != 1 || got[0].Code != "two-notices" {
		t.Error(got)
	}
}

// TestCheck_googleLimitedUse: data from Google stays inside, serves only what
// the person sees, and its mail is not kept.
func TestCheck_googleLimitedUse(t *testing.T) {
	t.Parallel()
	n := sample(t, func(s string) string {
		s = strings.Replace(s, "laws: [id-uu-27-2022]", "laws: [id-uu-27-2022, google-limited-use]", 1)
		s = strings.Replace(s, "    optional: true\n", "    optional: true\n    from: google\n", 1)
		return strings.Replace(s, "dpv: dpv:ServiceProvision", "dpv: dpv:Marketing", 1)
	})
	var codes []string
	for _, f := range Check([]*Notice{n}, packs(t), Program{}, beforePP) {
		codes = append(codes, f.Code)
	}
	if got := strings.Join(codes, " "); got != "law-google-purpose law-google-mail-kept law-google-recipient" {
		t.Error(got)
	}
}
