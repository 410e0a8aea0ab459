package chat

import (
	"net/http"

	"amanah/internal/cash"
	"amanah/internal/fault"
	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// Routes puts the page of the chat below "/<slug>/app/telegram". Without a bot the
// page says so.
func (s *Service) Routes(mux web.Mux) {
	members := []tenant.Role{tenant.Owner, tenant.Worker}
	for pattern, f := range map[string]func(cash.Visit) error{
		"GET /app/telegram":              s.page,
		"POST /app/telegram":             s.link,
		"POST /app/telegram/{id}/unbind": s.unbindForm,
	} {
		mux.Handle(web.Under(s.Cash.Slug, pattern), s.Cash.Page(f, members...))
	}
}

func (s *Service) page(v cash.Visit) error { return s.render(v, "") }

// render lists the chats; href is a link that was just made.
func (s *Service) render(v cash.Visit, href string) error {
	all, err := s.Bound(v.R.Context(), v.Who.Subject)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, web.Page{Title: v.T("cash.chat.title"), Lead: v.T("cash.chat.lead"), Sensitive: href != ""}, view(all, href, s.Bot != nil))
}

func (s *Service) link(v cash.Visit) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	if s.Bot == nil {
		return v.To("/app/telegram", "")
	}
	href, err := s.Link(v.R.Context(), v.Who.Workspace, v.Who.Subject, f.Value("group") == "yes")
	if fault.Is(err, fault.Unavailable) {
		web.Redirect(v.W, v.R, v.Path("/app/telegram"), web.Flash{Tone: ui.Danger, Key: "cash.chat.away"})
		return nil
	}
	if err != nil {
		return err
	}
	return s.render(v, href)
}

func (s *Service) unbindForm(v cash.Visit) error {
	key, err := v.ID()
	if err != nil {
		return err
	}
	mine, err := s.Unbind(v.R.Context(), v.Who.Subject, key)
	if err == nil && !mine {
		err = fault.New(fault.NotFound, "chat.unbindForm", "")
	}
	if err != nil {
		return err
	}
	return v.To("/app/telegram", "cash.chat.unbound")
}

func title(p i18n.Printer, c cash.Chat) string {
	name := p.T("cash.chat.own")
	if c.Group {
		name = p.T("cash.chat.of_group")
	}
	if h := c.Handle.Reveal(); h != "" {
		name += " @" + h
	}
	return name
}
