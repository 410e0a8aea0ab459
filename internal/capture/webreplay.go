package capture

import (
	"net/http"
	"net/url"
	"time"

	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

func (s *Service) replayPage(v visitor) error {
	e, err := s.edited(v)
	if err != nil {
		return err
	}
	today := s.clock.Now().In(v.who.Location())
	f := ui.NewForm(url.Values{"since": {today.AddDate(0, 0, -30).Format(time.DateOnly)}, "until": {today.Format(time.DateOnly)}})
	s.askReplay(v, e, f, 0, false, http.StatusOK)
	return nil
}

func (s *Service) askReplay(v visitor, e edited, f *ui.Form, n int64, counted bool, status int) {
	web.Render(v.w, v.r, status, web.Page{Title: v.t("capture.target.replay"), Lead: v.t("capture.target.replay.lead"), Back: e.back(v), Form: f}, replayForm(e, f, n, counted))
}

// startReplay counts first; the second button starts what was counted.
func (s *Service) startReplay(v visitor) error {
	e, err := s.edited(v)
	if err != nil {
		return err
	}
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	f, p := ui.NewForm(v.r.PostForm), Span{v.r.PostForm.Get("since"), v.r.PostForm.Get("until")}
	if v.r.PostForm.Get("act") == "start" {
		if _, err = s.StartReplay(v.r.Context(), v.scope, e.Target.ID, p); err == nil {
			return v.done(e.path(), "capture.target.replay.started", ui.Success)
		}
	}
	var n int64
	if err == nil {
		n, err = s.CountReplay(v.r.Context(), v.scope, e.Target.ID, p)
	}
	if err == nil {
		s.askReplay(v, e, f, n, true, http.StatusOK)
		return nil
	}
	if !f.Take(err) {
		return err
	}
	s.askReplay(v, e, f, 0, false, http.StatusUnprocessableEntity)
	return nil
}

func (s *Service) stopReplay(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	var of id.ID
	err = s.write(v, func(tx *store.Tx) error {
		if err := s.StopReplay(v.r.Context(), tx, key); err != nil {
			return err
		}
		return tx.QueryRow(v.r.Context(), "SELECT target_id FROM target_replays WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), key}, &of)
	})
	if err != nil {
		return err
	}
	return v.done("/targets/"+of.String(), "capture.target.replay.stopped", ui.Success)
}
