package category

import (
	"slices"
	"testing"
)

func TestKnowledge_size(t *testing.T) {
	t.Parallel()
	if n := load(t).Size(); n < 900 {
		t.Errorf("%d merchants are known, want 900 or more", n)
	}
}

func TestGuess(t *testing.T) {
	t.Parallel()
	k := load(t)
	m := k.Model(nil)
	for _, c := range []struct {
		name, channel, direction, read, want, because string
	}{
		{"INDOMARET T123", "qris", "out", "other", "groceries", "INDOMARET"},
		{"WARUNG BU SRI", "qris", "out", "other", "food_drink", "WARUNG"},
		{"APOTEK SUMBER SEHAT", "debit_card", "out", "shopping", "health", "APOTEK"},
		{"PLN", "bill", "out", "bills", "bills", "PLN"},
		{"RINA MAHARANI", "transfer", "out", "transfer", "transfer", "read:transfer"},
		{"RINA MAHARANI", "transfer", "in", "income", "income", "direction:in"},
		{"TOKOPEDIA", "refund", "in", "refund", "refund", "channel:refund"},
		{"XX YY MCC 5812", "credit_card", "out", "shopping", "food_drink", "code:food_drink"},
	} {
		g := m.Guess(Sample{Name: k.Name(c.name), Channel: c.channel, Direction: c.direction, Read: c.read, Minor: 5_000_000})
		if g.Category != c.want || g.Probability < Sure || !slices.Contains(g.Words, c.because) {
			t.Errorf("%s by %s: %+v, want %s because of %s", c.name, c.channel, g, c.want, c.because)
		}
	}
	if g := m.Guess(Sample{Name: k.Name("ZORBLAT"), Channel: "qris", Direction: "out", Minor: 5_000_000}); g.Probability >= Sure {
		t.Errorf("a name that nobody knows is sure: %+v", g)
	}
}

// A lesson settles its merchant, moves its like a little, and leaves the rest.
func TestModel_learns(t *testing.T) {
	t.Parallel()
	k := load(t)
	say := func(m *Model, name string) Guess {
		return m.Guess(Sample{Name: k.Name(name), Channel: "qris", Direction: "out", Minor: 5_000_000})
	}
	lesson := func(name, category string) Lesson {
		return Lesson{Sample{Name: k.Name(name), Channel: "qris", Direction: "out", Minor: 5_000_000}, category}
	}
	before := k.Model(nil)
	m := k.Model([]Lesson{lesson("WARUNG MADURA PAK HAJI", "groceries"), lesson("ZORBLAT", "entertainment"), lesson("X", "no such kind")})
	if g := say(m, "QRIS WARUNG MADURA PAK HAJI BEKASI"); g.Category != "groceries" || g.Probability < Sure {
		t.Errorf("the merchant itself: %+v", g)
	}
	if got := m.Learned(k.Name("warung madura pak haji"), "out"); got != "groceries" {
		t.Errorf("the lesson's own merchant is %q", got)
	}
	if g := say(m, "ZORBLAT PLAZA SENAYAN ZORBLAT"); g.Category != "entertainment" {
		t.Errorf("a branch that has the name in it: %+v", g)
	}
	if g := say(m, "WARUNG TEGAL BAHARI"); g.Category != "food_drink" {
		t.Errorf("another warung: %+v", g)
	}
	for _, name := range []string{"KOPI SENJA", "APOTEK SEHAT", "TOKO BESI"} {
		if a, b := say(before, name), say(m, name); a.Category != b.Category {
			t.Errorf("%s went from %s to %s", name, a.Category, b.Category)
		}
	}
	if g := say(k.Model(nil), "ZORBLAT"); g.Category == "entertainment" {
		t.Error("without its lesson the model still knows")
	}
}

// The same lessons give the same answer to the last digit.
func TestModel_deterministic(t *testing.T) {
	t.Parallel()
	k, again := load(t), load(t)
	for name := range heldOut(t) {
		a := k.Model(nil).Guess(Sample{Name: k.Name(name), Channel: "qris", Direction: "out"})
		b := again.Model(nil).Guess(Sample{Name: again.Name(name), Channel: "qris", Direction: "out"})
		if a.Category != b.Category || a.Probability != b.Probability || !slices.Equal(a.Words, b.Words) {
			t.Fatalf("%+v and %+v", a, b)
		}
	}
}

func BenchmarkGuess(b *testing.B) {
	k := load(b)
	m := k.Model(nil)
	b.Run("name", func(b *testing.B) {
		for b.Loop() {
			k.Name("PT. Kopi Kenangan Tbk Jakarta Selatan")
		}
	})
	b.Run("guess", func(b *testing.B) {
		n := k.Name("PT. Kopi Kenangan Tbk Jakarta Selatan")
		for b.Loop() {
			m.Guess(Sample{Name: n, Channel: "qris", Direction: "out", Minor: 4_500_000})
		}
	})
	b.Run("model of 1000 lessons", func(b *testing.B) {
		var all []Lesson
		for range 1000 {
			all = append(all, Lesson{Sample{Name: k.Name("WARUNG MADURA PAK HAJI"), Channel: "qris", Direction: "out"}, "groceries"})
		}
		for b.Loop() {
			k.Model(all)
		}
	})
}
