package category

import (
	"os"
	"strings"
	"testing"
)

// heldOut reads the list that the knowledge was not written for.
func heldOut(t testing.TB) map[string]string {
	t.Helper()
	b, err := os.ReadFile("testdata/heldout.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, want, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok {
			t.Fatalf("testdata/heldout.txt: %q has no category", line)
		}
		out[name] = want
	}
	return out
}

// score is how often answers were right, and how often there was one.
type score struct{ right, given, all int }

func (s score) line(t *testing.T, what string) {
	t.Logf("%-44s answers %3d of %3d, right %3d (%.1f %% of answers, %.1f %% of all)", what, s.given, s.all, s.right, 100*float64(s.right)/float64(s.given), 100*float64(s.right)/float64(s.all))
}

// The figures of docs/accuracy.md. The lower bounds are what was measured, less a
// little, so that a change that makes it worse is seen.
func TestAccuracy_heldOut(t *testing.T) {
	t.Parallel()
	k := load(t)
	m := k.Model(nil)
	var any, sure, builtin, together score
	for name, want := range heldOut(t) {
		n := k.Name(name)
		if _, known := k.known[n.Key]; known {
			t.Errorf("%q is in the knowledge: it measures nothing", name)
		}
		g := m.Guess(Sample{Name: n, Channel: "qris", Direction: "out", Minor: 4_500_000})
		any.add(g.Category, want)
		answer := ""
		if g.Probability >= Sure {
			sure.add(g.Category, want)
			answer = g.Category
		} else {
			sure.add("", want)
		}
		b, _ := k.Builtin(n)
		builtin.add(b, want)
		if answer == "" {
			answer = b
		}
		if answer == "" {
			answer = "other"
		}
		together.add(answer, want)
		if answer != want {
			t.Logf("missed: %-40s is %s, said %s (%.2f %v)", name, want, answer, g.Probability, g.Words)
		}
	}
	any.line(t, "the classifier's best answer")
	sure.line(t, "the classifier above the threshold")
	builtin.line(t, "the built-in words alone")
	together.line(t, "both in their order, else \"other\"")
	if together.all < 200 {
		t.Errorf("only %d merchants are held out", together.all)
	}
	if got := float64(sure.right) / float64(sure.given); got < minSure {
		t.Errorf("of the sure answers %.3f are right, want %.2f", got, minSure)
	}
	if got := float64(together.right) / float64(together.all); got < minTogether {
		t.Errorf("together %.3f are right, want %.2f", got, minTogether)
	}
}

func (s *score) add(said, want string) {
	s.all++
	if said != "" {
		s.given++
	}
	if said == want {
		s.right++
	}
}

const minSure, minTogether = 0.92, 0.71

func load(t testing.TB) *Knowledge {
	t.Helper()
	k, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return k
}
