package receipt

import "strconv"

// mended chooses between readings of the items so that they sum to what is
// printed: another reading of a price, a line that is no item, one misread digit.
// Where nothing fits the items stay as they were read.
func mended(items []article, targets []int64) []article {
	if len(items) == 0 || len(items) > 120 {
		return items
	}
	have := sumOf(items)
	for _, t := range targets {
		if have == t {
			return items
		}
	}
	for _, t := range targets {
		if t <= 0 {
			continue
		}
		for _, try := range []func([]article, int64) []article{otherReadings, withoutOne, oneDigit} {
			if out := try(items, t); out != nil {
				return out
			}
		}
	}
	return items
}

func sumOf(items []article) int64 {
	var n int64
	for _, a := range items {
		n += a.net()
	}
	return n
}

// otherReadings takes the other reading of some prices.
func otherReadings(items []article, target int64) []article {
	var open []int
	for i, a := range items {
		if a.other != 0 && a.other != a.price && len(open) < 12 {
			open = append(open, i)
		}
	}
	for mask := 1; mask < 1<<len(open); mask++ {
		out := append([]article(nil), items...)
		for b, i := range open {
			if mask&(1<<b) != 0 {
				out[i].price, out[i].other, out[i].fits = out[i].other, out[i].price, true
			}
		}
		if sumOf(out) == target {
			return out
		}
	}
	return nil
}

// withoutOne leaves out one or two lines at the beginning, where a line of the
// head may have been taken for an item, or one anywhere that does not multiply.
func withoutOne(items []article, target int64) []article {
	have := sumOf(items)
	if have <= target || len(items) < 2 {
		return nil
	}
	for n := 1; n <= 2 && n < len(items); n++ {
		if have -= items[n-1].net(); have == target && !items[n-1].fits {
			return items[n:]
		}
	}
	for i, a := range items {
		if !a.fits && sumOf(items)-a.net() == target {
			return append(append([]article(nil), items[:i]...), items[i+1:]...)
		}
	}
	return nil
}

// oneDigit mends the price of one item whose digit may have been misread.
func oneDigit(items []article, target int64) []article {
	have := sumOf(items)
	found := -1
	for i, a := range items {
		if want := a.price + target - have; !a.fits && want > 0 && want%hundred == 0 && alike(a.price, want) {
			if found >= 0 {
				return nil // two ways to mend are none
			}
			found = i
		}
	}
	if found < 0 {
		return nil
	}
	out := append([]article(nil), items...)
	out[found].price += target - have
	return out
}

// lookAlike tells whether pictures make two digits look alike.

func lookAlike(a, b byte) bool {
	const pairs = "08 06 09 03 38 35 56 68 69 89 17 14 12 27 49 47 58 39 23"
	for i := 0; i+1 < len(pairs); i += 3 {
		if pairs[i] == a && pairs[i+1] == b || pairs[i] == b && pairs[i+1] == a {
			return true
		}
	}
	return false
}

// alike tells whether two amounts differ in one digit that is easily misread.
func alike(a, b int64) bool {
	x, y := strconv.FormatInt(a/hundred, 10), strconv.FormatInt(b/hundred, 10)
	if len(x) != len(y) {
		return false
	}
	n := 0
	for i := range x {
		if x[i] != y[i] {
			if !lookAlike(x[i], y[i]) {
				return false
			}
			n++
		}
	}
	return n == 1
}
