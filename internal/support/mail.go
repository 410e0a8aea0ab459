package support

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/emersion/go-message/mail"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/inbox"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// Channel is the inbox channel of mails to support; its handler is
// [Service.HandleMail].
const Channel = "support"

// letter is what matters of a mail to support.
type letter struct{ from, title, text string }

// SenderOf is the address that a mail says it comes from; empty where there is
// none or more than one.
func SenderOf(raw []byte) string {
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if r == nil || err != nil {
		return ""
	}
	defer func() { _ = r.Close() }()
	from, err := r.Header.AddressList("From")
	if err != nil || len(from) != 1 {
		return ""
	}
	return strings.ToLower(from[0].Address)
}

// readLetter reads the first plain text of a mail. Other parts are left: what is
// attached is not kept with a ticket.
func readLetter(raw []byte) (letter, error) {
	wrong := fault.New(fault.Invalid, "support.readLetter", "support.text.empty")
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if r == nil || err != nil {
		return letter{}, wrong
	}
	defer func() { _ = r.Close() }()
	l := letter{from: SenderOf(raw)}
	l.title, _ = r.Header.Subject() // what cannot be read is no title
	for range 50 {
		part, err := r.NextPart()
		if err != nil {
			break
		}
		h, inline := part.Header.(*mail.InlineHeader)
		if !inline {
			continue
		}
		if kind, _, _ := h.ContentType(); kind != "text/plain" && kind != "" {
			continue
		}
		body, err := io.ReadAll(io.LimitReader(part.Body, 4*textMost))
		if err != nil {
			return letter{}, wrong
		}
		l.text = fresh(strings.ToValidUTF8(string(body), "�"))
		break
	}
	if l.text == "" {
		return l, wrong
	}
	return l, nil
}

// fresh is what a mail says anew: without what it quotes.
func fresh(text string) string {
	var out []string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, ">") {
			continue
		}
		lower := strings.ToLower(trimmed)
		if strings.HasSuffix(lower, "wrote:") || strings.HasSuffix(lower, "menulis:") || trimmed == "-- " || strings.HasPrefix(lower, "-----original") {
			break
		}
		out = append(out, strings.TrimRight(line, " \t"))
	}
	joined := strings.TrimSpace(strings.Join(out, "\n"))
	if len(joined) > textMost {
		joined = strings.ToValidUTF8(joined[:textMost], "")
	}
	return joined
}

// HandleMail is the inbox handler: a mail whose subject carries the number of one
// of the person's tickets goes on with it, any other opens one. m.Subject is the
// account that the mail provably comes from.
func (s *Service) HandleMail(_ context.Context, _ store.Scope, m inbox.Message, raw []byte) (inbox.Apply, error) {
	l, err := readLetter(raw)
	if err != nil {
		return func(context.Context, *store.Tx) (inbox.Result, error) { //nolint:nilerr // the mail is refused, which is an answer
			return inbox.Result{State: inbox.Refused, Outcome: "unreadable", Reason: "support.text.empty"}, nil
		}, nil
	}
	return func(ctx context.Context, tx *store.Tx) (inbox.Result, error) {
		done := inbox.Result{State: inbox.Done, Outcome: "ticket"}
		if t, err := s.named(ctx, tx, m.Subject, l.title); err != nil || t != nil {
			if err == nil {
				err = s.Write(ctx, tx, m.Subject, t.ID, l.text, m.ID.String())
			}
			return done, err
		}
		title := strings.TrimSpace(l.title)
		if title == "" {
			title = "(–)"
		}
		if len(title) > titleMost {
			title = strings.ToValidUTF8(title[:titleMost], "")
		}
		places, err := tenant.Of(ctx, tx, m.Subject)
		if err != nil {
			return done, err
		}
		n := Request{Subject: m.Subject, Title: title, Text: l.text, Via: "mail", Source: m.ID.String()}
		if len(places) > 0 {
			n.Workspace = places[0].Workspace.Key()
		}
		_, err = s.OpenTicket(ctx, tx, n)
		if fault.Is(err, fault.TooMany) {
			return inbox.Result{State: inbox.Refused, Outcome: "refused", Reason: "support.too_many"}, nil
		}
		return done, err
	}, nil
}

// named finds the person's own ticket that a subject line names; nil for none.
func (s *Service) named(ctx context.Context, tx *store.Tx, who id.Subject, line string) (*Ticket, error) {
	number := id.ReadNumber(line)
	if number == "" {
		return nil, nil
	}
	t, err := store.One[Ticket](ctx, tx, "WHERE tenant_id = $1 AND number = $2 AND subject_id = $3", tx.Tenant(), number, who)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return t, err
}
