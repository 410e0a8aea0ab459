package capture

import (
	"context"
	"net/http"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/store"
	"amanah/internal/web"
	"amanah/internal/web/i18n"
	"amanah/internal/web/ui"
)

// arrived is a message with what was found in it.
type arrived struct {
	inbox.Message
	Found []View
}

// perPage is few, because a message's row carries the whole mail.
const perPage = 25

func (s *Service) messagesPage(v visitor) error {
	var all []arrived
	more := ""
	err := s.read(v, func(tx *store.Tx) error {
		ctx := v.r.Context()
		before := "g" // after every id: they are made in the order of arrival
		if last, err := id.Parse(v.r.URL.Query().Get(ui.AfterParam)); err == nil {
			before = last.String()
		}
		ms, err := store.FindOpen[inbox.Message](ctx, tx, "WHERE tenant_id = $1 AND channel = $2 AND id < $3 ORDER BY id DESC LIMIT $4", tx.Tenant(), Channel, before, perPage+1)
		if err != nil {
			return err
		}
		if len(ms) > perPage {
			ms = ms[:perPage]
			more = ms[perPage-1].ID.String()
		}
		for _, m := range ms {
			a := arrived{Message: m}
			if a.Found, err = s.foundIn(ctx, tx, m.ID); err != nil {
				return err
			}
			all = append(all, a)
		}
		return nil
	})
	if err != nil {
		return err
	}
	web.Render(v.w, v.r, http.StatusOK, web.Page{Title: v.t("capture.mail.title"), Lead: v.t("capture.mail.lead"), Wide: true}, messages(all, ui.Paging{At: *v.r.URL, After: more}, v.may()))
	return nil
}

func (s *Service) foundIn(ctx context.Context, tx *store.Tx, message id.ID) ([]View, error) {
	rows, err := store.FindOpen[Captured](ctx, tx, "WHERE tenant_id = $1 AND message_id = $2 ORDER BY line", tx.Tenant(), message)
	if err != nil {
		return nil, err
	}
	var out []View
	for _, c := range rows {
		v, err := s.View(ctx, tx, c.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (s *Service) retryMessage(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	if err := s.Inbox.Retry(v.r.Context(), v.scope, key); err != nil {
		return err
	}
	return v.done("/messages", "capture.mail.retry.done", ui.Success)
}

// Again reads a kept message once more, with the rules of today, and notes what
// it was found to be. What was booked of it before stays as it is.
func (s *Service) Again(ctx context.Context, sc store.Scope, message id.ID) (inbox.Result, error) {
	const op = "capture.Again"
	var out inbox.Result
	var m *inbox.Message
	err := s.db.Read(ctx, sc, func(tx *store.Tx) (err error) { m, err = store.Get[inbox.Message](ctx, tx, message); return err })
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	raw, err := s.Inbox.Raw(ctx, sc, *m)
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	apply, err := s.HandleMail(ctx, sc, *m, raw)
	if err != nil {
		return out, fault.Wrap(op, err)
	}
	err = s.db.Write(ctx, sc, func(tx *store.Tx) (err error) {
		if out, err = apply(ctx, tx); err != nil {
			return err
		}
		return inbox.Settle(ctx, tx, message, out)
	})
	return out, fault.Wrap(op, err)
}

func (s *Service) readAgain(v visitor) error {
	key, err := v.key()
	if err != nil {
		return err
	}
	out, err := s.Again(v.r.Context(), v.scope, key)
	if err != nil {
		return err
	}
	switch out.Outcome {
	case "transaction", outcomeReview:
		return v.done("/messages", "capture.mail.again.found", ui.Success)
	}
	return v.done("/messages", "capture.mail.again.nothing", ui.Info)
}

// messageWords is a message's state and outcome in one word, and its tone.
func messageWords(ctx context.Context, m inbox.Message) (ui.Tone, string) {
	switch m.State {
	case inbox.Waiting:
		return ui.Info, i18n.T(ctx, "capture.mail.waiting")
	case inbox.Dead:
		return ui.Danger, i18n.T(ctx, "capture.mail.dead")
	}
	tone := ui.Plain
	switch m.Outcome {
	case "transaction":
		tone = ui.Success
	case outcomeReview, "suspicious":
		tone = ui.Warning
	}
	return tone, word(ctx, "outcome", m.Outcome)
}

// messageReason says why a message is not simply a transaction; a dash where
// there is nothing to say.
func messageReason(ctx context.Context, m inbox.Message) string {
	if i18n.From(ctx).Has("capture.reason." + m.Reason) {
		return word(ctx, "reason", m.Reason)
	}
	return "–"
}

// worthReading tells whether newer rules may find more in a message.
func worthReading(m arrived) bool {
	return len(m.Found) == 0 && (m.State == inbox.Done || m.State == inbox.Refused) && (m.Outcome == "other" || m.Outcome == outcomeUnreadable)
}
