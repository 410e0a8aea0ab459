package ocr

import (
	"fmt"
	"os"
	"strings"
)

// alphabet says which outputs of the network are which characters. The network
// knows thousands; receipts of Indonesia are written with those below, and
// leaving out the rest keeps a smudge from becoming a Chinese sign.
type alphabet struct {
	size    int      // outputs of the network; the first one says "nothing new"
	char    []rune   // what the allowed outputs stand for
	outputs []uint16 // the allowed outputs
}

// twins are written alike: the network may mean either.
var twins = strings.NewReplacer("：", ":", "，", ",", "．", ".", "（", "(", "）", ")", "－", "-", "＊", "*", "／", "/",
	"＋", "+", "＝", "=", "％", "%", "＃", "#", "＆", "&", "！", "!", "？", "?", "；", ";", "×", "x", "—", "-", "–", "-",
	"‘", "'", "’", "'", "“", "\"", "”", "\"", "～", "~", "＠", "@", "【", "[", "】", "]", "。", ".", "、", ",", "·", ".", "￥", "Y", "〇", "0", "○", "0", "一", "-")

// readAlphabet reads the list of characters that belongs to the network, one a line.
func readAlphabet(file string) (*alphabet, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("ocr: %w", err)
	}
	a := &alphabet{}
	list := strings.Split(strings.TrimSuffix(string(src), "\n"), "\n")
	list = append(list, " ")
	a.size = len(list) + 1
	for i, s := range list {
		s = twins.Replace(strings.TrimSuffix(s, "\r"))
		if r := []rune(s); len(r) == 1 && (r[0] >= ' ' && r[0] <= '~' || strings.ContainsRune("°éèàäöüñçÉ", r[0])) {
			a.char = append(a.char, r[0])
			a.outputs = append(a.outputs, uint16(i+1))
		}
	}
	if len(a.char) < 90 {
		return nil, fmt.Errorf("ocr: %s lacks letters", file)
	}
	return a, nil
}

// decode reads the outputs of one line, steps of a.size each. A character counts
// when it differs from that of the step before.
func (a *alphabet) decode(out []float32, steps int) (string, []float64) {
	var text strings.Builder
	var scores []float64
	last := rune(0)
	for t := range steps {
		c, score := a.pick(out[t*a.size : (t+1)*a.size])
		if c != last && c != 0 {
			text.WriteRune(c)
			scores = append(scores, score)
		} else if c != 0 && score > scores[len(scores)-1] {
			scores[len(scores)-1] = score
		}
		last = c
	}
	return text.String(), scores
}

// pick is the likeliest character of a step, or 0 for nothing.
func (a *alphabet) pick(p []float32) (rune, float64) {
	nothing := p[0]
	best, at, sum := float32(0), 0, nothing
	for i, o := range a.outputs {
		v := p[o]
		sum += v
		if v > best {
			best, at = v, i
		}
	}
	// What the network took for a foreign sign is the likeliest of ours, at the
	// little that it gave to that.
	if nothing >= best && sum > 0.5 {
		return 0, 0
	}
	return a.char[at], float64(best)
}
