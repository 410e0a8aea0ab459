package capture

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"amanah/internal/capture/target"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// listedTarget is a target with its settings open.
type listedTarget struct {
	Target
	Set target.Settings
}

func (s *Service) targetsPage(v visitor) error {
	var all []listedTarget
	err := s.read(v, func(tx *store.Tx) error {
		found, err := store.FindOpen[Target](v.r.Context(), tx, "WHERE tenant_id = $1 AND state <> $2 ORDER BY created_at, id", tx.Tenant(), string(TargetRemoved))
		for _, t := range found {
			set, bad := t.Set()
			all, err = append(all, listedTarget{t, set}), errors.Join(err, bad)
		}
		return err
	})
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("capture.target.title"), Lead: v.t("capture.target.lead")}, targets(all, v.may()))
	return nil
}

// shownTarget is what a target's page shows.
type shownTarget struct {
	Target  Target
	Set     target.Settings
	Lines   []ui.Item
	Log     []sentTo
	At      url.URL
	Tabs    []ui.Tab
	Replays []ReplayProgress
	Held    int64 // deliveries that wait
	Dead    int64
	Parked  bool
	Ready   bool   // a test could be sent
	Step    string // what the person has to do first: google, renew, telegram
	May     bool
}

// perLog is how many deliveries a page of the log has.
const perLog = 50

func (s *Service) targetPage(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	shown := shownTarget{May: v.may(), At: *v.r.URL}
	err = s.read(v, func(tx *store.Tx) error { return s.showTarget(v, tx, key, &shown) })
	if err != nil {
		return err
	}
	back := ui.Tab{Label: v.t("capture.target.title"), Href: at(v.ctx, "/targets")}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: or(shown.Target.Host.Reveal(), v.t("capture.kind."+shown.Target.Kind)), Back: &back, Wide: true}, targetView(shown))
	return nil
}

func (s *Service) showTarget(v visitor, tx *store.Tx, key id.ID, out *shownTarget) error {
	ctx := v.r.Context()
	t, err := store.Get[Target](ctx, tx, key)
	if err != nil {
		return err
	}
	out.Target = *t
	if out.Set, err = t.Set(); err != nil {
		return err
	}
	out.Parked = t.ParkedUntil.Time().After(s.clock.Now())
	out.Lines, out.Step, out.Ready = s.lines(v.ctx, *t, out.Set)
	if out.Replays, err = s.Replays(ctx, tx, key); err != nil {
		return err
	}
	err = tx.QueryRow(ctx, "SELECT COALESCE(SUM(CASE WHEN state = $1 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN state = $2 THEN 1 ELSE 0 END), 0) FROM deliveries WHERE tenant_id = $3 AND target_id = $4",
		[]any{string(Pending), string(Dead), tx.Tenant(), key}, &out.Held, &out.Dead)
	if err != nil {
		return err
	}
	state := v.r.URL.Query().Get("state")
	where := "target_id = $2"
	if !slices.Contains([]string{"", string(Pending), string(Delivered), string(Dead), string(Failed)}, state) {
		state = ""
	}
	if state != "" {
		where += " AND state = '" + state + "'" // one of four words
	}
	for _, one := range []string{"", string(Pending), string(Delivered), string(Dead)} {
		label := v.t("capture.target.log.all")
		if one != "" {
			label = word(v.ctx, "delivery", one)
		}
		tab := ui.Tab{Label: label, Href: ui.With(out.At, "state", one, ui.AfterParam, "") + "#log", Current: state == one}
		out.Tabs = append(out.Tabs, tab)
	}
	out.Log, err = sentToOf(v, tx, where, key, perLog)
	return err
}

// lines are what a kind says of a target, the step that only the person can
// take, and whether a test could be sent.
func (s *Service) lines(ctx context.Context, t Target, set target.Settings) (out []ui.Item, step string, ready bool) {
	p := i18n.From(ctx)
	step, ready = t.step(set)
	switch {
	case t.Kind == "file" && set.File != nil:
		out = append(out, ui.Item{Label: p.T("capture.target.file.every.label"), Value: p.T("capture.target.file.when."+set.File.Every, "hour", fmt.Sprintf("%02d.00", set.File.Hour))},
			ui.Item{Label: p.T("capture.target.file.format.label"), Value: word(ctx, "format", set.File.Format)})
		if !t.DueAt.IsZero() && t.State == TargetActive {
			out = append(out, ui.Item{Label: p.T("capture.target.file.next"), Value: p.DateTime(t.DueAt.Time())})
		}
	case set.URL != "":
		out = append(out, ui.Item{Label: p.T("capture.target.http.url"), Value: set.URL})
		if set.Request != nil {
			out = append(out, ui.Item{Label: p.T("capture.target.http.method.label"), Value: set.Request.Method})
		}
	}
	return out, step, ready
}

// step is what only the person can do before anything is sent, and whether a test
// could be.
func (t Target) step(set target.Settings) (step string, ready bool) {
	chat := set.Chat != nil && set.Chat.ID != 0
	switch {
	case t.Kind == "telegram" && (!chat || t.Reason == "target.blocked"):
		return "telegram", chat && t.State != TargetRemoved
	case t.Kind == "sheets" && (t.Secret.IsZero() || t.Reason == "target.grant_revoked"):
		return "google", false
	case t.Kind == "sheets" && t.Reason == "target.sheet_gone":
		return "renew", false
	}
	return "", t.State != TargetRemoved
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
	case "telegram":
		return s.linkChat(v, key)
	case "google":
		return s.beginGrant(v, key)
	case "renew":
		return s.renewSheet(v, key)
	case "retryall":
		if err := s.write(v, func(tx *store.Tx) error { _, err := s.RetryAll(v.r.Context(), tx, key); return err }); err != nil {
			return err
		}
		return v.done(to, "capture.delivery.retry.done", ui.Success)
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
	case t.State == TargetPaused && t.Reason != "target.by_you":
		return ui.Danger, i18n.T(ctx, "capture.target.state.failing")
	case t.State == TargetPaused:
		return ui.Plain, i18n.T(ctx, "capture.target.state.paused")
	}
	return ui.Success, i18n.T(ctx, "capture.target.state.active")
}

// which says which transactions a target gets.
func which(ctx context.Context, set target.Settings) string {
	f, p := set.Filter, i18n.From(ctx)
	var parts []string
	if f.Direction != "" {
		parts = append(parts, word(ctx, "direction", f.Direction))
	}
	var names []string
	for _, c := range f.Categories {
		names = append(names, word(ctx, "category", c))
	}
	if len(names) > 0 {
		parts = append(parts, strings.Join(names, ", "))
	}
	currency := f.Currency
	if currency == "" {
		currency = money.IDR
	}
	if f.From > 0 {
		parts = append(parts, p.T("capture.target.filter.words.from", "amount", money.Amount{Minor: f.From, Currency: currency}))
	}
	if f.To > 0 {
		parts = append(parts, p.T("capture.target.filter.words.to", "amount", money.Amount{Minor: f.To, Currency: currency}))
	}
	if f.Currency != "" {
		parts = append(parts, string(f.Currency))
	}
	if f.Merchant != "" {
		parts = append(parts, p.T("capture.target.filter.words.merchant", "name", f.Merchant))
	}
	if !f.Account.IsZero() {
		parts = append(parts, p.T("capture.target.filter.words.account"))
	}
	if f.Since != "" {
		parts = append(parts, p.T("capture.target.filter.words.since", "day", dayWords(ctx, f.Since)))
	}
	if len(parts) == 0 {
		return p.T("capture.target.which.all")
	}
	return strings.Join(parts, "; ")
}

// fieldWords says which fields a target gets.
func fieldWords(ctx context.Context, kind string, set target.Settings) string {
	p := i18n.From(ctx)
	if kind == "http" {
		return p.T("capture.target.fields.template")
	}
	if len(set.Mapping.Fields) == 0 {
		return p.T("capture.target.fields.usual")
	}
	var names []string
	for _, f := range set.Mapping.Fields {
		names = append(names, f.As)
	}
	return strings.Join(names, ", ")
}

// dayWords is "2026-11-22" as a date of the page's language.
func dayWords(ctx context.Context, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return i18n.From(ctx).ShortDate(t.Add(12 * time.Hour))
}

func pausedTone(t Target) ui.Tone {
	if t.Reason == "target.by_you" {
		return ui.Info
	}
	return ui.Warning
}

func replayWord(ctx context.Context, r ReplayProgress) string {
	if r.State == ReplayDone && r.Waiting > 0 {
		return word(ctx, "replay", string(ReplayRunning))
	}
	return word(ctx, "replay", string(r.State))
}
