package change

import (
	"context"
	"time"

	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/web/i18n"
)

// REST adds the calls: what changes, for everybody with a token, and for officers
// who was told and the beginning of it.
func (p *Pages) REST(api *rest.API) {
	rest.Register(api, rest.Op{Method: "GET", Path: "/privacy/notices", ID: "listNoticeVersions", Tag: "Privacy", Scope: "account:read", Person: true,
		Summary: "List the versions of the privacy notice, with what each changes"}, p.restList)
	rest.Register(api, rest.Op{Method: "GET", Path: "/staff/privacy/notices", ID: "listNoticeTellings", Tag: "Privacy", Scope: "account:read", Person: true,
		Summary: "Officers: who was told of each version"}, p.restRows)
	rest.Register(api, rest.Op{Method: "POST", Path: "/staff/privacy/notices/{version}/tell", ID: "beginNoticeTelling", Tag: "Privacy", Scope: "account:write", Person: true,
		Summary: "Officers: begin to tell everybody of a coming version", Details: "Beginning twice changes nothing."}, p.restBegin)
}

type noticeVersionBody struct {
	Version   string             `json:"version" example:"2.1" doc:"The version."`
	State     string             `json:"state" enum:"past,current,coming,held,draft" doc:"held: its day has come and people were not told in time."`
	Published string             `json:"published" format:"date" doc:"The day on which it was shown first."`
	Effective string             `json:"effective" format:"date" doc:"The day from which it holds, or should."`
	SHA256    string             `json:"sha256" doc:"Of the JSON in Indonesian followed by the JSON in English."`
	Material  bool               `json:"material" doc:"Whether people must know before it takes effect."`
	Consents  []string           `json:"new_consents" nullable:"false" doc:"Purposes that need a new consent."`
	Changes   []noticeChangeBody `json:"changes" nullable:"false" doc:"What it means differently from the version before."`
}

type noticeChangeBody struct {
	Code    string `json:"code" example:"kept-longer" doc:"What kind of change it is."`
	Path    string `json:"path" doc:"Where in the notice."`
	Says    string `json:"says" doc:"In the language of Accept-Language."`
	Tell    bool   `json:"tell" doc:"People must be told before."`
	Consent bool   `json:"consent" doc:"People must agree before it touches them."`
}

func (e Entry) body(lang string, now time.Time) noticeVersionBody {
	b := noticeVersionBody{Version: e.Number, State: e.state(now), Published: day(e.Notice.Published()), Effective: day(e.Notice.Effective()), SHA256: e.Digest,
		Material: e.Material(), Consents: append([]string{}, e.Renewed...), Changes: []noticeChangeBody{}}
	for _, c := range e.Changes {
		b.Changes = append(b.Changes, noticeChangeBody{c.Code, c.Path, c.Say.In(lang), c.Tell, c.Consent})
	}
	return b
}

func (p *Pages) restList(ctx context.Context, _ *struct{}) (*rest.List[noticeVersionBody], error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	all, err := p.cfg.Book.List(ctx, who.Service)
	if err != nil {
		return nil, err
	}
	now := p.cfg.Book.DB.Clock().Now()
	var out []noticeVersionBody
	for _, e := range all {
		if e.state(now) != "draft" {
			out = append(out, e.body(string(i18n.From(ctx).Lang), now))
		}
	}
	return rest.Listed(ctx, out, "", false)
}

type noticeTellingBody struct {
	noticeVersionBody
	Due      time.Time `json:"due" doc:"The last moment for telling, so that it takes effect on its day."`
	Begun    string    `json:"begun_at,omitempty" format:"date-time" doc:"When telling began."`
	Done     string    `json:"told_at,omitempty" format:"date-time" doc:"When the last account was told."`
	Accounts int       `json:"accounts" doc:"Accounts that were told."`
	InApp    int       `json:"in_app" doc:"Notices in the app."`
	Mailed   int       `json:"mailed" doc:"Letters that were handed over."`
	Read     int       `json:"read" doc:"Notices that were read."`
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (p *Pages) restRows(ctx context.Context, _ *struct{}) (*rest.List[noticeTellingBody], error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	if err := p.officer(ctx, who); err != nil {
		return nil, err
	}
	all, err := p.rows(ctx, who)
	if err != nil {
		return nil, err
	}
	now := p.cfg.Book.DB.Clock().Now()
	var out []noticeTellingBody
	for _, e := range all {
		out = append(out, noticeTellingBody{e.body(string(i18n.From(ctx).Lang), now), e.Due.UTC(), stamp(e.BegunAt), stamp(e.Entry.Told), e.Accounts, e.Delivery.Told, e.Mailed, e.Read})
	}
	return rest.Listed(ctx, out, "", false)
}

type beginIn struct {
	Version string `path:"version" maxLength:"20" example:"2.1" doc:"The version."`
}

func (p *Pages) restBegin(ctx context.Context, in *beginIn) (*struct{}, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	return nil, p.Begin(ctx, who, in.Version)
}
