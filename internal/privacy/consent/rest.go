package consent

import (
	"bytes"
	"context"
	"io"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// REST adds the calls of one's own consents.
func (s *Service) REST(api *rest.API) {
	rest.Register(api, rest.Op{Method: "GET", Path: "/privacy/consents", ID: "listConsents", Tag: "Privacy", Scope: "account:read", Person: true,
		Summary: "List the purposes that you decide on, with the history of each"}, s.restList)
	rest.Register(api, rest.Op{Method: "POST", Path: "/privacy/consents", ID: "decideConsent", Tag: "Privacy", Scope: "account:write", Person: true,
		Summary: "Give or withdraw a consent, or object", Details: "Doing what is done already changes nothing and answers with the record that says so."}, s.restDecide)
	rest.Register(api, rest.Op{Method: "GET", Path: "/privacy/consents/{id}", ID: "getConsentRecord", Tag: "Privacy", Scope: "account:read", Person: true,
		Summary: "Get one record in the fields of ISO/IEC TS 27560", Details: "JSON-LD in the terms of the Data Privacy Vocabulary. Objections have no such record."}, s.restRecord)
	rest.RegisterStream(api, rest.Op{Method: "GET", Path: "/privacy/consents/{id}/receipt", ID: "getConsentReceipt", Tag: "Privacy", Scope: "account:read", Person: true,
		Summary: "Get the signed receipt of one record", Produces: "application/json"}, s.restReceipt)
}

type consentBody struct {
	Purpose string           `json:"purpose" example:"research" doc:"The purpose, as the notice has it."`
	Says    string           `json:"says" doc:"What it is, in the language of Accept-Language."`
	Basis   string           `json:"basis" example:"consent" doc:"What the purpose rests on; those on consent are off until you allow them."`
	State   string           `json:"state" enum:"none,given,withdrawn,lapsed" doc:"What you decided last. lapsed: the purpose became wider than what you agreed to."`
	Runs    bool             `json:"runs" doc:"Whether the purpose is on for you now."`
	Version string           `json:"version" example:"2.0" doc:"The version of the notice that names it."`
	From    string           `json:"new_or_wider_from,omitempty" format:"date-time" doc:"When the coming version makes it new or wider."`
	Next    string           `json:"coming_version,omitempty" doc:"That version; name it when you decide ahead."`
	History []consentActBody `json:"history" nullable:"false" doc:"Your acts, the newest first."`
}

type consentActBody struct {
	ID      string    `json:"id" format:"uuid" doc:"The record's number."`
	State   string    `json:"state" enum:"given,withdrawn" doc:"What you did."`
	At      time.Time `json:"at" doc:"When."`
	How     string    `json:"how" example:"page" doc:"How."`
	Version string    `json:"version" doc:"The version of the notice that you had before you."`
}

func bodyOf(c Choice, lang string) consentBody {
	b := consentBody{Purpose: c.Key, Says: c.Say.In(lang), Basis: c.Basis, State: string(c.State), Runs: on(c), Version: c.Version, Next: c.Next, History: []consentActBody{}}
	if c.State == None {
		b.State = "none"
	}
	if !c.From.IsZero() {
		b.From = c.From.Time().UTC().Format(time.RFC3339)
	}
	for _, d := range c.Acts {
		b.History = append(b.History, consentActBody{d.ID.String(), string(d.State), d.At.Time(), string(d.Proof.How), d.Proof.Notice})
	}
	return b
}

func (s *Service) restList(ctx context.Context, _ *struct{}) (*rest.List[consentBody], error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	var out []consentBody
	err := s.cfg.DB.Read(ctx, who.HomeScope(purpose), func(tx *store.Tx) error {
		all, err := s.Choices(ctx, tx, who.Service, who.Subject)
		for _, c := range all {
			out = append(out, bodyOf(c, string(i18n.From(ctx).Lang)))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, "", false)
}

type decideConsentIn struct {
	Body struct {
		Purpose string `json:"purpose" maxLength:"60" example:"research" doc:"The purpose."`
		Allow   bool   `json:"allow" doc:"true to allow it, false to withdraw or object."`
		Version string `json:"version,omitempty" maxLength:"20" doc:"The version of the notice that you read; absent for the one in force."`
	}
}

type decideConsentOut struct {
	Body struct {
		Record string `json:"record,omitempty" format:"uuid" doc:"The number of the record; absent where there was never an act."`
	}
}

func (s *Service) restDecide(ctx context.Context, in *decideConsentIn) (*decideConsentOut, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	proof := Proof{How: ByAPI, Lang: string(i18n.From(ctx).Lang)}
	if r := rest.Request(ctx); r != nil {
		proof.Agent = r.UserAgent()
		if a := web.ClientAddr(r); a.IsValid() {
			proof.IP = a.String()
		}
	}
	key, err := s.Decide(ctx, who, in.Body.Purpose, in.Body.Version, in.Body.Allow, proof)
	if err != nil {
		return nil, err
	}
	out := &decideConsentOut{}
	if !key.IsZero() {
		out.Body.Record = key.String()
	}
	return out, nil
}

type consentIn struct {
	ID string `path:"id" format:"uuid" doc:"The record's number."`
}

func (in consentIn) key() (id.ID, error) {
	key, err := id.Parse(in.ID)
	if err != nil {
		return key, fault.New(fault.NotFound, "consent.rest", "")
	}
	return key, nil
}

type consentOut struct{ Body Document }

func (s *Service) restRecord(ctx context.Context, in *consentIn) (*consentOut, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	doc, err := s.Document(ctx, who, key)
	return &consentOut{doc}, err
}

func (s *Service) restReceipt(ctx context.Context, in *consentIn) (*rest.Stream, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	file, err := s.Receipt(ctx, who, key)
	if err != nil {
		return nil, err
	}
	return &rest.Stream{Filename: fileName(who.Service, key), Write: func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(file))
		return err
	}}, nil
}
