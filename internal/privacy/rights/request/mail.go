package request

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"github.com/emersion/go-message/mail"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
)

// partsMost bounds what of a mail is looked at.
const partsMost = 50

// TakeMail takes a mail to a service's privacy address in: durable on return. A
// mail whose subject carries the number of a case of the same sender goes on with
// it; any other opens a case that an officer sorts. proven says that the sender's
// domain vouched for the author's address; only then an account of that address is
// believed. Fault Invalid for what is no readable mail.
func (s *Service) TakeMail(ctx context.Context, home store.Scope, raw []byte, proven bool, lang string) (*Case, error) {
	const op = "request.TakeMail"
	home.Purpose, home.Actor = Purpose, store.Actor{Kind: "visitor"}
	from, subject, text := readMail(raw)
	if from == "" || text == "" && subject == "" {
		return nil, fault.New(fault.Invalid, op, "request.mail.unreadable")
	}
	var who id.Subject
	if proven {
		found, ok, err := s.Accounts.Find(ctx, home.Service, from)
		if err != nil && !fault.Is(err, fault.Invalid) {
			return nil, fault.Wrap(op, err)
		}
		if ok {
			who = found
			home.Actor = store.Actor{Kind: "person", ID: id.ID(who)}
		}
	}
	if c, err := s.goesOn(ctx, home, who, from, proven, subject, text); err != nil || c != nil {
		return c, fault.Wrap(op, err)
	}
	sum := sha256.Sum256(raw)
	a := Ask{Right: Question, Text: strings.TrimSpace(subject + "\n\n" + text), Via: ByMail, By: Self, Contact: from, Subject: who, Lang: lang, Source: hex.EncodeToString(sum[:])}
	if !who.IsZero() {
		a.Proven = BySender
	}
	c, joined, err := s.Open(ctx, home, a)
	// Whoever writes in another's name must not add words to what was proven.
	if err == nil && joined && c.Source != a.Source && (proven || c.Proven == Unproven) {
		err = s.DB.Write(ctx, home, func(tx *store.Tx) error {
			fresh, err := store.Get[Case](ctx, tx, c.ID)
			if err == nil {
				err = s.Write(ctx, tx, fresh, a.Text)
			}
			return err
		})
		if fault.Is(err, fault.TooMany) { // the case is full: it is one entry still
			err = nil
		}
	}
	return c, fault.Wrap(op, err)
}

// goesOn adds a mail to the case that its subject names, if it is the sender's.
func (s *Service) goesOn(ctx context.Context, home store.Scope, who id.Subject, from string, proven bool, subject, text string) (out *Case, err error) {
	number := ReadNumber(home.Service, subject)
	if number == "" || text == "" {
		return nil, nil
	}
	err = s.DB.Write(ctx, home, func(tx *store.Tx) error {
		c, err := store.One[Case](ctx, tx, "WHERE tenant_id = $1 AND number = $2", tx.Tenant(), number)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		own := !who.IsZero() && c.Subject == who || proven && c.Subject.IsZero() && strings.EqualFold(c.Contact.Reveal(), from)
		if !own || c.State.Done() {
			return nil
		}
		out = c
		return s.Write(ctx, tx, c, text)
	})
	return out, err
}

// readMail gives the author, the subject and the first plain text of a mail.
func readMail(raw []byte) (from, subject, text string) {
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if r == nil || err != nil {
		return "", "", ""
	}
	defer func() { _ = r.Close() }()
	all, err := r.Header.AddressList("From")
	if err != nil || len(all) != 1 || len(all[0].Address) > lineMost {
		return "", "", ""
	}
	from = strings.ToLower(all[0].Address)
	subject, _ = r.Header.Subject() // what cannot be read is no subject
	subject = first(strings.TrimSpace(subject), lineMost)
	for range partsMost {
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
		body, err := io.ReadAll(io.LimitReader(part.Body, 2*textMost))
		if err != nil {
			break
		}
		text = strings.TrimSpace(strings.ToValidUTF8(string(body), "�"))
		if most := textMost - lineMost - 10; len(text) > most {
			text = strings.ToValidUTF8(text[:most], "")
		}
		break
	}
	return from, strings.ToValidUTF8(subject, ""), text
}
