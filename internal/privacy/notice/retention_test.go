package notice

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseRetention(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Retention{
		"while account.active":                                   {While: "account.active", Event: "account.closed"},
		"while google.linked":                                    {While: "google.linked", Event: "google.unlinked"},
		"while pupil.enrolled":                                   {While: "pupil.enrolled", Event: "pupil.left"},
		"while account.active, then P30D after account.closed":   {While: "account.active", Event: "account.closed", Period: Period{Days: 30}},
		"P90D after captured":                                    {Event: "captured", Period: Period{Days: 90}},
		"for P90D after captured":                                {Event: "captured", Period: Period{Days: 90}},
		"until consent.withdrawn":                                {Event: "consent.withdrawn"},
		"until consent.withdrawn, at most P2Y":                   {Event: "consent.withdrawn", HasAtMost: true, AtMost: Period{Years: 2}, AtMostEvent: "created"},
		"until consent.withdrawn, at most P1Y after last_signin": {Event: "consent.withdrawn", HasAtMost: true, AtMost: Period{Years: 1}, AtMostEvent: "last_signin"},
		"not at all":                                             {NotKept: true},
		"for ever, as aggregates":                                {Forever: true},
	} {
		want.Text = in
		got, err := ParseRetention(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", in, diff)
		}
	}
	for _, in := range []string{"", "for ever", "P90D", "90 days after captured", "while", "until", "P90D after", "while account.active then P1D after account.closed", "P90D after Captured", "until x, at most", "PX after created"} {
		if got, err := ParseRetention(in); err == nil {
			t.Errorf("%q was taken for %+v", in, got)
		}
	}
}

func TestRetention_Due(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC)
	for in, want := range map[string]struct{ due, most time.Time }{
		"P90D after captured":     {at.AddDate(0, 0, 90), time.Time{}},
		"while account.active":    {at, time.Time{}},
		"for ever, as aggregates": {},
		"not at all":              {at, time.Time{}},
		"until consent.withdrawn, at most P1M after created": {at, time.Date(2026, 2, 28, 8, 0, 0, 0, time.UTC)},
	} {
		r, err := ParseRetention(in)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Due(at).Equal(want.due) || !r.DueAtMost(at).Equal(want.most) {
			t.Errorf("%s: due %s, at most %s", in, r.Due(at), r.DueAtMost(at))
		}
	}
}

// TestRetention_everyEventHasWords: no page can show a bare event.
func TestRetention_everyEventHasWords(t *testing.T) {
	t.Parallel()
	for _, n := range five(t) {
		for _, c := range n.Categories() {
			for _, e := range c.Kept.Events() {
				if w := words[e]; w.ID == "" || w.EN == "" {
					t.Errorf("%s: %s: the event %s has no words", n.Service(), c.Key, e)
				}
			}
			if c.Kept.Say("id") == "" || c.Kept.Say("en") == "" {
				t.Errorf("%s: %s says nothing", n.Service(), c.Key)
			}
		}
	}
}
