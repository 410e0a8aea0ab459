package complaint

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/desk"
	"amanah/internal/rest"
	"amanah/internal/store"
	"amanah/internal/web/i18n"
)

// REST adds the calls of one's own complaints. Officers work on the pages only.
func (s *Service) REST(api *rest.API) {
	op := func(method, path, name, says string) rest.Op {
		o := rest.Op{Method: method, Path: path, ID: name, Tag: "Privacy", Summary: says, Scope: "account:read", Person: true}
		if method != http.MethodGet {
			o.Scope = "account:write"
		}
		return o
	}
	file := op("POST", "/privacy/complaints", "fileComplaint", "Complain about how your data is treated")
	file.Creates, file.Status = true, http.StatusCreated
	rest.Register(api, file, s.restFile)
	rest.Register(api, op("GET", "/privacy/complaints", "listComplaints", "List own complaints"), s.restList)
	rest.Register(api, op("GET", "/privacy/complaints/{id}", "getComplaint", "Get a complaint with its clocks and all that happened"), s.restGet)
	say := op("POST", "/privacy/complaints/{id}/words", "addToComplaint", "Add something to a complaint")
	say.Creates, say.Status = true, http.StatusCreated
	rest.Register(api, say, s.restSay)
	rest.Register(api, op("POST", "/privacy/complaints/{id}/withdraw", "withdrawComplaint", "Take a complaint back"), s.restWithdraw)
}

// ComplaintBody is a complaint as the API shows it.
type ComplaintBody struct {
	ID      id.ID     `json:"id" format:"uuid" doc:"The case."`
	Number  string    `json:"number" example:"K7QF-2M9X-T" doc:"Its number, which shows its state on the page of complaints too."`
	State   string    `json:"state" enum:"filed,acknowledged,found,answered,withdrawn" doc:"Where it stands."`
	Finding string    `json:"finding,omitempty" enum:"upheld,partly,unfounded" doc:"How the inquiry ended; absent before."`
	Filed   time.Time `json:"filed_at" doc:"When it came in."`
	Text    string    `json:"text" example:"A message was sent to an address that I had removed." doc:"The complaint."`
	Wanted  string    `json:"wanted,omitempty" doc:"The outcome that was asked for."`
	Answer  string    `json:"answer,omitempty" doc:"The written answer; absent before."`
}

type complaintClock struct {
	Name string     `json:"name" enum:"acknowledge,decide,reply" doc:"What is due."`
	Due  time.Time  `json:"due_at" doc:"By when."`
	Done *time.Time `json:"done_at,omitempty" doc:"When it was done; absent before."`
	Late bool       `json:"late" doc:"Whether it was done late, or is overdue now."`
}

type complaintStep struct {
	At   time.Time `json:"at" doc:"When."`
	By   string    `json:"by" enum:"person,officer,program" doc:"Who."`
	What string    `json:"what" example:"acknowledged" doc:"What happened."`
	Text string    `json:"text,omitempty" doc:"What was written."`
}

type complaintThread struct {
	ComplaintBody
	Clocks []complaintClock `json:"clocks" nullable:"false" doc:"What is due, by the notice."`
	Steps  []complaintStep  `json:"steps" nullable:"false" doc:"What happened, the oldest first."`
}

func bodyOf(c *Case) ComplaintBody {
	b := ComplaintBody{ID: c.ID, Number: c.Number, State: string(c.State), Finding: string(c.Finding), Filed: c.FiledAt.Time(), Text: c.Text.Reveal(), Wanted: c.Wanted.Reveal()}
	if c.State == Answered {
		b.Answer = c.Answer.Reveal()
	}
	return b
}

type complaintOut struct{ Body complaintThread }

type fileIn struct {
	Body struct {
		Text   string `json:"text" maxLength:"10000" example:"A message was sent to an address that I had removed." doc:"What is wrong."`
		Wanted string `json:"wanted,omitempty" maxLength:"10000" doc:"The outcome that you want."`
	}
}

// ComplaintIn names a complaint in the path.
type ComplaintIn struct {
	ID string `path:"id" format:"uuid" example:"0199b6a2-1f7a-7c3e-9d4e-2f6a1c0b8e11" doc:"The case."`
}

func (in ComplaintIn) key() (id.ID, error) {
	key, err := id.Parse(in.ID)
	if err != nil {
		return key, fault.New(fault.NotFound, "complaint.key", "")
	}
	return key, nil
}

type sayIn struct {
	ComplaintIn
	Body struct {
		Text string `json:"text" maxLength:"10000" example:"It happened again today." doc:"What you add."`
	}
}

func (s *Service) restFile(ctx context.Context, in *fileIn) (*complaintOut, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	var out complaintOut
	err := s.cfg.DB.Write(ctx, who.HomeScope(desk.Purpose), func(tx *store.Tx) error {
		c, err := s.File(ctx, tx, Filing{Subject: who.Subject, Name: who.Name, Contact: who.Email, Text: in.Body.Text, Wanted: in.Body.Wanted, Lang: string(i18n.From(ctx).Lang), Via: ViaREST})
		if err == nil {
			err = out.fill(ctx, tx, c)
		}
		return err
	})
	return &out, err
}

func (o *complaintOut) fill(ctx context.Context, tx *store.Tx, c *Case) error {
	var all view
	if err := all.fill(ctx, tx, c); err != nil {
		return err
	}
	o.Body = complaintThread{ComplaintBody: bodyOf(c), Clocks: []complaintClock{}, Steps: []complaintStep{}}
	clocks, err := deadline.Of(ctx, tx, c.ID)
	for _, d := range clocks {
		one := complaintClock{Name: d.Name, Due: d.Due, Late: d.State == deadline.Late || d.State == deadline.Running && d.Due.Before(tx.Now().Time())}
		if !d.Closed.IsZero() {
			one.Done = &d.Closed
		}
		o.Body.Clocks = append(o.Body.Clocks, one)
	}
	for _, st := range all.Steps {
		if st.shown() {
			o.Body.Steps = append(o.Body.Steps, complaintStep{st.At.Time(), st.By, st.What, st.Text.Reveal()})
		}
	}
	return err
}

func (s *Service) restList(ctx context.Context, _ *struct{}) (*rest.List[ComplaintBody], error) {
	who, _ := identity.FromContext(ctx)
	var all []Case
	err := s.cfg.DB.Read(ctx, who.HomeScope(desk.Purpose), func(tx *store.Tx) (err error) { all, err = Of(ctx, tx, who.Subject); return err })
	if err != nil {
		return nil, err
	}
	out := make([]ComplaintBody, len(all))
	for i := range all {
		out[i] = bodyOf(&all[i])
	}
	return rest.Listed(ctx, out, "", false)
}

// onOwn runs f on one of the caller's own cases and shows what came of it.
func (s *Service) onOwn(ctx context.Context, in ComplaintIn, f func(tx *store.Tx, c *Case) error) (*complaintOut, error) {
	who, _ := identity.FromContext(ctx)
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	var out complaintOut
	err = s.cfg.DB.Write(ctx, who.HomeScope(desk.Purpose), func(tx *store.Tx) error {
		c, err := Own(ctx, tx, who.Subject, key)
		if err != nil {
			return err
		}
		if err := f(tx, c); err != nil {
			return err
		}
		return out.fill(ctx, tx, c)
	})
	return &out, err
}

func (s *Service) restGet(ctx context.Context, in *ComplaintIn) (*complaintOut, error) {
	return s.onOwn(ctx, *in, func(*store.Tx, *Case) error { return nil })
}

func (s *Service) restSay(ctx context.Context, in *sayIn) (*complaintOut, error) {
	return s.onOwn(ctx, in.ComplaintIn, func(tx *store.Tx, c *Case) error { return s.Say(ctx, tx, c, in.Body.Text) })
}

func (s *Service) restWithdraw(ctx context.Context, in *ComplaintIn) (*complaintOut, error) {
	return s.onOwn(ctx, *in, func(tx *store.Tx, c *Case) error { return s.Withdraw(ctx, tx, c) })
}
