package receipt

import (
	"bufio"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
)

type cordReceipt struct {
	ID    string  `json:"id"`
	Text  string  `json:"text"`
	Total float64 `json:"total"`
	Items []struct {
		Name  string  `json:"nm"`
		Price float64 `json:"price"`
	} `json:"items"`
	Sums bool `json:"items_sum_equals_subtotal"`
}

// TestAccuracy measures on the text of CORD's receipts. Those with numbers that
// leave 3 by 4 were looked at last. docs/accuracy.md says what the figures are.
func TestAccuracy(t *testing.T) {
	t.Parallel()
	r := reader(t)
	f, err := os.Open("testdata/cord/cord-text.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	var early, late tally
	for lines.Scan() {
		var c cordReceipt
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if !c.Sums {
			continue
		}
		n, err := strconv.Atoi(strings.TrimPrefix(c.ID, "cord_"))
		if err != nil {
			t.Fatal(err)
		}
		if n%4 == 3 {
			late.count(r, c)
		} else {
			early.count(r, c)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("the rules were made on: %s", early)
	t.Logf("looked at last: %s", late)
	if total, items := late.rates(); total < 0.95 || items < 0.85 {
		t.Errorf("worse than it was: %s", late)
	}
}

// tally counts what is right. Labels that state a thousandth of what is printed
// (24.000 as 24) are counted apart.
type tally struct{ receipts, scaled, totals, right, wrong, missed int }

func (s *tally) count(r *Reader, c cordReceipt) {
	facts := r.Text(c.Text)
	want := int64(c.Total*100 + 0.5)
	if want > 0 && facts.Total.Minor == want*1000 {
		s.scaled++
		return
	}
	s.receipts++
	if facts.Total.Known && facts.Total.Minor == want {
		s.totals++
	}
	used := make([]bool, len(c.Items))
	right := 0
	for _, i := range facts.Items {
		for j, g := range c.Items {
			if !used[j] && i.Price == int64(g.Price*100+0.5) && similar(key(i.Name), key(g.Name)) {
				used[j] = true
				right++
				break
			}
		}
	}
	s.right += right
	s.wrong += len(facts.Items) - right
	s.missed += len(c.Items) - right
}

// similar tells whether four fifths of two names agree.
func similar(a, b string) bool {
	longer := max(len(a), len(b))
	return distance(a, b, longer)*5 <= longer*2 && common(a, b)*10 >= (len(a)+len(b))*4
}

// common is the length of what two names have in common, in order.
func common(a, b string) int {
	row := make([]int, len(b)+1)
	for i := range len(a) {
		diag := 0
		for j := range len(b) {
			keep := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diag + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			diag = keep
		}
	}
	return row[len(b)]
}

func (s tally) rates() (total, items float64) {
	return float64(s.totals) / float64(s.receipts), 2 * float64(s.right) / float64(2*s.right+s.wrong+s.missed)
}

func (s tally) String() string {
	total, items := s.rates()
	return strconv.Itoa(s.receipts) + " receipts, total " + strconv.FormatFloat(total, 'f', 3, 64) + ", items F1 " + strconv.FormatFloat(items, 'f', 3, 64) + "; labels out of scale: " + strconv.Itoa(s.scaled)
}
