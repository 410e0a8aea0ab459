package qr_test

import (
	"fmt"
	"strings"
	"testing"

	"amanah/internal/web/qr"
)

// modules reads a path back into its dark modules.
func modules(t *testing.T, c qr.Code) map[[2]int]bool {
	t.Helper()
	out := map[[2]int]bool{}
	for _, run := range strings.Split(strings.TrimSuffix(c.Path, "z"), "z") {
		var x, y, n, back int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &n, &back); err != nil || n != back || n < 1 {
			t.Fatalf("%q: %v", run, err)
		}
		for i := range n {
			out[[2]int{x + i, y}] = true
		}
	}
	return out
}

// The three finders of ISO/IEC 18004 stand in their corners, with the quiet zone
// of four modules around all.
func TestDraw_findersAndMargin(t *testing.T) {
	t.Parallel()
	finder := []string{"1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"}
	for _, text := range []string{"a", strings.Repeat("otpauth://totp/CTT", 10)} {
		c, err := qr.Draw(text)
		if err != nil {
			t.Fatal(err)
		}
		dark, last := modules(t, c), c.Size-4-7
		for _, corner := range [][2]int{{4, 4}, {last, 4}, {4, last}} {
			for y, row := range finder {
				for x, want := range row {
					if got := dark[[2]int{corner[0] + x, corner[1] + y}]; got != (want == '1') {
						t.Fatalf("the finder at %v has %v at %d, %d", corner, got, x, y)
					}
				}
			}
		}
		for at := range dark {
			if min(at[0], at[1]) < 4 || max(at[0], at[1]) >= c.Size-4 {
				t.Errorf("a dark module at %v in the quiet zone", at)
			}
		}
		if want := fmt.Sprintf("0 0 %d %d", c.Size, c.Size); c.ViewBox() != want {
			t.Errorf("%s, want %s", c.ViewBox(), want)
		}
	}
}

func TestDraw_tooLong(t *testing.T) {
	t.Parallel()
	if _, err := qr.Draw(strings.Repeat("x", 5000)); err == nil {
		t.Error("a text that no code holds is drawn")
	}
}
