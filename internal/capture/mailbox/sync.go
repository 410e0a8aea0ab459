package mailbox

import (
	"context"
	"strings"

	"amanah/internal/capture"
	"amanah/internal/channel/imap"
	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/inbox"
	"amanah/internal/store"
)

// sync keeps what is new in a mailbox. It notes a mail as read only after the
// inbox has it: what is fetched again, the inbox knows.
func (s *Service) sync(ctx context.Context, x *imap.Session, m *Mailbox) error {
	got, err := s.lease(ctx, m.ID)
	if err == nil && !got {
		err = fault.New(fault.Conflict, "mailbox.sync", "mailbox.elsewhere")
	}
	if err != nil {
		return err
	}
	f, err := x.Open(ctx, m.Folder.Reveal())
	if err != nil {
		return err
	}
	if err := s.settle(ctx, x, m, f); err != nil {
		return err
	}
	for ctx.Err() == nil {
		heads, upto, err := x.Heads(ctx, uint32(m.LastUID), f.Next) //nolint:gosec // a UID has 32 bits
		if err != nil {
			return err
		}
		for _, h := range heads {
			if err := s.weigh(ctx, x, m, h); err != nil {
				return err
			}
		}
		if int64(upto) > m.LastUID {
			m.LastUID = int64(upto)
		}
		if err := s.note(ctx, m); err != nil {
			return err
		}
		if f.Next == 0 && len(heads) == 0 || f.Next > 0 && upto+1 >= f.Next {
			return nil
		}
	}
	return ctx.Err()
}

// settle finds where to begin: at the end of a mailbox that is read for the first
// time, or some days back; and again where the server began to count anew.
func (s *Service) settle(ctx context.Context, x *imap.Session, m *Mailbox, f imap.Folder) error {
	if m.Validity == int64(f.Validity) {
		return nil
	}
	since := m.ReadFrom.Time()
	if m.Validity != 0 {
		// Two days more than needed: mails may have come while nobody looked, and
		// the inbox knows those that it has.
		since = m.SeenAt.Time().AddDate(0, 0, -2)
		if m.SeenAt.IsZero() {
			since = m.CreatedAt.Time().AddDate(0, 0, -2)
		}
		if from := m.ReadFrom.Time(); !m.ReadFrom.IsZero() && m.SeenAt.IsZero() {
			since = from
		}
	} else if m.ReadFrom.IsZero() {
		m.Validity, m.LastUID = int64(f.Validity), max(int64(f.Next)-1, 0)
		return s.note(ctx, m)
	}
	first, err := x.First(ctx, since)
	if err != nil {
		return err
	}
	m.Validity, m.LastUID = int64(f.Validity), int64(first)-1
	if first == 0 {
		m.LastUID = max(int64(f.Next)-1, 0)
	}
	return s.note(ctx, m)
}

// weigh keeps a mail if its sender is one that is kept.
func (s *Service) weigh(ctx context.Context, x *imap.Session, m *Mailbox, h imap.Head) error {
	from, known := s.Known(h.Header)
	if !known && !named(m.Senders.Reveal(), from) {
		return nil
	}
	raw, err := x.Mail(ctx, h.UID)
	if fault.Is(err, fault.TooLarge) {
		m.TooLarge++
		m.LastUID = int64(h.UID)
		return s.note(ctx, m)
	}
	if err != nil {
		return err
	}
	if raw != nil {
		sc := s.scope()
		sc.Tenant = m.Workspace
		_, fresh, err := s.Inbox.Accept(ctx, inbox.In{Scope: sc, Subject: m.Subject, Channel: capture.Channel, Conversation: m.Workspace.String(), Raw: raw,
			Sender: from, Auth: capture.FormatAuth(s.Prove(ctx, raw, trusted(m.Host.Reveal())))})
		if err != nil {
			return fault.Wrap("mailbox.weigh", err)
		}
		if fresh {
			m.Kept++
			m.MailAt = clock.At(s.clock.Now())
		}
	}
	m.LastUID = int64(h.UID)
	return s.note(ctx, m)
}

// named tells whether the person named a sender, or its domain.
func named(senders, from string) bool {
	if from == "" {
		return false
	}
	_, domain, _ := strings.Cut(from, "@")
	for _, n := range strings.Fields(senders) {
		if n == from || !strings.Contains(n, "@") && (domain == n || strings.HasSuffix(domain, "."+n)) {
			return true
		}
	}
	return false
}

// trusted is the name under which a server writes down its own checks, where it
// is known to take away what others wrote under that name.
func trusted(host string) string {
	if host == "imap.gmail.com" || host == "imap.googlemail.com" {
		return "mx.google.com"
	}
	return ""
}

// note writes how far a mailbox is read, if it is still this node's to read.
func (s *Service) note(ctx context.Context, m *Mailbox) error {
	return s.db.Write(ctx, s.scope(), func(tx *store.Tx) error {
		m.SeenAt = tx.Now()
		n, err := tx.Exec(ctx, `UPDATE mailboxes SET validity = $1, last_uid = $2, seen_at = $3, mail_at = $4, kept = $5, too_large = $6, failures = 0, reason = ''
			WHERE tenant_id = $7 AND id = $8 AND owner = $9`, m.Validity, m.LastUID, m.SeenAt, m.MailAt, m.Kept, m.TooLarge, s.Home, m.ID, s.node)
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "mailbox.note", "mailbox.elsewhere")
		}
		return err
	})
}
