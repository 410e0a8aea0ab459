package notice

import (
	"testing"

	"amanah/notices"
)

func TestParse_theFiveNotices(t *testing.T) {
	t.Parallel()
	ns, findings := LoadNotices(notices.FS)
	for _, f := range findings {
		t.Error(f)
	}
	if len(ns) == 0 {
		t.Fatal("no notice was read")
	}
}
