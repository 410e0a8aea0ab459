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

func (s *Service) mail(ctx context.Context, v tenant.Service, a *account, key, link string) error {
	return s.post(ctx, v, Letter{To: a.Email.Reveal(), Lang: a.Lang, Person: a.Subject}, key, link)
}

// post writes a letter from the sentences key.subject, key.text, key.button and
// key.end, and sends it. What people type about themselves stays out of it: it
// would make the service carry a stranger's words to any address.
func (s *Service) post(ctx context.Context, v tenant.Service, out Letter, key, link string) error {
	l, _ := i18n.Known(out.Lang)
	say := s.cfg.Catalog.Printer(l, nil)
	title := v.Title(string(l))
	out.Subject, out.Lang = say.T(key+".subject", "service", title), string(l)
	out.Service, out.Home, out.Purpose = v.Slug, v.Home, "security"
	body, end := say.T(key+".text", "service", title), say.T(key+".end", "service", title)
	out.Text = body + "\n\n" + link + "\n\n" + end + "\n\n" + title + "\n"
	esc := html.EscapeString
	out.HTML = `<!DOCTYPE html><html lang="` + string(l) + `"><head><meta charset="utf-8"><title>` + esc(out.Subject) + "</title></head><body>" +
		"<p>" + esc(body) + `</p><p><a href="` + esc(link) + `">` + esc(say.T(key+".button")) + "</a></p>" +
		"<p>" + esc(link) + "</p><p>" + esc(end) + "</p><p>" + esc(title) + "</p></body></html>"
	return fault.Wrap("identity.post", s.cfg.Mailer.Send(ctx, out))
}
