package notice

import (
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
