package mailbox

import (
	"context"
	"time"

	"amanah/internal/channel/imap"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity"
	"amanah/internal/rest"
	"amanah/internal/tenant"
)

var restWriters = []tenant.Role{tenant.Owner, tenant.Worker}

// ByID names one mailbox in the path.
type ByID struct {
	ID string `path:"id" maxLength:"36" example:"01936b3e-8c2a-7d10-a5f4-3b6c8d9e0f12" doc:"Its number."`
}

// mailboxBody is a mailbox as the API shows it; its password is never shown.
type mailboxBody struct {
	ID        string     `json:"id"`
	Host      string     `json:"host"`
	Port      int64      `json:"port"`
	Security  string     `json:"security" enum:"tls,starttls,plain"`
	User      string     `json:"user"`
	Folder    string     `json:"folder"`
	Senders   string     `json:"senders,omitempty" doc:"Addresses and domains beside the known issuers, one a line."`
	State     string     `json:"state" enum:"active,paused"`
	Reason    string     `json:"reason,omitempty" example:"imap.login" doc:"Why it is paused, or failed last."`
	Kept      int64      `json:"kept" doc:"Mails taken so far."`
	SeenAt    *time.Time `json:"seen_at,omitempty" doc:"When it was read last."`
	MailAt    *time.Time `json:"mail_at,omitempty" doc:"When the last mail was taken."`
	NextAt    *time.Time `json:"next_at,omitempty" doc:"When it is tried again after a failure."`
	CreatedAt time.Time  `json:"created_at"`
}

type mailboxOut struct{ Body mailboxBody }

type mailboxesOut struct {
	Body struct {
		Items []mailboxBody `json:"items"`
	}
}

type connectMailboxIn struct {
	Body struct {
		Host     string `json:"host" maxLength:"253" example:"imap.example.com"`
		Port     int    `json:"port,omitempty" minimum:"1" maximum:"65535" default:"993"`
		Security string `json:"security,omitempty" enum:"tls,starttls,plain" default:"tls" doc:"plain is for the program's own machine only."`
		User     string `json:"user" maxLength:"320"`
		Password string `json:"password" maxLength:"1000" doc:"Kept sealed; many providers ask for an app password."`
		Folder   string `json:"folder,omitempty" maxLength:"500" default:"INBOX"`
		Senders  string `json:"senders,omitempty" maxLength:"4000"`
		Days     int    `json:"days,omitempty" minimum:"0" maximum:"90" doc:"How many days of mails that are there already are read."`
	}
}

type mailboxPasswordIn struct {
	ByID
	Body struct {
		Password string `json:"password" maxLength:"1000"`
	}
}

// REST adds what the pages do.
func (s *Service) REST(api *rest.API) {
	op := func(method, path, scope, name, summary string) rest.Op {
		return rest.Op{Method: method, Path: "/mailboxes" + path, ID: name, Tag: "Mailboxes", Summary: summary, Scope: "mailboxes:" + scope, Roles: restWriters}
	}
	rest.Register(api, op("GET", "", "read", "listMailboxes", "List your mailboxes"), func(ctx context.Context, _ *struct{}) (*mailboxesOut, error) {
		p, _ := identity.FromContext(ctx)
		all, err := s.List(ctx, p.Workspace, p.Subject)
		out := &mailboxesOut{}
		out.Body.Items = []mailboxBody{}
		for i := range all {
			out.Body.Items = append(out.Body.Items, all[i].body())
		}
		return out, err
	})
	connect := op("POST", "", "write", "connectMailbox", "Test a mailbox and connect it")
	connect.Status, connect.Creates = 201, true
	rest.Register(api, connect, s.restConnect)
	rest.Register(api, op("GET", "/{id}", "read", "getMailbox", "Read a mailbox's state"), func(ctx context.Context, in *ByID) (*mailboxOut, error) {
		m, err := s.restOne(ctx, in.ID)
		return shown(m, err)
	})
	rest.Register(api, op("PUT", "/{id}/password", "write", "setMailboxPassword", "Test a new password and read on with it"), func(ctx context.Context, in *mailboxPasswordIn) (*mailboxOut, error) {
		m, err := s.restOne(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if err := s.NewPassword(ctx, m, in.Body.Password); err != nil {
			return nil, err
		}
		m, err = s.restOne(ctx, in.ID)
		return shown(m, err)
	})
	act := func(f func(context.Context, *Mailbox) error) func(context.Context, *ByID) (*struct{}, error) {
		return func(ctx context.Context, in *ByID) (*struct{}, error) {
			m, err := s.restOne(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return nil, f(ctx, m)
		}
	}
	rest.Register(api, op("POST", "/{id}/pause", "write", "pauseMailbox", "Stop reading a mailbox"), act(s.Pause))
	rest.Register(api, op("POST", "/{id}/resume", "write", "resumeMailbox", "Read a mailbox again, from where it was"), act(s.Resume))
	rest.Register(api, op("DELETE", "/{id}", "write", "disconnectMailbox", "Forget a mailbox and its password at once"), act(s.Disconnect))
}

func (s *Service) restOne(ctx context.Context, text string) (*Mailbox, error) {
	p, _ := identity.FromContext(ctx)
	key, err := id.Parse(text)
	if err != nil {
		return nil, fault.New(fault.NotFound, "mailbox.rest", "")
	}
	return s.Get(ctx, p.Workspace, p.Subject, key)
}

func (s *Service) restConnect(ctx context.Context, in *connectMailboxIn) (*mailboxOut, error) {
	p, _ := identity.FromContext(ctx)
	b := in.Body
	if b.Port == 0 {
		b.Port = 993
	}
	if b.Security == "" {
		b.Security = imap.TLS
	}
	key, err := s.Connect(ctx, p.Scope("capture"), p.Subject, Entry{Host: b.Host, Port: b.Port, Security: b.Security, User: b.User, Password: b.Password, Folder: b.Folder, Senders: b.Senders, Days: b.Days})
	if err != nil {
		return nil, err
	}
	m, err := s.restOne(ctx, key.String())
	return shown(m, err)
}

func shown(m *Mailbox, err error) (*mailboxOut, error) {
	if err != nil {
		return nil, err
	}
	return &mailboxOut{Body: m.body()}, nil
}

func (m *Mailbox) body() mailboxBody {
	return mailboxBody{ID: m.ID.String(), Host: m.Host.Reveal(), Port: m.Port, Security: m.Security, User: m.User.Reveal(), Folder: m.Folder.Reveal(), Senders: m.Senders.Reveal(),
		State: string(m.State), Reason: m.Reason, Kept: m.Kept, SeenAt: moment(m.SeenAt), MailAt: moment(m.MailAt), NextAt: moment(m.NextAt), CreatedAt: m.CreatedAt.Time()}
}

func moment(at clock.Instant) *time.Time {
	if at.IsZero() {
		return nil
	}
	t := at.Time()
	return &t
}
