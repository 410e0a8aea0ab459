package notice

import (
	"strings"
	"testing"
)

func TestDiff_nothingChanged(t *testing.T) {
	t.Parallel()
	for _, n := range five(t) {
		if got := Diff(n, n); len(got) != 0 {
			t.Errorf("%s against itself: %v", n.Service(), got)
		}
	}
	// Other words for the same thing are no change.
	a, b := sample(t, nil), sample(t, func(s string) string {
		return strings.NewReplacer("en: Your notes}", "en: What you noted}", "account.closed", "account.closed", "P30D, for:", "P30D, for:").Replace(s)
	})
	if got := Diff(a, b); len(got) != 0 {
		t.Error(got)
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	kept := func(is string) [2]string {
		return [2]string{"    optional: true\n    kept: while account.active", "    optional: true\n    kept: " + is}
	}
	for name, c := range map[string]struct {
		was, is       [2]string
		code          string
		consent, tell bool
		says          string
	}{
		"new data":               {was: [2]string{"  note.text:\n", "  note.words:\n"}, code: "data-added", tell: true, says: "new data: Your notes"},
		"kept longer":            {was: kept("P30D after created"), is: kept("P60D after created"), code: "kept-longer", tell: true, says: "kept longer: 60\u00a0days"},
		"kept shorter":           {was: kept("P1Y after created"), is: kept("P60D after created"), code: "kept-shorter", says: "less time"},
		"kept the same":          {was: kept("P1Y after created"), is: kept("P12M after created")},
		"kept for ever":          {was: kept("P1Y after created"), is: kept("for ever, as aggregates"), code: "kept-longer", tell: true},
		"another clock":          {was: kept("P30D after created"), is: kept("P30D after captured"), code: "kept-otherwise", tell: true},
		"no longer optional":     {is: [2]string{"    optional: true\n", ""}, code: "data-required", tell: true, says: "now required"},
		"now optional":           {was: [2]string{"    optional: true\n", ""}, code: "data-optional"},
		"now special":            {is: [2]string{"    optional: true\n", "    optional: true\n    special: health\n"}, code: "data-special", tell: true, says: "health"},
		"another source":         {is: [2]string{"    optional: true\n", "    optional: true\n    from: others\n"}, code: "source-changed", tell: true},
		"basis becomes consent":  {is: [2]string{"basis: contract\n    article: UU 27/2022 20(2)b", "basis: consent\n    article: UU 27/2022 20(2)a"}, code: "basis-changed", consent: true, tell: true, says: "from contract with you to your consent"},
		"recipient gets more":    {is: [2]string{"gets: [note.text]", "gets: [note.text, account.email]"}, code: "recipient-gets-more", tell: true, says: "also gets E-mail address"},
		"recipient gets less":    {was: [2]string{"gets: [note.text]", "gets: [note.text, account.email]"}, code: "recipient-gets-less"},
		"recipient moves":        {is: [2]string{"where: [SG]", "where: [SG, US]"}, code: "recipient-moved", tell: true, says: "United States"},
		"recipient opens":        {was: [2]string{", signed: 2026-05-04", ""}, code: "recipient-opened", tell: true},
		"recipient may train":    {was: [2]string{"    where: [SG]\n", "    where: [SG]\n    trains: never\n"}, is: [2]string{"    where: [SG]\n", "    where: [SG]\n    trains: as-agreed\n"}, code: "recipient-may-more", consent: true, tell: true},
		"younger people":         {is: [2]string{"minimum_age: 18", "minimum_age: 17"}, code: "age-changed", tell: true, says: "from 18 to 17"},
		"right is gone":          {is: [2]string{"  port: {article: UU 27/2022 13}\n", ""}, code: "right-removed", tell: true},
		"right comes":            {was: [2]string{"  port: {article: UU 27/2022 13}\n", ""}, code: "right-added"},
		"answer comes later":     {is: [2]string{"copy: {article: UU 27/2022 7, within: PT72H}", "copy: {article: UU 27/2022 7, within: P7D}"}, code: "right-later", tell: true},
		"reply comes later":      {is: [2]string{"reply: P30D", "reply: P60D"}, code: "period-changed", tell: true, says: "from 30\u00a0days to 60\u00a0days"},
		"reply comes sooner":     {is: [2]string{"reply: P30D", "reply: P20D"}, code: "period-changed"},
		"shorter word of change": {is: [2]string{"before: P14D", "before: P7D"}, code: "period-changed", tell: true},
		"measure dropped":        {is: [2]string{", roles]", "]"}, code: "security-removed", tell: true},
		"measure added":          {is: [2]string{", roles]", ", roles, bcrypt]"}, code: "security-added"},
		"contact":                {is: [2]string{"ask: {email: privasi@", "ask: {email: hak@"}, code: "contact-changed", says: "hak@contoh.co.id"},
		"acceptance":             {is: [2]string{"acceptance: shown", "acceptance: continued-use"}, code: "acceptance-changed", tell: true},
		"commitment dropped":     {was: [2]string{"cites:", "commitments:\n  - {id: Tidak dijual., en: Not sold.}\ncites:"}, code: "commitment-removed", tell: true, says: "Not sold."},
		"commitment made":        {is: [2]string{"cites:", "commitments:\n  - {id: Tidak dijual., en: Not sold.}\ncites:"}, code: "commitment-added"},
		"transfer ground":        {is: [2]string{"instruments: [dpa]", "instruments: [scc-id]"}, code: "transfer-changed", tell: true},
		"officer gone":           {is: [2]string{"officer: {appointed: true, name: Pejabat Pelindungan Data, email: privasi@contoh.co.id, answers_within: 3 working days}", "officer: {appointed: false, because: not-required, email: privasi@contoh.co.id, answers_within: 3 working days}"}, code: "officer-removed", tell: true},
		"analytics cookie":       {is: [2]string{"cookies:\n", "cookies:\n  counter: {class: analytics, lasts: P1Y, for: {id: Menghitung., en: Counts.}}\n"}, code: "cookie-added", consent: true, tell: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edit := func(e [2]string) func(string) string {
				return func(s string) string {
					if e[0] != "" && !strings.Contains(s, e[0]) {
						t.Fatalf("the sample has no %q", e[0])
					}
					return strings.Replace(s, e[0], e[1], 1)
				}
			}
			// The first edit of "new data" breaks the list of the recipient: both follow.
			follow := func(f func(string) string) func(string) string {
				return func(s string) string {
					s = f(s)
					if strings.Contains(s, "note.words:") {
						s = strings.Replace(s, "gets: [note.text]", "gets: [note.words]", 1)
					}
					return s
				}
			}
			got := Diff(sample(t, follow(edit(c.was))), sample(t, follow(edit(c.is))))
			if c.code == "" {
				if len(got) != 0 {
					t.Error(got)
				}
				return
			}
			if len(got) == 0 || got[0].Code != c.code {
				t.Fatalf("want %s, got %+v", c.code, got)
			}
			if ch := got[0]; ch.Consent != c.consent || ch.Tell != c.tell || ch.Line == 0 || ch.Say.ID == "" || !strings.Contains(ch.In("en"), c.says) {
				t.Errorf("%+v: %s", ch, ch.In("en"))
			}
			if NeedsConsent(got) != c.consent || (c.tell && !NeedsTelling(got)) {
				t.Errorf("the list weighs otherwise: %+v", got)
			}
		})
	}
}
