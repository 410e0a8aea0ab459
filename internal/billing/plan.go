package billing

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"

	"amanah/internal/money"
)

//go:embed plans.yaml
var builtinPlans []byte

// Plans are what can be subscribed to, the cheapest first. The first one costs
// nothing and is everybody's.
type Plans []Plan

// Plan is one of them.
type Plan struct {
	Code      string           `yaml:"code"`
	Name      Words            `yaml:"name"`
	Price     int64            `yaml:"price"` // whole rupiah a month, without tax
	TrialDays int              `yaml:"trial_days"`
	Limits    map[string]int64 `yaml:"limits"`
}

// What a plan may limit.
const (
	Mails     = "mails"     // a month
	Targets   = "targets"   // at a time
	Mailboxes = "mailboxes" // at a time
	Members   = "members"   // at a time
	History   = "history"   // months that an export of transactions reaches back
)

// Limited are the limits in the order in which pages show them.
func Limited() []string { return []string{Mails, Targets, Mailboxes, Members, History} }

// ParsePlans reads a file of plans.
func ParsePlans(src []byte) (Plans, error) {
	var ps Plans
	if err := yaml.UnmarshalWithOptions(src, &ps, yaml.DisallowUnknownField(), yaml.Strict()); err != nil {
		return nil, fmt.Errorf("billing: plans: %w", err)
	}
	if len(ps) == 0 || ps[0].Price != 0 {
		return nil, fmt.Errorf("billing: plans: the first one costs nothing: it is what everybody has")
	}
	for i, p := range ps {
		if p.Code == "" || p.Name.ID == "" || p.Name.EN == "" || p.TrialDays < 0 || p.Price > 1_000_000_000 || i > 0 && p.Price <= ps[i-1].Price {
			return nil, fmt.Errorf("billing: plans: number %d needs a code, a name in both languages, and a higher price than the one before", i+1)
		}
		if slices.IndexFunc(ps, func(o Plan) bool { return o.Code == p.Code }) != i {
			return nil, fmt.Errorf("billing: plans: %s stands twice", p.Code)
		}
		for what, n := range p.Limits {
			if !slices.Contains(Limited(), what) || n < 0 {
				return nil, fmt.Errorf("billing: plans: %s: no limit is called %q, or it is below nought", p.Code, what)
			}
		}
	}
	return ps, nil
}

// BuiltinPlans come with the program.
func BuiltinPlans() Plans {
	ps, err := ParsePlans(builtinPlans)
	if err != nil {
		panic(err) // the file is embedded, and a test reads it
	}
	return ps
}

// Find gives a plan by its code; ok is false for one that there is none of.
func (ps Plans) Find(code string) (p Plan, ok bool) {
	i := slices.IndexFunc(ps, func(p Plan) bool { return p.Code == code })
	if i < 0 {
		return Plan{}, false
	}
	return ps[i], true
}

// Amount is the plan's price.
func (p Plan) Amount() money.Amount { return money.Rupiah(p.Price) }

// Limit is the plan's limit of something; ok is false where there is none.
func (p Plan) Limit(what string) (n int64, ok bool) { n, ok = p.Limits[what]; return n, ok }
