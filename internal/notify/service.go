package notify

import (
	"context"
	"errors"
	"html"
	"strings"
	"time"

	"amanah/internal/channel/mail"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/job"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
)

// Contact is how a person is written to.
type Contact struct {
	Email string
	Lang  string // "id" or "en"
}

// People finds a person's address; fault NotFound for who has none any more.
type People interface {
	Contact(ctx context.Context, service, purpose string, who id.Subject) (Contact, error)
}

// Jobs runs a task later, put in by the transaction that wants it; *job.Queue does.
type Jobs interface {
	Enqueue(ctx context.Context, tx *store.Tx, t job.Task, at time.Time) error
}

// Config is what a Service is made of; all of it is needed.
type Config struct {
	DB      *store.DB
	Jobs    Jobs
	Post    mail.Sender
	People  People
	Catalog *i18n.Catalog
	// Address is the absolute address of a service, without a slash at the end.
	Address func(service string) string
	// Title is a service's name in a language.
	Title func(service, lang string) string
}

// Service tells. It is safe for concurrent use.
type Service struct{ cfg Config }

// New makes the service.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Jobs == nil || c.Post == nil || c.People == nil || c.Catalog == nil || c.Address == nil || c.Title == nil {
		return nil, errors.New("notify: New needs everything of its configuration")
	}
	return &Service{c}, nil
}

func scope(service string, t id.Tenant) store.Scope {
	return store.Scope{Tenant: t, Home: tenant.HomeOf(service), Service: service, Actor: store.Actor{Kind: "job"}, Purpose: "notify"}
}

// Mail is the job that sends the letter of one notice, unless it was sent, the
// notice is gone, or its person has no address any more.
func (s *Service) Mail(ctx context.Context, t job.Task) error {
	const op = "notify.Mail"
	sc := scope(t.Service, t.Tenant)
	var n *notification
	err := s.cfg.DB.Read(ctx, sc, func(tx *store.Tx) (err error) {
		err = tx.QueryRow(ctx, "SELECT purpose FROM notifications WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), t.ID}, &sc.Purpose)
		if err != nil {
			return err
		}
		return tx.For(ctx, sc.Purpose, func() error { n, err = store.Get[notification](ctx, tx, t.ID); return err })
	})
	if fault.Is(err, fault.NotFound) || err == nil && !n.MailedAt.IsZero() {
		return nil
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	to, err := s.cfg.People.Contact(ctx, t.Service, sc.Purpose, n.Subject)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err == nil && to.Email != "" {
		err = s.cfg.Post.Send(ctx, s.letter(n.notice(t.Tenant), n.Subject, to, sc))
	}
	if err != nil {
		return fault.Wrap(op, err)
	}
	return fault.Wrap(op, s.cfg.DB.Write(ctx, sc, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE notifications SET mailed_at = $1 WHERE tenant_id = $2 AND id = $3", tx.Now(), tx.Tenant(), t.ID)
		return err
	}))
}

// letter writes a notice as a mail, in its person's language.
func (s *Service) letter(n Notice, who id.Subject, to Contact, sc store.Scope) mail.Letter {
	l, _ := i18n.Known(to.Lang)
	say := s.cfg.Catalog.Printer(l, nil)
	service := s.cfg.Title(sc.Service, string(l))
	out := mail.Letter{To: to.Email, Lang: string(l), Service: sc.Service, Tenant: sc.Home, Person: who, Purpose: sc.Purpose,
		Categories: []string{"account.email"}, Subject: service + ": " + say.TMap(n.Key+".title", n.Args)}
	lines := []string{say.TMap(n.Key+".text", n.Args)}
	link := s.cfg.Address(sc.Service) + "/notices"
	if n.Link != "" {
		link = s.cfg.Address(sc.Service) + n.Link
	}
	lines = append(lines, link, say.T("notify.mail.end", "service", service))
	out.Text = strings.Join(lines, "\n\n") + "\n"
	esc := html.EscapeString
	out.HTML = `<!DOCTYPE html><html lang="` + string(l) + `"><head><meta charset="utf-8"><title>` + esc(out.Subject) + "</title></head><body><p>" +
		esc(lines[0]) + `</p><p><a href="` + esc(link) + `">` + esc(act(say, n)) + "</a></p><p>" + esc(lines[2]) + "</p></body></html>"
	return out
}

// act are the words of a notice's link.
func act(p i18n.Printer, n Notice) string {
	if p.Has(n.Key + ".act") {
		return p.T(n.Key + ".act")
	}
	return p.T("notify.open")
}
