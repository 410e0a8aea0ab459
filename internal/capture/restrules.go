package capture

import (
	"context"
	"time"

	"amanah/internal/capture/learning"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/rest"
	"amanah/internal/store"
)

func (s *Service) restRules(api *rest.API) {
	const tag = "Rules"
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/rules", ID: "listRules", Tag: tag, Summary: "List rules",
		Details: "What corrections taught, those that work first."}, "rules"), s.restRuleList)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/rules/{id}", ID: "getRule", Tag: tag, Summary: "One rule"}, "rules"), s.restRule)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/rules", ID: "createRule", Tag: tag, Summary: "Write a rule", Creates: true}, "rules"), s.restNewRule)
	rest.Register(api, writes(rest.Op{Method: "PUT", Path: "/rules/{id}", ID: "changeRule", Tag: tag, Summary: "Change a rule",
		Details: "All fields are replaced; an empty one asks for nothing, or changes nothing."}, "rules"), s.restSaveRule)
	rest.Register(api, writes(rest.Op{Method: "DELETE", Path: "/rules/{id}", ID: "removeRule", Tag: tag, Summary: "Remove a rule",
		Details: "What it taught the classifier goes with it. For seven days it can be switched on again."}, "rules"), s.restRemoveRule)
	rest.Register(api, writes(rest.Op{Method: "PUT", Path: "/rules/{id}/state", ID: "switchRule", Tag: tag, Summary: "Switch a rule on or off, or put a removed one back"}, "rules"), s.restSwitchRule)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/rules/{id}/forget", ID: "forgetRule", Tag: tag, Summary: "Delete a rule for good"}, "rules"), s.restDropRule)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/rules/{id}/earlier", ID: "listEarlier", Tag: tag, Summary: "List earlier transactions that the rule would change", Details: "The newest first, 200 at most."}, "rules"), s.restEarlier)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/rules/{id}/apply", ID: "applyRule", Tag: tag, Summary: "Change earlier transactions as the rule says", Errors: []int{409},
		Details: "At most 500 at once. What a person changed stays."}, "rules"), s.restApplyRule)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/rules/{id}/undo", ID: "undoRule", Tag: tag, Summary: "Take back what applying changed"}, "rules"), s.restUndoRule)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/transactions/{id}/category", ID: "explainCategory", Tag: tag, Summary: "Why a transaction has its category"}, "transactions"), s.restWhy)
}

// ruleFields are what a rule asks for and does.
type ruleFields struct {
	Merchant   string `json:"merchant" minLength:"1" maxLength:"200" example:"QRIS TUKU JAYA" doc:"The name as banks write it; town and branch number do not count."`
	Way        string `json:"way,omitempty" enum:"out,in,internal" doc:"Only when told as going this way."`
	Issuer     string `json:"issuer,omitempty" maxLength:"100" doc:"Only of this bank or wallet."`
	Channel    string `json:"channel,omitempty" maxLength:"40" example:"qris" doc:"Only when paid this way."`
	Account    string `json:"account,omitempty" maxLength:"36" doc:"Only of this account."`
	Name       string `json:"name,omitempty" maxLength:"200" example:"Kopi Tuku" doc:"The name to record."`
	Category   string `json:"category,omitempty" maxLength:"40" example:"food_drink" doc:"The category to record."`
	Direction  string `json:"direction,omitempty" enum:"out,in,internal" doc:"The direction to record."`
	SetAccount string `json:"set_account,omitempty" maxLength:"36" doc:"The account to record."`
	Note       string `json:"note,omitempty" maxLength:"2000" doc:"The note to record."`
}

// ruleShown is one as the API shows it.
type ruleShown struct {
	ID     id.ID      `json:"id" format:"uuid" doc:"Its number."`
	State  string     `json:"state" enum:"on,off,removed" doc:"Whether it works."`
	Fields ruleFields `json:"rule" doc:"What it asks for and does."`
	From   string     `json:"from,omitempty" doc:"The transaction whose correction taught it."`
	Uses   int64      `json:"uses" doc:"How often it was used."`
	UsedAt string     `json:"used_at,omitempty" format:"date-time" doc:"When it was last used."`
}

func shownRule(r learning.Rule, zone *time.Location) ruleShown {
	out := ruleShown{ID: r.ID, State: string(r.State), From: said(r.From), Uses: r.Uses, Fields: ruleFields{Merchant: r.Merchant.Reveal(), Way: r.Way, Issuer: r.Issuer, Channel: r.Channel,
		Account: said(r.Account), Name: r.Name.Reveal(), Category: r.Category, Direction: r.Direction, SetAccount: said(r.SetAccount), Note: r.Note.Reveal()}}
	if !r.UsedAt.IsZero() {
		out.UsedAt = r.UsedAt.Time().In(zone).Format(time.RFC3339)
	}
	return out
}

func (f ruleFields) edit() (e RuleEdit, err error) {
	e = RuleEdit{Merchant: f.Merchant, Way: f.Way, Issuer: f.Issuer, Channel: f.Channel, Name: f.Name, Category: f.Category, Direction: f.Direction, Notes: f.Note}
	if e.Account, err = optionalID(f.Account, "account"); err != nil {
		return e, err
	}
	e.SetAccount, err = optionalID(f.SetAccount, "set_account")
	return e, err
}

type ruleListOut struct {
	Body struct {
		Rules []ruleShown `json:"rules" doc:"All rules."`
	}
}

func (s *Service) restRuleList(ctx context.Context, _ *struct{}) (*ruleListOut, error) {
	out := &ruleListOut{}
	out.Body.Rules = []ruleShown{}
	who, _ := caller(ctx)
	err := s.readAs(ctx, func(tx *store.Tx) error {
		all, err := s.learning.All(ctx, tx)
		for _, r := range all {
			out.Body.Rules = append(out.Body.Rules, shownRule(r, who.Location()))
		}
		return err
	})
	return out, err
}

type ruleOut struct{ Body ruleShown }

func (s *Service) restRule(ctx context.Context, in *ByID) (*ruleOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	return s.ruleAt(ctx, key)
}

func (s *Service) ruleAt(ctx context.Context, key id.ID) (*ruleOut, error) {
	who, _ := caller(ctx)
	out := &ruleOut{}
	err := s.readAs(ctx, func(tx *store.Tx) error {
		r, err := store.Get[learning.Rule](ctx, tx, key)
		if err == nil {
			out.Body = shownRule(*r, who.Location())
		}
		return err
	})
	return out, err
}

type newRuleIn struct{ Body ruleFields }

func (s *Service) restNewRule(ctx context.Context, in *newRuleIn) (*ruleOut, error) {
	return s.putRule(ctx, id.ID{}, in.Body)
}

type saveRuleIn struct {
	ByID
	Body ruleFields
}

func (s *Service) restSaveRule(ctx context.Context, in *saveRuleIn) (*ruleOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	return s.putRule(ctx, key, in.Body)
}

func (s *Service) putRule(ctx context.Context, key id.ID, f ruleFields) (*ruleOut, error) {
	e, err := f.edit()
	if err != nil {
		return nil, err
	}
	who, _ := caller(ctx)
	if err := s.writeAs(ctx, func(tx *store.Tx) (err error) { key, err = s.SaveRule(ctx, tx, who.Subject, key, e); return err }); err != nil {
		return nil, err
	}
	return s.ruleAt(ctx, key)
}

func (s *Service) restRemoveRule(ctx context.Context, in *ByID) (*nothing, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	return &nothing{}, s.writeAs(ctx, func(tx *store.Tx) error { return s.SetRule(ctx, tx, key, learning.Removed) })
}

type switchRuleIn struct {
	ByID
	Body struct {
		State string `json:"state" enum:"on,off" doc:"Whether it works."`
	}
}

func (s *Service) restSwitchRule(ctx context.Context, in *switchRuleIn) (*ruleOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	if err := s.writeAs(ctx, func(tx *store.Tx) error { return s.SetRule(ctx, tx, key, learning.State(in.Body.State)) }); err != nil {
		return nil, err
	}
	return s.ruleAt(ctx, key)
}

func (s *Service) restDropRule(ctx context.Context, in *ByID) (*nothing, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	return nil, s.writeAs(ctx, func(tx *store.Tx) error { return s.DropRule(ctx, tx, key) })
}

func (s *Service) restEarlier(ctx context.Context, in *ByID) (*rest.List[transaction], error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	who, _ := caller(ctx)
	out := []transaction{}
	err = s.readAs(ctx, func(tx *store.Tx) error {
		all, err := s.Earlier(ctx, tx, key)
		for _, v := range all[:min(len(all), 200)] {
			out = append(out, v.rest(who.Location()))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

type ruleCountOut struct {
	Body struct {
		Changed int `json:"changed" doc:"How many transactions were changed."`
	}
}

func (s *Service) restApplyRule(ctx context.Context, in *ByID) (*ruleCountOut, error) {
	return s.countRule(ctx, in, s.ApplyRule)
}

func (s *Service) restUndoRule(ctx context.Context, in *ByID) (*ruleCountOut, error) {
	return s.countRule(ctx, in, s.UndoRule)
}

func (s *Service) countRule(ctx context.Context, in *ByID, f func(context.Context, *store.Tx, id.ID, *time.Location) (int, error)) (*ruleCountOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	who, _ := caller(ctx)
	out := &ruleCountOut{}
	err = s.writeAs(ctx, func(tx *store.Tx) (err error) { out.Body.Changed, err = f(ctx, tx, key, who.Location()); return err })
	return out, err
}

type whyOut struct {
	Body struct {
		Category    string  `json:"category" doc:"The category."`
		Decided     string  `json:"decided" doc:"Who chose it: rule, learned, classifier, builtin, reading, person, other; empty for a transaction of an earlier version."`
		Probability float64 `json:"probability,omitempty" doc:"The classifier's, from 0 to 1."`
		Words       string  `json:"words,omitempty" doc:"What decided, the strongest first."`
		Rule        string  `json:"rule,omitempty" doc:"The rule that worked on it."`
	}
}

func (s *Service) restWhy(ctx context.Context, in *ByID) (*whyOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	out := &whyOut{}
	err = s.readAs(ctx, func(tx *store.Tx) error {
		c, err := store.Get[Captured](ctx, tx, key)
		if err != nil {
			return fault.Wrap("capture.restWhy", err)
		}
		out.Body.Category, out.Body.Decided, out.Body.Probability, out.Body.Words, out.Body.Rule = c.Category, c.Decided, float64(c.Sure)/1000, c.Words.Reveal(), said(c.Learned)
		return nil
	})
	return out, err
}
