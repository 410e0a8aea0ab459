package rights

import (
	"context"
	"io"
	"net/http"
	"time"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/identity"
	"amanah/internal/privacy/consent"
	"amanah/internal/rest"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
)

// REST adds what the pages of one's own data do.
func (s *Pages) REST(api *rest.API) {
	op := func(o rest.Op) rest.Op {
		o.Tag, o.Person, o.Scope = "Privacy", true, "account:write"
		if o.Method == http.MethodGet {
			o.Scope = "account:read"
		}
		return o
	}
	rest.Register(api, op(rest.Op{Method: "GET", Path: "/privacy", ID: "getKept", Summary: "What is kept about you, why, until when, and who got it"}), s.restKept)
	rest.RegisterStream(api, op(rest.Op{Method: "GET", Path: "/privacy/copy", ID: "getCopy", Summary: "A copy of everything as a ZIP of JSON and CSV", Produces: "application/zip", Details: "Five at once, then one a minute."}), s.restCopy)
	rest.Register(api, op(rest.Op{Method: "GET", Path: "/privacy/purposes", ID: "listPurposes", Summary: "Purposes that you may allow or object to"}), s.restPurposes)
	rest.Register(api, op(rest.Op{Method: "PUT", Path: "/privacy/purposes/{purpose}", ID: "setPurpose", Summary: "Allow a purpose, withdraw a consent, or object"}), s.restSetPurpose)
	rest.Register(api, op(rest.Op{Method: "GET", Path: "/privacy/activity", ID: "listActivity", Summary: "The newest of your own log"}), s.restActivity)
	rest.Register(api, op(rest.Op{Method: "POST", Path: "/privacy/close", ID: "closeAccount", Summary: "Close the account and erase what is kept", Status: http.StatusAccepted,
		Details: "Cannot be taken back. Only a session may, not a personal token, and the e-mail address or the password confirms it. The answer has the number of the receipt, which opens without signing in."}), s.restClose)
}

// keptBody is what is kept of one category.
type keptBody struct {
	Category string    `json:"category" example:"transaction.amount" doc:"The category, as the notice has it."`
	What     string    `json:"what" example:"Amount, fee, currency and direction" doc:"What it is, in the language of Accept-Language."`
	Purposes []string  `json:"purposes" nullable:"false" doc:"What it is kept for."`
	Records  int64     `json:"records" doc:"How many records."`
	Oldest   string    `json:"oldest,omitempty" format:"date-time" doc:"When the oldest came to be."`
	Newest   string    `json:"newest,omitempty" format:"date-time" doc:"When the newest came to be."`
	Gone     string    `json:"gone_by,omitempty" format:"date-time" doc:"When the last must be gone; absent while that cannot be told."`
	Got      []gotBody `json:"received_by" nullable:"false" doc:"Who got some of it."`
}

type gotBody struct {
	Recipient string    `json:"recipient" example:"target" doc:"The recipient, as the notice has it."`
	Times     int64     `json:"times" doc:"How often."`
	Last      time.Time `json:"last_at" doc:"When last."`
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (s *Pages) restKept(ctx context.Context, _ *struct{}) (*rest.List[keptBody], error) {
	p, _ := identity.FromContext(ctx)
	held, err := s.Rights.Kept(ctx, p.Subject)
	if err != nil {
		return nil, err
	}
	lang := string(i18n.From(ctx).Lang)
	var out []keptBody
	for _, h := range held {
		b := keptBody{Category: h.Category.Key, What: h.Category.What.In(lang), Purposes: []string{}, Records: h.Records, Oldest: stamp(h.Oldest), Newest: stamp(h.Newest), Gone: stamp(h.Last), Got: []gotBody{}}
		for _, pu := range h.Purposes {
			b.Purposes = append(b.Purposes, pu.Key)
		}
		for _, g := range h.Got {
			b.Got = append(b.Got, gotBody{g.Recipient.Key, g.Times, g.Last.UTC()})
		}
		out = append(out, b)
	}
	return rest.Listed(ctx, out, "", false)
}

func (s *Pages) restCopy(ctx context.Context, _ *struct{}) (*rest.Stream, error) {
	p, _ := identity.FromContext(ctx)
	if wait, ok := s.copies.Allow(p.Subject.String()); !ok {
		return nil, web.TooMany("rights.copy", wait)
	}
	return &rest.Stream{Filename: p.Service + "-data.zip", Write: func(w io.Writer) error {
		sum, err := s.Rights.Export(ctx, p.Subject, i18n.From(ctx), w)
		if err == nil {
			err = s.keepDownload(ctx, p, sum)
		}
		return err
	}}, nil
}

type purposeBody struct {
	Purpose string `json:"purpose" example:"improve" doc:"The purpose, as the notice has it."`
	Says    string `json:"says" doc:"What it is, in the language of Accept-Language."`
	Allowed bool   `json:"allowed" doc:"Whether you allow it now."`
}

func (s *Pages) restPurposes(ctx context.Context, _ *struct{}) (*rest.List[purposeBody], error) {
	p, _ := identity.FromContext(ctx)
	page, err := s.gather(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []purposeBody
	for _, o := range page.Optional {
		out = append(out, purposeBody{o.Key, o.Say.In(string(i18n.From(ctx).Lang)), o.On})
	}
	return rest.Listed(ctx, out, "", false)
}

type setPurposeIn struct {
	Purpose string `path:"purpose" maxLength:"60" example:"improve" doc:"The purpose."`
	Body    struct {
		Allow bool `json:"allow" doc:"true to allow it, false to withdraw or object."`
	}
}

func (s *Pages) restSetPurpose(ctx context.Context, in *setPurposeIn) (*struct{}, error) {
	p, _ := identity.FromContext(ctx)
	proof := consent.Proof{How: consent.ByAPI, Lang: string(i18n.From(ctx).Lang)}
	if r := rest.Request(ctx); r != nil {
		proof.Agent = r.UserAgent()
		if a := web.ClientAddr(r); a.IsValid() {
			proof.IP = a.String()
		}
	}
	return nil, s.decide(ctx, p, in.Purpose, in.Body.Allow, proof)
}

type activityBody struct {
	At    time.Time `json:"at" doc:"When."`
	Act   string    `json:"act" example:"signin" doc:"What was done."`
	Says  string    `json:"says" example:"Signed in" doc:"The same in words."`
	Count int64     `json:"count,omitempty" doc:"How many records or calls."`
}

func (s *Pages) restActivity(ctx context.Context, _ *struct{}) (*rest.List[activityBody], error) {
	p, _ := identity.FromContext(ctx)
	lines, err := s.activity(ctx, p.Subject)
	if err != nil {
		return nil, err
	}
	var out []activityBody
	for _, l := range lines {
		out = append(out, lineBody(ctx, l))
	}
	return rest.Listed(ctx, out, "", false)
}

func lineBody(ctx context.Context, l audit.Line) activityBody {
	b := activityBody{At: l.At.Time(), Act: l.Act, Count: l.Count}
	if p := i18n.From(ctx); p.Has("audit." + b.Act) {
		b.Says = p.T("audit." + b.Act)
	}
	return b
}

type closeIn struct {
	Body struct {
		Confirm    string `json:"confirm" maxLength:"1024" writeOnly:"true" example:"rina@example.com" doc:"The account's e-mail address or password."`
		Understood bool   `json:"understood" doc:"true: that everything goes and cannot be brought back."`
	}
}

type closeOut struct {
	Body struct {
		Receipt string `json:"receipt,omitempty" format:"uuid" doc:"The number of the receipt, at /privacy/receipts/{number}; absent during a grace time."`
		Until   string `json:"erased_at,omitempty" format:"date-time" doc:"When the grace time ends and the data is erased; absent where there is none."`
		Restore string `json:"restore,omitempty" doc:"The page within the service that restores the account, erases at once or gives a copy. Who has it can do so; it is given once."`
	}
}

func (s *Pages) restClose(ctx context.Context, in *closeIn) (*closeOut, error) {
	const op = "rights.restClose"
	p, _ := identity.FromContext(ctx)
	if p.Session.IsZero() {
		return nil, fault.New(fault.Forbidden, op, "rights.close.session_only")
	}
	if wait, ok := s.tries.Allow(p.Subject.String()); !ok {
		return nil, web.TooMany(op, wait)
	}
	if !in.Body.Understood {
		return nil, fault.New(fault.Invalid, op, "rights.close.understood.missing").On("understood")
	}
	ok, err := s.confirmed(ctx, p, in.Body.Confirm)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.New(fault.Invalid, op, "rights.close.confirm.wrong").On("confirm")
	}
	closed, err := s.Eraser.CloseAccount(context.WithoutCancel(ctx), p.Subject, i18n.From(ctx).Lang)
	if err != nil {
		return nil, err
	}
	out := &closeOut{}
	if closed.Token != "" {
		out.Body.Until, out.Body.Restore = stamp(closed.Until), "/privacy/closing/"+closed.Token
	} else {
		out.Body.Receipt = closed.Number.String()
	}
	return out, nil
}
