package capture

import (
	"net/http"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// linkChat shows the one-time link to the bot.
func (s *Service) linkChat(v visitor, key id.ID) error {
	href, err := s.LinkChat(v.r.Context(), v.scope, key)
	if fault.Is(err, fault.Unavailable) {
		return v.done("/targets/"+key.String(), "capture.target.chat.away", ui.Danger)
	}
	if err != nil {
		return err
	}
	back := ui.Tab{Label: "Telegram", Href: at(v.ctx, "/targets/"+key.String())}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("capture.target.chat.title"), Lead: v.t("capture.target.chat.lead"), Back: &back, Sensitive: true}, chatLink(key, href))
	return nil
}
