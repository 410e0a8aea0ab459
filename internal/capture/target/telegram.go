package target

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"amanah/internal/channel/telegram"
	"amanah/internal/fault"
	"amanah/internal/money"
	"amanah/internal/privacy/egress"
	"amanah/internal/web/i18n"
)

// Telegram writes a message of each transaction into the person's own chat.
type Telegram struct {
	Base    string
	Token   string
	Catalog *i18n.Catalog
}

// Traits of a chat. A replay keeps to one message a second, which is what Telegram
// lets through to one chat.
func (Telegram) Traits() Traits {
	return Traits{Name: "telegram", Recipient: egress.Recipient{Key: "telegram", Kind: egress.Chosen},
		Categories: append([]string{"target.address"}, transactions...), Pace: 1100 * time.Millisecond}
}

// Bot is the bot with a way out.
func (k Telegram) Bot(way *http.Client) *telegram.Client {
	return &telegram.Client{HTTP: way, Base: k.Base, Token: k.Token}
}

// Check wants nothing of the form: the chat is bound by the person's own act.
func (Telegram) Check(s Settings) error {
	if s.Chat == nil {
		return fault.New(fault.Invalid, "target.Telegram", "capture.target.kind.unknown").On("kind")
	}
	return nil
}

// Describe is the name that the chat gave itself.
func (Telegram) Describe(s Settings) string {
	if s.Chat == nil || s.Chat.Name == "" {
		return "Telegram"
	}
	return "Telegram: " + s.Chat.Name
}

// Send writes one message. Telegram knows no event numbers: a crash between
// sending and noting it sends the message twice.
func (k Telegram) Send(ctx context.Context, to To, p Parcel) Outcome {
	chat := to.Settings.Chat
	if chat == nil || chat.ID == 0 {
		return Outcome{Key: "target.unbound"}
	}
	_, err := k.Bot(to.Client).Send(ctx, telegram.Text{Chat: chat.ID, Text: k.text(p, to.Settings), HTML: true})
	var e *telegram.Error
	switch {
	case err == nil:
		return Outcome{Status: http.StatusOK}
	case !errors.As(err, &e):
		return Outcome{Key: reason(err)}
	case e.Code == http.StatusTooManyRequests:
		return Outcome{Status: e.Code, Key: "target.busy", Wait: min(max(e.Wait, time.Second), maxWait)}
	case e.Code == http.StatusForbidden || e.Code == http.StatusBadRequest:
		return Outcome{Status: e.Code, Key: "target.blocked", Pause: "target.blocked"}
	case e.Code == http.StatusUnauthorized || e.Code == http.StatusNotFound:
		return Outcome{Status: e.Code, Key: "target.misconfigured"}
	}
	return Outcome{Status: e.Code, Key: "target.status"}
}

// Disconnect has nothing to take back: a chat is the person's.
func (Telegram) Disconnect(context.Context, To) bool { return true }

// maxNote bounds what a text of a stranger takes of a message.
const maxNote = 300

func short(s string) string {
	if utf8.RuneCountInString(s) > maxNote {
		s = string([]rune(s)[:maxNote]) + "…"
	}
	return telegram.Escape(clean(s))
}

// text is a message's HTML: amount and merchant, category and account, the time,
// the note.
func (k Telegram) text(p Parcel, s Settings) string {
	lang, _ := i18n.Known(s.Chat.Lang)
	say := k.Catalog.Printer(lang, s.Mapping.Notation.in(p.Zone))
	r, lines := p.Record, []string{}
	switch {
	case p.Test():
		lines = append(lines, telegram.Escape(say.T("capture.chat.test")))
	case r.Reversed || p.Type == TypeReversed:
		lines = append(lines, "<b>"+telegram.Escape(say.T("capture.chat.reversed"))+"</b>")
	case p.Type == TypeCorrected:
		lines = append(lines, "<b>"+telegram.Escape(say.T("capture.chat.corrected"))+"</b>")
	}
	merchant := short(r.Merchant)
	if merchant == "" {
		merchant = telegram.Escape(say.T("capture.merchant.unknown"))
	}
	lines = append(lines, "<b>"+telegram.Escape(k.amount(say, r))+"</b>  "+merchant)
	where := []string{}
	if key := "capture.category." + r.Category; say.Has(key) {
		where = append(where, say.T(key))
	}
	if r.Issuer != "" {
		where = append(where, r.Issuer)
	}
	if r.Last != "" {
		where = append(where, "••"+r.Last)
	}
	if len(where) > 0 {
		lines = append(lines, short(strings.Join(where, " · ")))
	}
	when := say.DateTime(r.At)
	if r.Precision == "day" {
		when = say.ShortDate(r.At)
	}
	lines = append(lines, telegram.Escape(when))
	if r.Fee != nil && !r.Fee.IsZero() {
		lines = append(lines, telegram.Escape(say.T("capture.chat.fee", "amount", *r.Fee)))
	}
	if r.Note != "" {
		lines = append(lines, "<i>"+short(r.Note)+"</i>")
	}
	return strings.Join(lines, "\n")
}

// amount has a sign in front: what went out a minus, what came in a plus.
func (Telegram) amount(say i18n.Printer, r Record) string {
	a := say.Money(money.Amount{Minor: r.Amount.Minor, Currency: r.Amount.Currency})
	switch r.Direction {
	case "out":
		return "−" + a
	case "in":
		return "+" + a
	}
	return a
}
