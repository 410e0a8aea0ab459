package bench

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"amanah/internal/privacy/notice"
	"amanah/law"
)

//go:embed notice.yaml
var emptyNotice string

// rules are how many categories, each with its rule for a recipient, a notice has.
var rules = []int{10, 100, 1000}

// policy measures one decision: may this category go to this recipient for this purpose?
func policy(_ context.Context, o Options, _ string) (*Result, error) {
	packs, _ := notice.LoadLaw(law.FS)
	r := &Result{Baseline: "a look-up in a Go map of the same rules, with a struct of four numbers as its key"}
	var first, last time.Duration
	var most, slowest float64
	for _, count := range rules {
		p, err := manyRules(count, packs)
		if err != nil {
			return nil, err
		}
		took, allocs, bare, err := decide(o, p, count)
		if err != nil {
			return nil, err
		}
		r.add(fmt.Sprintf("rules=%d", count), float64(took), "ns/decision", float64(bare)/float64(max(took, 1)))
		r.add(fmt.Sprintf("rules=%d allocations", count), allocs, "allocations/decision", 0)
		r.add(fmt.Sprintf("rules=%d baseline", count), float64(bare), "ns/look-up", 1)
		if first == 0 {
			first = took
		}
		last, most, slowest = took, max(most, allocs), max(slowest, float64(took))
	}
	r.goal("less than 500 ns", slowest, slowest < 500)
	r.goal("no allocation", most, most == 0)
	flat := float64(last) / float64(max(first, 1))
	r.goal("flat from 10 to 1,000 rules: at most twice", flat, flat <= 2)
	return r, nil
}

// manyRules compiles a notice with so many categories.
func manyRules(count int, packs []*notice.LawPack) (*notice.Policy, error) {
	var data, gets strings.Builder
	for i := range count {
		fmt.Fprintf(&data, "  thing.n%d: {dpv: \"pd:Communication\", what: {id: Catatan, en: Note}, for: [service], kept: while account.active}\n", i)
		fmt.Fprintf(&gets, "thing.n%d,\n      ", i)
	}
	src := strings.NewReplacer("  # data\n", data.String(), "# gets", gets.String()).Replace(emptyNotice)
	n, found := notice.Parse("bench.yaml", []byte(src))
	for _, f := range found {
		if f.Severity == notice.Error {
			return nil, errors.New(f.String())
		}
	}
	return notice.Compile([]*notice.Notice{n}, packs)
}

type ruleKey struct {
	service   notice.ServiceID
	category  notice.CategoryID
	purpose   notice.PurposeID
	recipient notice.RecipientID
}

func decide(o Options, p *notice.Policy, count int) (took time.Duration, allocs float64, bare time.Duration, err error) {
	s, _ := p.Service("bench")
	u, _ := p.Purpose("bench", "service")
	to, _ := p.Recipient("bench", "cloud")
	table := map[ruleKey]bool{}
	keys := make([]notice.CategoryID, count)
	for i := range keys {
		c, ok := p.Category("bench", fmt.Sprintf("thing.n%d", i))
		if !ok || !p.Allow(s, c, u, to).Allowed {
			return 0, 0, 0, errors.New("the rule is not in the policy")
		}
		keys[i], table[ruleKey{s, c, u, to}] = c, true
	}
	refused := 0
	for range o.Rounds {
		t, a := each(o, func(n int) {
			for i := range n {
				if !p.Allow(s, keys[i%count], u, to).Allowed {
					refused++
				}
			}
		})
		b, _ := each(o, func(n int) {
			for i := range n {
				if !table[ruleKey{s, keys[i%count], u, to}] {
					refused++
				}
			}
		})
		took, bare, allocs = least(took, t), least(bare, b), max(allocs, a)
	}
	if refused > 0 {
		return 0, 0, 0, errors.New("the policy changed its mind")
	}
	return took, allocs, bare, nil
}

func least(have, v time.Duration) time.Duration {
	if have == 0 {
		return v
	}
	return min(have, v)
}
