package app

import "testing"

// The notices that run bring their promises, whichever version of them holds: none
// gets lost between the file and the page.
func TestRules_bringPromises(t *testing.T) {
	t.Parallel()
	n := 0
	for _, one := range built(t).notices {
		n += len(one.Promises())
	}
	if n != 158 {
		t.Errorf("%d promises run, want 158", n)
	}
}
