package trail

import (
	"net/url"
	"testing"
	"time"

	"amanah/internal/web/i18n"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	for query, ok := range map[string]bool{
		"": true, "act=signin.failed": true, "day=2026-11-23": true, "who=0193a0c0-0000-7000-8000-000000000001": true,
		"after=nonsense": true, "day=23-11-2026": false, "day=2026-02-30": false, "who=rina.maharani@example.com": false,
	} {
		q, _ := url.ParseQuery(query)
		s, f := search(q)
		if f.OK() != ok {
			t.Errorf("%q: %v, want %v", query, f.OK(), ok)
		}
		if !s.From.IsZero() && s.To.Time().Sub(s.From.Time()) != 24*time.Hour {
			t.Errorf("%q: %v to %v", query, s.From, s.To)
		}
	}
}

func FuzzSearch(f *testing.F) {
	f.Add("act=signin&day=2026-11-23&who=x&after=y")
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		if s, form := search(q); form.OK() && s.To < s.From {
			t.Errorf("%q: ends before it begins", query)
		}
	})
}

func TestTexts(t *testing.T) {
	t.Parallel()
	if missing := i18n.Missing(Texts()); len(missing) > 0 {
		t.Error(missing)
	}
}
