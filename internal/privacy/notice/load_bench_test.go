package notice

import (
	"testing"

	"amanah/law"
	"amanah/notices"
)

// BenchmarkLoad is what a start pays for notices, laws, check and policy.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		ns, _ := LoadNotices(notices.FS)
		ps, _ := LoadLaw(law.FS)
		Check(ns, ps, Program{}, beforePP)
		if _, err := Compile(ns, ps); err != nil {
			b.Fatal(err)
		}
	}
}
