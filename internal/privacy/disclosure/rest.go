package disclosure

import (
	"context"
	"net/http"
	"strings"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/desk"
	"amanah/internal/rest"
	"amanah/internal/store"
)

// REST adds the calls of one's own disclosures. Officers work on the pages only.
func (s *Service) REST(api *rest.API) {
	rest.Register(api, rest.Op{Method: "GET", Path: "/privacy/disclosures", ID: "listDisclosures", Tag: "Privacy", Summary: "List to whom your data was handed beyond the service itself", Scope: "account:read", Person: true}, s.restList)
	rest.Register(api, rest.Op{Method: "POST", Path: "/privacy/disclosures", ID: "wishDisclosure", Tag: "Privacy", Summary: "Ask that some of your data is handed to somebody", Scope: "account:write", Person: true, Creates: true, Status: http.StatusCreated,
		Details: "An officer looks at it before anything leaves."}, s.restWish)
}

// DisclosureBody is a disclosure as the API shows it.
type DisclosureBody struct {
	ID         id.ID      `json:"id" format:"uuid" doc:"The case."`
	Number     string     `json:"number" example:"K7QF-2M9X-T" doc:"Its number."`
	Reason     string     `json:"reason" enum:"authority,court,tax,vital,own_wish" doc:"Why."`
	State      string     `json:"state" enum:"asked,half_approved,approved,handed_over,refused" doc:"Where it stands."`
	Recipient  string     `json:"recipient" example:"Bank Contoh" doc:"To whom."`
	Purpose    string     `json:"purpose" example:"To apply for a loan" doc:"What for."`
	Basis      string     `json:"basis,omitempty" doc:"The provision that was named."`
	Categories []string   `json:"categories" nullable:"false" doc:"Which kinds of data, as the notice has them."`
	Asked      time.Time  `json:"asked_at" doc:"When it was asked for."`
	Handed     *time.Time `json:"handed_at,omitempty" doc:"When it left; absent before."`
	Why        string     `json:"why_refused,omitempty" doc:"Why it was refused."`
}

func bodyOf(c *Case) DisclosureBody {
	b := DisclosureBody{ID: c.ID, Number: c.Number, Reason: c.Reason, State: string(c.State), Recipient: c.Recipient.Reveal(), Purpose: c.Purpose.Reveal(), Basis: c.Basis,
		Categories: strings.Fields(c.Categories), Asked: c.AskedAt.Time(), Why: c.Why.Reveal()}
	if !c.HandedAt.IsZero() {
		at := c.HandedAt.Time()
		b.Handed = &at
	}
	return b
}

func (s *Service) restList(ctx context.Context, _ *struct{}) (*rest.List[DisclosureBody], error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	var all []Case
	err := s.cfg.DB.Read(ctx, who.HomeScope(desk.Purpose), func(tx *store.Tx) (err error) { all, err = Of(ctx, tx, who.Subject); return err })
	if err != nil {
		return nil, err
	}
	out := make([]DisclosureBody, len(all))
	for i := range all {
		out[i] = bodyOf(&all[i])
	}
	return rest.Listed(ctx, out, "", false)
}

type wishIn struct {
	Body struct {
		Recipient  string   `json:"recipient" maxLength:"1000" example:"Bank Contoh" doc:"To whom."`
		Purpose    string   `json:"purpose" maxLength:"1000" example:"To apply for a loan" doc:"What for."`
		Categories []string `json:"categories" nullable:"false" example:"[\"account.name\"]" doc:"Which kinds of data, as the notice has them."`
		Sure       bool     `json:"sure" doc:"That you ask for it yourself: true."`
	}
}

type disclosureOut struct{ Body DisclosureBody }

func (s *Service) restWish(ctx context.Context, in *wishIn) (*disclosureOut, error) {
	who, _ := identity.FromContext(ctx)
	if !in.Body.Sure {
		return nil, fault.New(fault.Invalid, "disclosure.restWish", "disclosure.sure.missing").On("sure")
	}
	var out disclosureOut
	err := s.cfg.DB.Write(ctx, who.HomeScope(desk.Purpose), func(tx *store.Tx) error {
		c, err := s.Open(ctx, tx, Demand{Subject: who.Subject, Reason: OwnWish, Recipient: in.Body.Recipient, Purpose: in.Body.Purpose, Categories: in.Body.Categories})
		if err == nil {
			out.Body = bodyOf(c)
		}
		return err
	})
	return &out, err
}
