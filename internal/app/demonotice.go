package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"amanah/internal/privacy/change"
)

// demoLead is how long before its day the demo's coming version is published.
const demoLead = 21 * 24 * time.Hour

// extraNotices are versions beside the files: in the demo a coming one of CTT, so
// that a change of a notice can be seen. It is written once and kept, because a
// published text does not change.
func (a *App) extraNotices(files fs.FS) []change.Source {
	if !a.Demo || a.cfg.Notices != "" {
		return nil
	}
	const name = "versions/ctt/2.1.yaml"
	kept := filepath.Join(a.cfg.Data, "demo-notice.yaml")
	if src, err := os.ReadFile(kept); err == nil {
		return []change.Source{{Name: name, Text: src}}
	}
	src, err := fs.ReadFile(files, "ctt.yaml")
	if err != nil {
		return nil
	}
	text := demoNotice(string(src), a.Clock.Now())
	if err := errors.Join(os.MkdirAll(a.cfg.Data, 0o700), os.WriteFile(kept, []byte(text), 0o600)); err != nil {
		a.Log.Warn("the demo's coming notice is not kept", "error", err)
		return nil
	}
	return []change.Source{{Name: name, Text: []byte(text)}}
}

// demoNotice is the notice of CTT with a further purpose on consent and a longer
// answer, three weeks from now.
func demoNotice(src string, now time.Time) string {
	lines := strings.Split(src, "\n")
	for i, l := range lines {
		switch {
		case strings.HasPrefix(l, "version:"):
			lines[i] = `version: "2.1"`
		case strings.HasPrefix(l, "published:"):
			lines[i] = "published: " + now.Format(time.DateOnly)
		case strings.HasPrefix(l, "effective:"):
			lines[i] = "effective: " + now.Add(demoLead).Format(time.DateOnly)
		case l == "purposes:":
			lines[i] = l + `
  insight:
    name: {id: perbandingan, en: comparisons}
    basis: consent
    article: UU 27/2022 20(2)a
    dpv: dpv:Personalisation
    say: {id: Membandingkan pengeluaran Anda dengan rata-rata pemakai lain., en: To compare your spending with the average of other users.}
    optional: true
    aggregates_of_at_least: 10`
		case strings.HasPrefix(l, "    for: [capture, deliver") && i > 1 && strings.Contains(lines[i-2], "pd:PurchasesAndSpendingHabit"):
			lines[i] = strings.Replace(l, "]", ", insight]", 1)
		}
	}
	return strings.Join(lines, "\n")
}
