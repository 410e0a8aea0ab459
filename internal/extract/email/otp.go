package email

import "strings"

// code tells that the mail hands over a one-time code: the words for it and a
// number standing alone near them. Warnings never to share a code have no code.
func (r *reading) code() bool {
	words := r.x.phrases["otp"]
	if has(r.subject, words) && (loneCode(r.subject) || r.codeNear(words)) {
		return true
	}
	return r.codeNear(words)
}

// codeNear looks for a code in the sentence that speaks of it, behind it in the
// same line or in the three lines after it. A warning never to share a code has
// one only in its own sentence: what follows is a telephone number.
func (r *reading) codeNear(words []string) bool {
	for i, s := range r.segs {
		if !has(s.low, words) {
			continue
		}
		announced := false
		for rest := s.low; rest != ""; {
			sentence, after := cutSentence(rest)
			if has(sentence, words) {
				within := sentence
				if !has(sentence, r.x.phrases["secrecy"]) || strings.HasSuffix(sentence, ":") {
					within, announced = rest, true
				}
				if r.codeBehind(within, words) || codeBefore(sentence, words) {
					return true
				}
			}
			rest = after
		}
		if !announced {
			continue
		}
		for _, n := range r.segs[i+1 : min(len(r.segs), i+4)] {
			if loneCode(n.text) {
				return true
			}
		}
	}
	return false
}

// codeBehind looks for a code behind one of the words.
func (r *reading) codeBehind(low string, words []string) bool {
	for _, w := range words {
		if j := strings.Index(low, w); j >= 0 && codeIn(low[j:], r.x.phrases["phones"]) {
			return true
		}
	}
	return false
}

// loneCode tells that a text is a code and nothing else: "123456", "12 34 56",
// "1 2 3 4 5 6", "A7K-9Q2".
func loneCode(s string) bool {
	t := strings.NewReplacer(" ", "", "-", "").Replace(s)
	if len(t) < 4 || len(t) > 8 {
		return false
	}
	digits := 0
	for i := range len(t) {
		switch {
		case digit(t[i]):
			digits++
		case t[i] >= 'A' && t[i] <= 'Z':
		default:
			return false
		}
	}
	return digits >= 3 || digits >= 1 && len(t) >= 5
}

// codeIn finds a code after the words for it, in the same line. A number that
// somebody is told to call is none.
func codeIn(low string, phones []string) bool {
	for i := 0; i < len(low) && i < 160; i++ {
		if !digit(low[i]) || i > 0 && (letterAt(low, i-1) || strings.ContainsRune(".,/:*-$#", rune(low[i-1])) && low[i-1] != ':' || digit(low[i-1])) {
			continue
		}
		j := i
		for j < len(low) && digit(low[j]) {
			j++
		}
		n := j - i
		if code, _, marked := markBefore(low, i); marked && code != "" {
			i = j
			continue
		}
		tail := j >= len(low) || !strings.ContainsRune(".,/:*%", rune(low[j])) || j+1 >= len(low) || !digit(low[j+1])
		unit := strings.HasPrefix(low[j:], " menit") || strings.HasPrefix(low[j:], " min") || strings.HasPrefix(low[j:], " digit") || strings.HasPrefix(low[j:], "-digit") || strings.HasPrefix(low[j:], " detik")
		if tail && !unit && !has(low[max(0, i-24):i], phones) && (n >= 5 && n <= 8 || n == 4 && lead(low[:i])) && !letterAt(low, j) {
			return true
		}
		i = j
	}
	return false
}

// lead tells that four digits are announced as a code.
func lead(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasSuffix(s, "adalah") || strings.HasSuffix(s, " is") || strings.HasSuffix(s, ":") || strings.HasSuffix(s, "kode") || strings.HasSuffix(s, "code") || strings.HasSuffix(s, "otp")
}

// codeBefore finds "123456 adalah kode OTP Anda".
func codeBefore(low string, words []string) bool {
	for _, w := range words {
		if j := strings.Index(low, w); j > 0 {
			f := strings.Fields(low[max(0, j-40):j])
			for k, x := range f {
				if loneCode(x) && k >= len(f)-4 && onlyDigits(x) == x {
					return true
				}
			}
		}
	}
	return false
}
