package capture

import (
	"context"
	"net/http"
	"strings"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

func (s *Service) targetsPage(v visitor) error {
	var all []Target
	err := s.read(v, func(tx *store.Tx) (err error) {
		all, err = store.Find[Target](v.r.Context(), tx, "WHERE tenant_id = $1 AND state <> $2 ORDER BY created_at, id", tx.Tenant(), string(TargetRemoved))
		return err
	})
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("capture.target.title"), Lead: v.t("capture.target.lead")}, targets(all, v.may()))
	return nil
}

func (s *Service) newTargetPage(v visitor) error {
	s.askTarget(v, &ui.Form{}, http.StatusOK)
	return nil
}

func (s *Service) askTarget(v visitor, f *ui.Form, status int) {
	back := ui.Tab{Label: v.t("capture.target.title"), Href: at(v.ctx, "/targets")}
	web.Render(v.w, v.r, status, web.Page{Title: v.t("capture.target.new"), Lead: v.t("capture.target.new.lead"), Back: &back, Form: f}, newTarget(f))
}

// createTarget answers with the secret instead of a redirect: it is shown this
// once, and must not travel in an address or a cookie.
func (s *Service) createTarget(v visitor) error {
	if err := web.ParseForm(v.r); err != nil {
		return err
	}
	f := ui.NewForm(v.r.PostForm)
	var target id.ID
	var secret string
	err := s.write(v, func(tx *store.Tx) (err error) {
		target, secret, err = s.AddTarget(v.r.Context(), tx, v.who.Subject, strings.TrimSpace(v.r.PostForm.Get("url")), v.r.PostForm.Get("direction"))
		return err
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		s.askTarget(v, f, http.StatusUnprocessableEntity)
		return nil
	}
	web.Render(v.w, v.r, http.StatusCreated, web.Page{Title: v.t("capture.target.secret.title"), Lead: v.t("capture.target.secret.lead"), Sensitive: true}, madeTarget(target, secret))
	return nil
}

func (s *Service) targetPage(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	var t *Target
	var log []sentTo
	err = s.read(v, func(tx *store.Tx) (err error) {
		if t, err = store.Get[Target](v.r.Context(), tx, key); err != nil {
			return err
		}
		log, err = sentToOf(v, tx, "target_id = $2", key, 100)
		return err
	})
	if err != nil {
		return err
	}
	back := ui.Tab{Label: v.t("capture.target.title"), Href: at(v.ctx, "/targets")}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: t.Host.Reveal(), Back: &back, Wide: true}, targetView(*t, log, v.may()))
	return nil
}

// actOnTarget does what one of the target's buttons says.
func (s *Service) actOnTarget(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	act, to := v.r.PathValue("act"), "/targets/"+key.String()
	switch act {
	case "test":
		_, why, err := s.Test(v.r.Context(), v.scope, key)
		if err != nil {
			return err
		}
		if why != "" {
			return v.done(to, "capture.target.test.failed", ui.Danger)
		}
		return v.done(to, "capture.target.test.passed", ui.Success)
	case "pause", "resume", "remove":
		f := map[string]func(context.Context, *store.Tx, id.ID) error{"pause": s.PauseTarget, "resume": s.ResumeTarget, "remove": s.RemoveTarget}[act]
		if err := s.write(v, func(tx *store.Tx) error { return f(v.r.Context(), tx, key) }); err != nil {
			return err
		}
		if act == "remove" {
			to = "/targets"
		}
		return v.done(to, "capture.target."+act+".done", ui.Success)
	}
	return fault.New(fault.NotFound, "capture.actOnTarget", "")
}

func (s *Service) retryDelivery(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	var target id.ID
	err = s.write(v, func(tx *store.Tx) error {
		if err := s.RetryDelivery(v.r.Context(), tx, key); err != nil {
			return err
		}
		return tx.QueryRow(v.r.Context(), "SELECT target_id FROM deliveries WHERE tenant_id = $1 AND id = $2", []any{tx.Tenant(), key}, &target)
	})
	if err != nil {
		return err
	}
	return v.done("/targets/"+target.String(), "capture.delivery.retry.done", ui.Success)
}

// failure says in words why a delivery was not taken.
func failure(ctx context.Context, d Delivery) string {
	if d.LastError == "target.status" {
		return i18n.T(ctx, "capture.failure.target.status", "status", d.LastStatus)
	}
	return word(ctx, "failure", d.LastError)
}

// targetState is a target's state in one word.
func (t *Target) badge(ctx context.Context) (ui.Tone, string) {
	switch {
	case t.State == TargetRemoved:
		return ui.Plain, i18n.T(ctx, "capture.target.state.removed")
	case t.VerifiedAt.IsZero():
		return ui.Warning, i18n.T(ctx, "capture.target.state.unverified")
	case t.State == TargetPaused && t.Reason == "target.failing":
		return ui.Danger, i18n.T(ctx, "capture.target.state.failing")
	case t.State == TargetPaused:
		return ui.Plain, i18n.T(ctx, "capture.target.state.paused")
	}
	return ui.Success, i18n.T(ctx, "capture.target.state.active")
}

// which says which transactions a target gets.
func which(ctx context.Context, t Target) string {
	if t.Direction == "" {
		return i18n.T(ctx, "capture.target.which.all")
	}
	return word(ctx, "direction", t.Direction)
}
