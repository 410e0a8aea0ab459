package support

import (
	"context"
	"net/http"
	"time"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/store"
)

// REST adds the calls of one's own tickets. Staff work on the pages only: what a
// person lets them see must not become a list that a program fetches.
func (s *Service) REST(api *rest.API) {
	rest.Register(api, rest.Op{Method: "GET", Path: "/tickets", ID: "listTickets", Tag: "Support", Summary: "List own tickets", Scope: "support:read", Person: true}, s.restList)
	rest.Register(api, rest.Op{Method: "POST", Path: "/tickets", ID: "createTicket", Tag: "Support", Summary: "Ask a question", Scope: "support:write", Person: true, Creates: true, Status: http.StatusCreated}, s.restCreate)
	rest.Register(api, rest.Op{Method: "GET", Path: "/tickets/{id}", ID: "getTicket", Tag: "Support", Summary: "Get a ticket with all that was written", Scope: "support:read", Person: true}, s.restGet)
	rest.Register(api, rest.Op{Method: "POST", Path: "/tickets/{id}/posts", ID: "createTicketPost", Tag: "Support", Summary: "Write in a ticket", Scope: "support:write", Person: true, Creates: true, Status: http.StatusCreated}, s.restWrite)
	rest.Register(api, rest.Op{Method: "POST", Path: "/tickets/{id}/solve", ID: "solveTicket", Tag: "Support", Summary: "Mark a ticket as solved; leave to look ends", Scope: "support:write", Person: true}, s.restSolve)
	rest.Register(api, rest.Op{Method: "PUT", Path: "/tickets/{id}/grants/{view}", ID: "grantLook", Tag: "Support", Summary: "Let staff look at one kind of data for a time", Scope: "support:write", Person: true}, s.restGrant)
	rest.Register(api, rest.Op{Method: "DELETE", Path: "/tickets/{id}/grants/{view}", ID: "revokeLook", Tag: "Support", Summary: "Take leave to look back", Scope: "support:write", Person: true}, s.restRevoke)
}

// TicketBody is a ticket as the API shows it.
type TicketBody struct {
	ID        id.ID      `json:"id" format:"uuid" doc:"The ticket."`
	Number    string     `json:"number" example:"K7QF-2M9X-T" doc:"Its number, for the telephone and the subject of mails."`
	Title     string     `json:"title" example:"A coffee stands twice" doc:"What it is about."`
	State     string     `json:"state" enum:"open,answered,solved" doc:"Open waits for staff, answered for the person."`
	Created   time.Time  `json:"created_at" doc:"When it was opened."`
	Changed   time.Time  `json:"changed_at" doc:"When something was last written."`
	SolvedAt  *time.Time `json:"solved_at,omitempty" doc:"When it was solved; absent before."`
	OpenedVia string     `json:"via" enum:"web,mail,rest" doc:"The way it came in."`
}

func bodyOf(t *Ticket) TicketBody {
	b := TicketBody{ID: t.ID, Number: t.Number, Title: t.Title.Reveal(), State: string(t.State), Created: t.CreatedAt.Time(), Changed: t.ChangedAt.Time(), OpenedVia: t.Via}
	if !t.SolvedAt.IsZero() {
		at := t.SolvedAt.Time()
		b.SolvedAt = &at
	}
	return b
}

type postBody struct {
	By   string    `json:"by" enum:"person,staff" doc:"Who wrote it."`
	Text string    `json:"text" example:"Both lines were the same purchase." doc:"What was written."`
	At   time.Time `json:"at" doc:"When."`
}

type leaveBody struct {
	View  string    `json:"view" example:"transactions" doc:"What staff may look at."`
	Until time.Time `json:"until" doc:"Until when."`
}

type lookBody struct {
	View   string    `json:"view" example:"transactions" doc:"What was looked at."`
	Reason string    `json:"reason" example:"To compare the two lines" doc:"Why, in the words of staff."`
	At     time.Time `json:"at" doc:"When."`
}

type threadBody struct {
	TicketBody
	Posts  []postBody  `json:"posts" nullable:"false" doc:"What was written, the oldest first."`
	Grants []leaveBody `json:"grants" nullable:"false" doc:"Leave that holds now."`
	Looks  []lookBody  `json:"looks" nullable:"false" doc:"Each look that staff took, the newest first."`
}

// TicketIn names a ticket in the path.
type TicketIn struct {
	ID string `path:"id" format:"uuid" example:"0199b6a2-1f7a-7c3e-9d4e-2f6a1c0b8e11" doc:"The ticket."`
}

func (in TicketIn) key() (id.ID, error) {
	key, err := id.Parse(in.ID)
	if err != nil {
		return key, fault.New(fault.NotFound, "support.key", "")
	}
	return key, nil
}

type threadOut struct{ Body threadBody }

type ticketsIn struct{ rest.Page }

func (s *Service) restList(ctx context.Context, in *ticketsIn) (*rest.List[TicketBody], error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	var from int
	if _, err := rest.Open(ctx, in.Page, &from); err != nil {
		return nil, err
	}
	var all []Ticket
	err := s.db.Read(ctx, who.HomeScope("support"), func(tx *store.Tx) (err error) { all, err = Of(ctx, tx, who.Subject); return err })
	if err != nil {
		return nil, err
	}
	all = all[min(from, len(all)):]
	var out []TicketBody
	for i := range all[:min(in.Limit, len(all))] {
		out = append(out, bodyOf(&all[i]))
	}
	return rest.Listed(ctx, out, from+len(out), len(all) > len(out))
}

type createTicketIn struct {
	Body struct {
		Title string `json:"title" minLength:"1" maxLength:"200" example:"A coffee stands twice" doc:"What it is about."`
		Text  string `json:"text" minLength:"1" maxLength:"10000" example:"I paid once and see two lines." doc:"The question."`
	}
}

type createTicketOut struct {
	Location string `header:"Location" doc:"The new ticket."`
	Body     TicketBody
}

func (s *Service) restCreate(ctx context.Context, in *createTicketIn) (*createTicketOut, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	var t *Ticket
	err := s.db.Write(ctx, who.HomeScope("support"), func(tx *store.Tx) (err error) {
		t, err = s.OpenTicket(ctx, tx, Request{Subject: who.Subject, Workspace: who.Workspace, Title: in.Body.Title, Text: in.Body.Text, Via: "rest"})
		return err
	})
	if err != nil {
		return nil, err
	}
	return &createTicketOut{Location: "/" + who.Service + "/api/v1/tickets/" + t.ID.String(), Body: bodyOf(t)}, nil
}

// restOwn runs f on one of the caller's own tickets and answers with the whole of it.
func (s *Service) restOwn(ctx context.Context, in TicketIn, f func(*store.Tx, identity.Principal, *Ticket) error) (*threadOut, error) {
	who, _ := identity.FromContext(ctx) // rest asks for a token
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	run, out := s.db.Read, threadBody{}
	if f != nil {
		run = s.db.Write
	}
	err = run(ctx, who.HomeScope("support"), func(tx *store.Tx) error {
		t, err := Own(ctx, tx, who.Subject, key)
		if err == nil && f != nil {
			if err = f(tx, who, t); err == nil {
				t, err = Own(ctx, tx, who.Subject, key)
			}
		}
		if err != nil {
			return err
		}
		all, err := s.readThread(ctx, tx, t)
		out = all.body()
		return err
	})
	return &threadOut{out}, err
}

func (t thread) body() threadBody {
	b := threadBody{TicketBody: bodyOf(t.Ticket), Posts: []postBody{}, Grants: []leaveBody{}, Looks: []lookBody{}}
	for _, p := range t.Posts {
		b.Posts = append(b.Posts, postBody{p.By, p.Text.Reveal(), p.At.Time()})
	}
	for _, g := range t.Grants {
		b.Grants = append(b.Grants, leaveBody{g.View, g.Until.Time()})
	}
	for _, l := range t.Looks {
		b.Looks = append(b.Looks, lookBody{l.View, l.Reason.Reveal(), l.At.Time()})
	}
	return b
}

func (s *Service) restGet(ctx context.Context, in *TicketIn) (*threadOut, error) {
	return s.restOwn(ctx, *in, nil)
}

type ticketPostIn struct {
	TicketIn
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"10000" example:"It is solved, thank you." doc:"What to write."`
	}
}

func (s *Service) restWrite(ctx context.Context, in *ticketPostIn) (*threadOut, error) {
	return s.restOwn(ctx, in.TicketIn, func(tx *store.Tx, who identity.Principal, t *Ticket) error {
		return s.Write(ctx, tx, who.Subject, t.ID, in.Body.Text, "")
	})
}

func (s *Service) restSolve(ctx context.Context, in *TicketIn) (*threadOut, error) {
	return s.restOwn(ctx, *in, func(tx *store.Tx, _ identity.Principal, t *Ticket) error { return s.Solve(ctx, tx, t) })
}

// ViewIn names what staff asks to look at.
type ViewIn struct {
	TicketIn
	View string `path:"view" enum:"account,transactions,messages,targets" example:"transactions" doc:"What staff may look at."`
}

type grantLookIn struct {
	ViewIn
	Body struct {
		Hours int `json:"hours" format:"int32" enum:"1,24,72,168" example:"24" doc:"For how long."`
	}
}

func (s *Service) restGrant(ctx context.Context, in *grantLookIn) (*threadOut, error) {
	return s.restOwn(ctx, in.TicketIn, func(tx *store.Tx, who identity.Principal, t *Ticket) error {
		return s.Give(ctx, tx, who.Subject, t.ID, in.View, time.Duration(in.Body.Hours)*time.Hour)
	})
}

func (s *Service) restRevoke(ctx context.Context, in *ViewIn) (*threadOut, error) {
	return s.restOwn(ctx, in.TicketIn, func(tx *store.Tx, who identity.Principal, t *Ticket) error {
		return s.TakeBack(ctx, tx, who.Subject, t.ID, in.View)
	})
}
