package request

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/deadline"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// REST adds the calls of one's own requests. Officers work on the pages only: what
// people ask must not become a list that a program fetches.
func (s *Service) REST(api *rest.API) {
	op := func(o rest.Op) rest.Op {
		o.Tag, o.Person, o.Scope = "Privacy", true, "account:write"
		if o.Method == http.MethodGet {
			o.Scope = "account:read"
		}
		return o
	}
	rest.Register(api, op(rest.Op{Method: "GET", Path: "/privacy/requests", ID: "listRequests", Summary: "Your requests about your data, with number, state and clock"}), s.restList)
	rest.Register(api, op(rest.Op{Method: "POST", Path: "/privacy/requests", ID: "createRequest", Summary: "Ask for a right", Creates: true, Status: http.StatusCreated,
		Details: "What needs no judgement is answered at once. The same right asked again while it is open gives the case of then. An erasure that is asked here waits for an officer; closeAccount needs none."}), s.restCreate)
	rest.Register(api, op(rest.Op{Method: "GET", Path: "/privacy/requests/{id}", ID: "getRequest", Summary: "A request with its answer, clocks, tasks and every step"}), s.restGet)
	rest.Register(api, op(rest.Op{Method: "POST", Path: "/privacy/requests/{id}/words", ID: "writeRequest", Summary: "Add words to a request", Creates: true, Status: http.StatusCreated}), s.restWrite)
	rest.Register(api, op(rest.Op{Method: "POST", Path: "/privacy/requests/{id}/withdraw", ID: "withdrawRequest", Summary: "Take a request back"}), s.restBack)
	rest.Register(api, op(rest.Op{Method: "POST", Path: "/privacy/requests/{id}/lift", ID: "liftStop", Summary: "Lift the restriction, end of processing or objection that a request brought"}), s.restLift)
}

type caseBody struct {
	ID       id.ID      `json:"id" format:"uuid" doc:"The request."`
	Number   string     `json:"number" example:"CTT-K7QF-2M9X-T" doc:"Its number, for letters and the telephone."`
	Right    Right      `json:"right" enum:"know,copy,correct,end,erase,destroy,withdraw,human,restrict,port,object,claim,child,question" doc:"What is asked."`
	State    State      `json:"state" enum:"identity,open,answered,refused,taken_back" doc:"Where it stands."`
	Purpose  string     `json:"purpose,omitempty" example:"improve" doc:"The purpose that is meant."`
	Received time.Time  `json:"received_at" doc:"When it came into the system."`
	Due      *time.Time `json:"due_at,omitempty" doc:"Until when it has to be answered; absent once it is."`
	Closed   *time.Time `json:"closed_at,omitempty" doc:"When it was answered."`
	Answer   string     `json:"answer,omitempty" example:"Your copy is ready." doc:"The answer, in the language of Accept-Language."`
	Ground   string     `json:"ground,omitempty" example:"verified-accurate" doc:"The ground of a refusal."`
	Evidence string     `json:"evidence,omitempty" doc:"Digest of a copy, or number of a receipt."`
	Repeats  int64      `json:"repeats" doc:"How often the same was asked again."`
}

type wholeBody struct {
	caseBody
	Clocks []clockBody `json:"clocks" nullable:"false" doc:"Its deadlines."`
	Tasks  []taskBody  `json:"tasks" nullable:"false" doc:"What recipients have to do because of it."`
	Steps  []stepBody  `json:"steps" nullable:"false" doc:"What was done, the oldest first."`
}

type clockBody struct {
	Name  string    `json:"name" enum:"answer,officer" doc:"Which deadline."`
	Rule  string    `json:"rule" example:"UU 27/2022 7, 32: PT72H" doc:"What sets it."`
	Due   time.Time `json:"due_at" doc:"Its end."`
	State string    `json:"state" enum:"open,met,late,dropped" doc:"What became of it."`
}

type taskBody struct {
	Recipient string     `json:"recipient" example:"target" doc:"Who, as the notice has it."`
	What      string     `json:"what" enum:"correct,erase" doc:"What is asked of them."`
	Done      *time.Time `json:"done_at,omitempty" doc:"When they answered."`
	Answer    string     `json:"answer,omitempty" doc:"What they answered."`
}

type stepBody struct {
	At   time.Time `json:"at" doc:"When."`
	By   string    `json:"by" enum:"person,staff,job,visitor" doc:"Who did it."`
	Act  string    `json:"act" example:"received" doc:"What was done."`
	Note string    `json:"note,omitempty" doc:"Words that belong to it."`
}

func moment(i clock.Instant) *time.Time {
	if i.IsZero() {
		return nil
	}
	t := i.Time()
	return &t
}

func (s *Service) body(ctx context.Context, c *Case, clocks []deadline.Item) caseBody {
	b := caseBody{ID: c.ID, Number: c.Number, Right: c.Right, State: c.State, Purpose: c.Purpose, Received: c.ReceivedAt.Time(), Closed: moment(c.ClosedAt),
		Answer: s.answerText(i18n.From(ctx), c), Ground: c.Ground, Evidence: c.Evidence, Repeats: c.Repeats}
	for _, d := range clocks {
		if d.Ref == c.ID && d.Name == "answer" && d.State == deadline.Running {
			due := d.Due
			b.Due = &due
		}
	}
	return b
}

type casesIn struct{ rest.Page }

func (s *Service) restList(ctx context.Context, in *casesIn) (*rest.List[caseBody], error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	var from int
	if _, err := rest.Open(ctx, in.Page, &from); err != nil {
		return nil, err
	}
	var out []caseBody
	more := false
	err := s.DB.Read(ctx, who.HomeScope(Purpose), func(tx *store.Tx) error {
		all, err := Of(ctx, tx, who.Subject)
		if err != nil {
			return err
		}
		all = all[min(from, len(all)):]
		more = len(all) > in.Limit
		for i := range all[:min(in.Limit, len(all))] {
			clocks, err := deadline.Of(ctx, tx, all[i].ID)
			if err != nil {
				return err
			}
			out = append(out, s.body(ctx, &all[i], clocks))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, from+len(out), more)
}

type createCaseIn struct {
	Body struct {
		Right   string `json:"right" enum:"know,copy,correct,end,erase,destroy,withdraw,human,restrict,port,object,claim,question" example:"copy" doc:"What you ask."`
		Purpose string `json:"purpose,omitempty" maxLength:"100" example:"improve" doc:"For withdraw and object: which purpose. For restrict: one, or all without it."`
		Field   string `json:"field,omitempty" maxLength:"100" example:"account.name" doc:"For correct: which field."`
		Wish    string `json:"wish,omitempty" maxLength:"300" example:"Rina Maharani" doc:"For correct: the right value."`
		Text    string `json:"text,omitempty" maxLength:"10000" example:"My name is misspelt." doc:"In your words."`
	}
}

type createCaseOut struct {
	Location string `header:"Location" doc:"The request."`
	Body     wholeBody
}

func (s *Service) restCreate(ctx context.Context, in *createCaseIn) (*createCaseOut, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	c, _, err := s.Open(ctx, who.HomeScope(Purpose), Ask{Right: Right(in.Body.Right), Purpose: in.Body.Purpose, Field: in.Body.Field, Wish: in.Body.Wish, Text: in.Body.Text,
		Via: ByREST, By: Self, Subject: who.Subject, Proven: BySession, Lang: string(i18n.From(ctx).Lang)})
	if err != nil {
		return nil, err
	}
	out, err := s.restOwn(ctx, CaseIn{c.ID.String()}, nil)
	if err != nil {
		return nil, err
	}
	return &createCaseOut{Location: "/" + who.Service + "/api/v1/privacy/requests/" + c.ID.String(), Body: out.Body}, nil
}

// CaseIn names a request in the path.
type CaseIn struct {
	ID string `path:"id" format:"uuid" example:"0199b6a2-1f7a-7c3e-9d4e-2f6a1c0b8e11" doc:"The request."`
}

type caseOut struct{ Body wholeBody }

// restOwn runs f on one of the caller's own requests and answers with the whole of it.
func (s *Service) restOwn(ctx context.Context, in CaseIn, f func(*store.Tx, identity.Principal, *Case) error) (*caseOut, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	key, err := id.Parse(in.ID)
	if err != nil {
		return nil, fault.New(fault.NotFound, "request.restOwn", "")
	}
	run, out := s.DB.Read, &caseOut{}
	if f != nil {
		run = s.DB.Write
	}
	err = run(ctx, who.HomeScope(Purpose), func(tx *store.Tx) error {
		c, err := Own(ctx, tx, who.Subject, key)
		if err == nil && f != nil {
			if err = f(tx, who, c); err == nil {
				c, err = Own(ctx, tx, who.Subject, key)
			}
		}
		if err != nil {
			return err
		}
		v, err := s.readView(ctx, tx, c)
		if err != nil {
			return err
		}
		out.Body = wholeBody{caseBody: s.body(ctx, c, v.Clocks), Clocks: []clockBody{}, Tasks: []taskBody{}, Steps: []stepBody{}}
		for _, d := range v.Clocks {
			out.Body.Clocks = append(out.Body.Clocks, clockBody{d.Name, d.Rule, d.Due, string(d.State)})
		}
		for _, t := range v.Tasks {
			out.Body.Tasks = append(out.Body.Tasks, taskBody{t.Recipient, t.What, moment(t.DoneAt), t.Answer.Reveal()})
		}
		for _, st := range v.Steps {
			out.Body.Steps = append(out.Body.Steps, stepBody{st.At.Time(), st.By, st.Act, st.Note.Reveal()})
		}
		return nil
	})
	return out, err
}

func (s *Service) restGet(ctx context.Context, in *CaseIn) (*caseOut, error) {
	return s.restOwn(ctx, *in, nil)
}

type writeCaseIn struct {
	CaseIn
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"10000" example:"I found the letter that says so." doc:"What to add."`
	}
}

func (s *Service) restWrite(ctx context.Context, in *writeCaseIn) (*caseOut, error) {
	return s.restOwn(ctx, in.CaseIn, func(tx *store.Tx, _ identity.Principal, c *Case) error { return s.Write(ctx, tx, c, in.Body.Text) })
}

func (s *Service) restBack(ctx context.Context, in *CaseIn) (*caseOut, error) {
	return s.restOwn(ctx, *in, func(tx *store.Tx, p identity.Principal, c *Case) error { return s.TakeBack(ctx, tx, p.Subject, c.ID) })
}

func (s *Service) restLift(ctx context.Context, in *CaseIn) (*caseOut, error) {
	return s.restOwn(ctx, *in, func(tx *store.Tx, p identity.Principal, c *Case) error { return s.Lift(ctx, tx, p.Subject, c.ID) })
}
