package email

import "strings"

// lastDigits finds the last two to four digits of an account or card: behind a
// mask ("5271xxxx84", "•••• 2919"), after words ("berakhiran 1234"), or, unless
// maskedOnly, at the end of a plain number.
func lastDigits(s string, maskedOnly bool) string {
	low := strings.ToLower(s)
	if d := masked(low); d != "" {
		return d
	}
	for _, w := range []string{"berakhiran ", "berakhir ", "ending in ", "ending with ", "ending ", "akhiran ", "nomor akhir ", "digit terakhir ", "last 4 digits ", "(...", "...", "…"} {
		if i := strings.Index(low, w); i >= 0 {
			rest := strings.TrimLeft(low[i+len(w):], " :.-*(")
			rest = strings.TrimLeft(strings.TrimPrefix(rest, "dengan"), " :.-*(")
			n := 0
			for n < len(rest) && digit(rest[n]) {
				n++
			}
			if n >= 2 && n <= 4 {
				return rest[:n]
			}
		}
	}
	if maskedOnly {
		return ""
	}
	return plainAccount(low)
}

// masked reads the digits that follow a run of mask characters; the last such
// run of the first masked number counts.
func masked(low string) string {
	out := ""
	r := []rune(low)
	for i := 0; i < len(r); i++ {
		if !mask(r, i) {
			continue
		}
		j := i
		run := 0
		for j < len(r) && (mask(r, j) || (r[j] == ' ' || r[j] == '-') && j+1 < len(r) && (mask(r, j+1) || digitRune(r[j+1]))) {
			if mask(r, j) {
				run++
			}
			j++
		}
		k := j
		for k < len(r) && (digitRune(r[k]) || (r[k] == ' ' || r[k] == '-') && k+1 < len(r) && mask(r, k+1)) {
			k++
		}
		d := onlyDigits(string(r[j:k]))
		if run >= 2 && len(d) >= 2 && (k >= len(r) || !mask(r, k)) {
			if len(d) > 4 {
				d = d[len(d)-4:]
			}
			out = d
			break
		}
		i = max(i, j-1)
	}
	return out
}

// mask tells whether a character hides a digit. A letter x counts only in a run
// or beside digits.
func mask(r []rune, i int) bool {
	switch r[i] {
	case '*', '•', '●', '·', '#', '∗', '＊':
		return true
	case 'x':
		before := i > 0 && (r[i-1] == 'x' || digitRune(r[i-1]))
		after := i+1 < len(r) && (r[i+1] == 'x' || digitRune(r[i+1]))
		letter := i > 0 && r[i-1] >= 'a' && r[i-1] <= 'z' && r[i-1] != 'x' || i+1 < len(r) && r[i+1] >= 'a' && r[i+1] <= 'z' && r[i+1] != 'x'
		return (before || after) && !letter
	}
	return false
}

func digitRune(r rune) bool { return r >= '0' && r <= '9' }

// plainAccount is the end of the last number long enough to be an account.
func plainAccount(low string) string {
	best := ""
	for i := 0; i < len(low); {
		if !digit(low[i]) {
			i++
			continue
		}
		j := i
		for j < len(low) && (digit(low[j]) || (low[j] == ' ' || low[j] == '-') && j+1 < len(low) && digit(low[j+1])) {
			j++
		}
		if d := onlyDigits(low[i:j]); len(d) >= 7 && len(d) <= 19 {
			best = d[len(d)-4:]
		}
		i = j
	}
	return best
}
