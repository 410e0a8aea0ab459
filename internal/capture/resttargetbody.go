package capture

import (
	"time"

	"amanah/internal/capture/target"
	"amanah/internal/fault"
	"amanah/internal/id"
)

// TargetBody is a target as the API shows it.
type TargetBody struct {
	ID       id.ID           `json:"id" format:"uuid" doc:"Its number."`
	Kind     string          `json:"kind" enum:"webhook,http,telegram,sheets,file" doc:"Which kind."`
	Name     string          `json:"name,omitempty" example:"hook.example" doc:"The host, the chat or the spreadsheet."`
	URL      string          `json:"url,omitempty" format:"uri" example:"https://hook.example/in" doc:"Where it is, for kinds that have an address."`
	State    string          `json:"state" enum:"active,paused,removed" doc:"Whether it gets something."`
	Reason   string          `json:"reason,omitempty" example:"target.failing" doc:"Why it is paused."`
	Verified bool            `json:"verified" doc:"Whether a test reached it; nothing else is sent before."`
	Step     string          `json:"step,omitempty" enum:"telegram,google,renew" doc:"What the person has to do first: connect Telegram or Google, or renew a spreadsheet that is gone."`
	Filter   targetFilter    `json:"filter" doc:"What it gets."`
	Fields   []targetField   `json:"fields" nullable:"false" doc:"The fields that it gets, in their order; none: those of its kind."`
	Notation targetNotation  `json:"notation" doc:"How moments and amounts are written."`
	Request  *targetRequest  `json:"request,omitempty" doc:"What an HTTP target sends. Secret headers come without their value."`
	File     *targetSchedule `json:"file,omitempty" doc:"When a file is mailed."`
	Due      *time.Time      `json:"due_at,omitempty" doc:"When the next file is mailed."`
	Created  time.Time       `json:"created_at" doc:"When it was set up."`
}

// TargetSettings is what a program says of a target; what is left out stays, or is
// what the kind has by itself.
type TargetSettings struct {
	URL      string          `json:"url,omitempty" format:"uri" maxLength:"2000" example:"https://hook.example/in" doc:"Where to send to: webhook and http. Another address has to be tested anew."`
	Filter   *targetFilter   `json:"filter,omitempty" doc:"What it gets, as a whole; everything where left out at first."`
	Fields   []targetField   `json:"fields,omitempty" maxItems:"40" nullable:"false" doc:"The fields that it gets, in their order; an empty list for those of its kind."`
	Notation *targetNotation `json:"notation,omitempty" doc:"How moments and amounts are written."`
	Request  *targetRequest  `json:"request,omitempty" doc:"What an HTTP target sends."`
	File     *targetSchedule `json:"file,omitempty" doc:"When a file is mailed, to the address that the person signs in with."`
	Language string          `json:"language,omitempty" enum:"id,en" doc:"Of messages, of a spreadsheet's head and of a file's letter; Indonesian where left out at first."`
}

type targetField struct {
	Source string `json:"source,omitempty" maxLength:"40" example:"merchant" doc:"What it shows: id, status, at, date, time, direction, amount, signed_amount, fee, currency, merchant, category, issuer, account_last, channel, reference, note, confidence, at_precision, revision. Left out: the fixed text."`
	As     string `json:"as" minLength:"1" maxLength:"60" example:"Toko" doc:"Its name at the target."`
	Fixed  string `json:"fixed,omitempty" maxLength:"200" doc:"A fixed text."`
}

type targetNotation struct {
	Date   string `json:"date,omitempty" enum:"rfc3339,datetime,date,local,unix" doc:"How moments are written."`
	Number string `json:"number,omitempty" enum:"decimal,number,id,en" doc:"How amounts are written."`
	Zone   string `json:"zone,omitempty" enum:"Asia/Jakarta,Asia/Makassar,Asia/Jayapura,UTC" doc:"In which zone; the workspace's where left out."`
}

type targetRequest struct {
	Method      string         `json:"method" enum:"POST,PUT,PATCH" doc:"The method."`
	Body        string         `json:"body" enum:"json,form,text" doc:"The form of the template's text."`
	Template    string         `json:"template" maxLength:"16384" example:"{\"text\": \"{{merchant}}\", \"amount\": {{amount}}}" doc:"The body, with marks such as {{merchant}}; {{data}} are all fields."`
	Headers     []targetHeader `json:"headers,omitempty" maxItems:"10" nullable:"false" doc:"More headers."`
	Idempotency string         `json:"idempotency_header,omitempty" maxLength:"60" example:"Idempotency-Key" doc:"The header that carries the event's number; Idempotency-Key where left out."`
}

type targetHeader struct {
	Name   string `json:"name" minLength:"1" maxLength:"60" example:"X-Source" doc:"Its name."`
	Value  string `json:"value,omitempty" maxLength:"4096" example:"amanah" doc:"Its value. A secret one without a value keeps the one that it has."`
	Secret bool   `json:"secret,omitempty" doc:"Whether the value is kept apart and never shown again."`
}

type targetSchedule struct {
	Format string `json:"format" enum:"csv,xlsx" doc:"The form of the file."`
	Every  string `json:"every" enum:"day,week,month" doc:"How often; weeks end on Mondays, months on the first."`
	Hour   int    `json:"hour" format:"int32" minimum:"0" maximum:"23" example:"7" doc:"At which hour."`
	Skip   bool   `json:"skip_empty,omitempty" doc:"No letter for a span without transactions."`
}

// elsewhere refuses a part that the kind does not have.
func elsewhere(field string) error {
	return fault.New(fault.Invalid, "capture.rest", "capture.target.kind.other").On(field)
}

// places is where in a body the fields of the forms stand.
var places = map[string]string{"direction": "filter.direction", "category": "filter.categories", "from": "filter.from", "to": "filter.to", "currency": "filter.currency", "merchant": "filter.merchant", "since": "filter.since",
	"date": "notation.date", "number": "notation.number", "zone": "notation.zone", "method": "request.method", "body": "request.body", "template": "request.template", "headers": "request.headers",
	"every": "file.every", "format": "file.format", "hour": "file.hour"}

// placed says of a fault where in the body it is.
func placed(err error) error {
	if f := fault.Of(err); places[f.Field] != "" {
		return f.On(places[f.Field])
	}
	return err
}

// on puts the settings over those of a target. headers are the values of its
// secret headers; nil where they stay.
func (t TargetSettings) on(kind string, set target.Settings, kept map[string]string, zone string) (_ target.Settings, headers map[string]string, err error) {
	address := kind == "webhook" || kind == "http"
	switch {
	case t.URL != "" && !address:
		return set, nil, elsewhere("url")
	case t.Request != nil && kind != "http":
		return set, nil, elsewhere("request")
	case t.File != nil && kind != "file":
		return set, nil, elsewhere("file")
	case t.Language != "" && address:
		return set, nil, elsewhere("language")
	}
	set.URL = or(t.URL, set.URL)
	if t.Filter != nil {
		if set.Filter, err = t.Filter.filter(zone); err != nil {
			return set, nil, err
		}
	}
	if t.Fields != nil {
		set.Mapping.Fields = nil
		for _, f := range t.Fields {
			set.Mapping.Fields = append(set.Mapping.Fields, target.Field{Source: f.Source, As: f.As, Const: f.Fixed})
		}
	}
	if t.Notation != nil {
		set.Mapping.Notation = target.Notation(*t.Notation)
	}
	if t.Request != nil {
		if set.Request, headers, err = t.Request.request(kept); err != nil {
			return set, nil, err
		}
	}
	if t.File != nil {
		lang := "id"
		if set.File != nil {
			lang = set.File.Lang
		}
		set.File = &target.File{Format: t.File.Format, Every: t.File.Every, Hour: t.File.Hour, Skip: t.File.Skip, Zone: zone, Lang: lang}
	}
	return t.speak(set), headers, nil
}

// speak puts the language where the kind keeps it.
func (t TargetSettings) speak(set target.Settings) target.Settings {
	if t.Language == "" {
		return set
	}
	if set.File != nil {
		set.File.Lang = t.Language
	}
	if set.Chat != nil {
		set.Chat.Lang = t.Language
	}
	if set.Sheet != nil {
		set.Sheet.Lang = t.Language
	}
	return set
}

// request parts the secret headers' values from the rest.
func (r targetRequest) request(kept map[string]string) (*target.Request, map[string]string, error) {
	out, secrets := &target.Request{Method: r.Method, Body: target.Body(r.Body), Template: r.Template, Idempotency: r.Idempotency}, map[string]string{}
	for _, h := range r.Headers {
		one := target.Header{Name: h.Name, Value: h.Value, Secret: h.Secret}
		if h.Secret {
			value := or(h.Value, kept[h.Name])
			if value == "" || !target.ValidHeader(value) {
				return nil, nil, fault.New(fault.Invalid, "capture.rest", "capture.target.http.value").On("request.headers")
			}
			one.Value, secrets[h.Name] = "", value
		}
		out.Headers = append(out.Headers, one)
	}
	return out, secrets, nil
}

func restTargetOf(t Target) (TargetBody, error) {
	set, err := t.Set()
	out := TargetBody{ID: t.ID, Kind: t.Kind, Name: t.Host.Reveal(), URL: set.URL, State: string(t.State), Reason: t.Reason, Verified: !t.VerifiedAt.IsZero(),
		Filter: restFilterOf(set.Filter), Fields: []targetField{}, Notation: targetNotation(set.Mapping.Notation), Created: t.CreatedAt.Time()}
	out.Step, _ = t.step(set)
	for _, f := range set.Mapping.Fields {
		out.Fields = append(out.Fields, targetField{Source: f.Source, As: f.As, Fixed: f.Const})
	}
	if r := set.Request; r != nil {
		out.Request = &targetRequest{Method: r.Method, Body: string(r.Body), Template: r.Template, Headers: []targetHeader{}, Idempotency: r.Idempotency}
		for _, h := range r.Headers {
			out.Request.Headers = append(out.Request.Headers, targetHeader(h))
		}
	}
	if f := set.File; f != nil {
		out.File = &targetSchedule{Format: f.Format, Every: f.Every, Hour: f.Hour, Skip: f.Skip}
		if t.State == TargetActive {
			out.Due = moment(t.DueAt)
		}
	}
	return out, err
}
