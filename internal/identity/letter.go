package identity

import (
	"context"
	"html"
	"net/url"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web/i18n"
)

// link is an absolute address of a page of the service. A token is the only
// thing of a person that ever stands in one.
func (s *Service) link(v tenant.Service, path, token string) string {
	u := strings.TrimSuffix(s.cfg.Address(v.Slug), "/") + path
	if token != "" {
		u += "?token=" + url.QueryEscape(token)
	}
	return u
}

// mailVerification mails the link that proves an address.
func (s *Service) mailVerification(ctx context.Context, v tenant.Service, who id.Subject) error {
	var a *account
	err := s.cfg.DB.Read(ctx, visitor(v, "security"), func(tx *store.Tx) (err error) {
		a, err = bySubject(ctx, tx, who)
		return err
	})
	if err != nil {
		return err
	}
	token, err := s.issue(ctx, v, who, kindEmail, emailTime)
	if err != nil {
		return err
	}
	return s.mail(ctx, v, a, "identity.mail.verify", s.link(v, "/verify", token))
}

// mailTo is mail for a person who is known by number; nobody is written to whose
// account is gone by now.
func (s *Service) mailTo(ctx context.Context, v tenant.Service, who id.Subject, key, link string) error {
	var a *account
	err := s.cfg.DB.Read(ctx, visitor(v, "notify"), func(tx *store.Tx) (err error) {
		a, err = bySubject(ctx, tx, who)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.mail(ctx, v, a, key, link)
}

func (s *Service) mail(ctx context.Context, v tenant.Service, a *account, key, link string, args ...any) error {
	return s.post(ctx, v, Letter{To: a.Email.Reveal(), Lang: a.Lang, Person: a.Subject}, key, link, args...)
}

// printer speaks a person's language, in the zone of Jakarta: a letter is read
// anywhere.
func (s *Service) printer(lang string) i18n.Printer {
	l, _ := i18n.Known(lang)
	return s.cfg.Catalog.Printer(l, nil)
}

// post writes a letter from the sentences key.subject, key.text, key.button and
// key.end, and sends it; args fill text and end. What people type about themselves stays out of it: it
// would make the service carry a stranger's words to any address.
func (s *Service) post(ctx context.Context, v tenant.Service, out Letter, key, link string, args ...any) error {
	l, _ := i18n.Known(out.Lang)
	say := s.printer(out.Lang)
	title := v.Title(string(l))
	args = append(args, "service", title)
	out.Subject, out.Lang = say.T(key+".subject", "service", title), string(l)
	out.Service, out.Home, out.Purpose = v.Slug, v.Home, "security"
	body, end := say.T(key+".text", args...), say.T(key+".end", args...)
	out.Text = body + "\n\n" + link + "\n\n" + end + "\n\n" + title + "\n"
	esc := html.EscapeString
	out.HTML = `<!DOCTYPE html><html lang="` + string(l) + `"><head><meta charset="utf-8"><title>` + esc(out.Subject) + "</title></head><body>" +
		"<p>" + esc(body) + `</p><p><a href="` + esc(link) + `">` + esc(say.T(key+".button")) + "</a></p>" +
		"<p>" + esc(link) + "</p><p>" + esc(end) + "</p><p>" + esc(title) + "</p></body></html>"
	return fault.Wrap("identity.post", s.cfg.Mailer.Send(ctx, out))
}
