package capture

import (
	"context"
	"io"
	"net/http"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/rest"
	"amanah/internal/store"
)

func (s *Service) restMessages(api *rest.API) {
	const tag = "Messages"
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/messages", ID: "listMessages", Tag: tag, Summary: "List mails that came in", Details: "The newest first, 50 at most at a time."}, "transactions"), s.restMails)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/messages/{id}", ID: "getMessage", Tag: tag, Summary: "One mail, and what was read in it"}, "transactions"), s.restMail)
	rest.RegisterStream(api, reads(rest.Op{Method: "GET", Path: "/messages/{id}/raw", ID: "getMessageRaw", Tag: tag, Summary: "The mail as it came", Produces: "message/rfc822"}, "transactions"), s.restRaw)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/messages/{id}/retry", ID: "retryMessage", Tag: tag, Summary: "Try a mail again that could not be read", Errors: []int{409}}, "transactions"), s.restRetry)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/messages/{id}/read", ID: "rereadMessage", Tag: tag, Summary: "Read a kept mail once more, with the rules of today"}, "transactions"), s.restReread)
	rest.Register(api, reads(rest.Op{Method: "GET", Path: "/agent", ID: "getAgent", Tag: "Agent", Summary: "The address to forward mails to, and the code of the forwarding"}, "transactions"), s.restAgent)
	rest.Register(api, writes(rest.Op{Method: "POST", Path: "/agent/renew", ID: "renewAgent", Tag: "Agent", Summary: "Take a new address; the old one is refused from then on", Creates: true, Status: http.StatusOK}, "transactions"), s.restRenew)
}

// message is a mail as the API shows it.
type message struct {
	ID       id.ID     `json:"id" format:"uuid" doc:"Its number."`
	Received time.Time `json:"received_at" doc:"When it was taken in."`
	Sender   string    `json:"sender,omitempty" example:"noreply@bank.example" doc:"The sender of the envelope."`
	Size     int64     `json:"size" doc:"In bytes."`
	State    string    `json:"state" enum:"waiting,done,refused,dead" doc:"How far it has come."`
	Outcome  string    `json:"outcome,omitempty" example:"transaction" doc:"What it was."`
	Reason   string    `json:"reason,omitempty" doc:"Why it is not simply a transaction."`
	Found    []id.ID   `json:"transactions" nullable:"false" doc:"The transactions that were read in it."`
}

// perRead is how many mails are read at once: a row carries the whole mail.
const perRead = 50

type messagesIn struct{ rest.Page }

func (s *Service) restMails(ctx context.Context, in *messagesIn) (*rest.List[message], error) {
	limit, before := min(in.Limit, perRead), "g" // after every number: they are made in the order of arrival
	if _, err := rest.Open(ctx, in.Page, &before); err != nil {
		return nil, err
	}
	var out []message
	more := false
	err := s.readAs(ctx, func(tx *store.Tx) error {
		rows, err := store.FindOpen[inbox.Message](ctx, tx, "WHERE tenant_id = $1 AND channel = $2 AND id < $3 ORDER BY id DESC LIMIT $4", tx.Tenant(), Channel, before, limit+1)
		if err != nil {
			return err
		}
		if more = len(rows) > limit; more {
			rows = rows[:limit]
		}
		for _, m := range rows {
			v, err := restMessage(ctx, tx, m)
			if err != nil {
				return err
			}
			out, before = append(out, v), m.ID.String()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rest.Listed(ctx, out, before, more)
}

func restMessage(ctx context.Context, tx *store.Tx, m inbox.Message) (message, error) {
	v := message{ID: m.ID, Received: m.ReceivedAt.Time(), Sender: m.Sender.Reveal(), Size: m.Size, State: string(m.State), Outcome: m.Outcome, Reason: m.Reason, Found: []id.ID{}}
	rows, err := tx.Query(ctx, "SELECT id FROM captured WHERE tenant_id = $1 AND message_id = $2 ORDER BY line", tx.Tenant(), m.ID)
	if err != nil {
		return v, err
	}
	defer rows.Close()
	for rows.Next() {
		var k id.ID
		if err := rows.Scan(&k); err != nil {
			return v, err
		}
		v.Found = append(v.Found, k)
	}
	return v, rows.Err()
}

// mail reads one mail of the channel.
func mail(ctx context.Context, tx *store.Tx, key id.ID) (*inbox.Message, error) {
	m, err := store.Get[inbox.Message](ctx, tx, key)
	if err == nil && m.Channel != Channel {
		err = fault.New(fault.NotFound, "capture.mail", "")
	}
	return m, err
}

type messageOut struct{ Body message }

func (s *Service) restMail(ctx context.Context, in *ByID) (*messageOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	out := &messageOut{}
	err = s.readAs(ctx, func(tx *store.Tx) error {
		m, err := mail(ctx, tx, key)
		if err == nil {
			out.Body, err = restMessage(ctx, tx, *m)
		}
		return err
	})
	return out, err
}

func (s *Service) restRaw(ctx context.Context, in *ByID) (*rest.Stream, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	var m *inbox.Message
	if err := s.readAs(ctx, func(tx *store.Tx) (err error) { m, err = mail(ctx, tx, key); return err }); err != nil {
		return nil, err
	}
	_, sc := caller(ctx)
	raw, err := s.Inbox.Raw(ctx, sc, *m)
	if err != nil {
		return nil, err
	}
	return &rest.Stream{Filename: "message.eml", Write: func(w io.Writer) error { _, err := w.Write(raw); return err }}, nil
}

func (s *Service) restRetry(ctx context.Context, in *ByID) (*nothing, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	_, sc := caller(ctx)
	return nil, s.Inbox.Retry(ctx, sc, key)
}

func (s *Service) restReread(ctx context.Context, in *ByID) (*messageOut, error) {
	key, err := in.key()
	if err != nil {
		return nil, err
	}
	_, sc := caller(ctx)
	if _, err := s.Again(ctx, sc, key); err != nil {
		return nil, err
	}
	return s.restMail(ctx, in)
}

// agent is where mails are forwarded to.
type agent struct {
	Address string           `json:"address" format:"email" example:"k3h2j4l5m6n7p2q3@ctt.example" doc:"Forward your bank's mails to it."`
	Codes   []forwardingCode `json:"forwarding_codes" nullable:"false" doc:"What mail providers sent so that forwarding can be switched on, of the last days."`
}

type forwardingCode struct {
	Provider string    `json:"provider" example:"gmail" doc:"Who sent it."`
	Mailbox  string    `json:"mailbox,omitempty" format:"email" doc:"The mailbox that is to be forwarded."`
	Code     string    `json:"code,omitempty" example:"123456789" doc:"The code to enter there."`
	Link     string    `json:"link,omitempty" format:"uri" doc:"The link to open instead."`
	At       time.Time `json:"at" doc:"When it came."`
}

type agentOut struct{ Body agent }

func (s *Service) restAgent(ctx context.Context, _ *struct{}) (*agentOut, error) {
	p, sc := caller(ctx)
	address, err := s.Address(ctx, sc, p.Subject)
	if err != nil {
		return nil, err
	}
	out := &agentOut{agent{Address: address, Codes: []forwardingCode{}}}
	err = s.readAs(ctx, func(tx *store.Tx) error {
		codes, err := store.FindOpen[ForwardingCode](ctx, tx, "WHERE tenant_id = $1 AND at >= $2 ORDER BY at DESC LIMIT 3", tx.Tenant(), clock.At(s.clock.Now().Add(-silent)))
		for _, c := range codes {
			out.Body.Codes = append(out.Body.Codes, forwardingCode{c.Provider, c.Mailbox.Reveal(), c.Code.Reveal(), c.Link.Reveal(), c.At.Time()})
		}
		return err
	})
	return out, err
}

func (s *Service) restRenew(ctx context.Context, _ *struct{}) (*agentOut, error) {
	p, sc := caller(ctx)
	if _, err := s.Renew(ctx, sc, p.Subject); err != nil {
		return nil, err
	}
	return s.restAgent(ctx, nil)
}
