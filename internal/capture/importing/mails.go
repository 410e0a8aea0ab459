package importing

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"amanah/internal/capture"
	"amanah/internal/extract/mbox"
	"amanah/internal/fault"
	"amanah/internal/inbox"
	"amanah/internal/store"
)

const (
	maxMail   = 10 << 20 // of one mail
	mailBatch = 25       // mails between two notes of how far it came
)

// runMails hands a file's mails to the inbox, which makes each durable and takes
// none twice. DoneLine counts mails.
func (s *Service) runMails(ctx context.Context, sc store.Scope, i *Import) error {
	f, err := s.db.OpenFile(ctx, sc, i.Subject, i.File)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := mbox.New(f, maxMail)
	if err != nil {
		return err
	}
	until := s.clock.Now().Add(slice)
	var step tally
	step.problems = i.List()
	for n := int64(1); ; n++ {
		raw, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		large := errors.Is(err, mbox.ErrTooLarge)
		if err != nil && !large {
			return err
		}
		if n <= i.DoneLine {
			continue
		}
		if large {
			step.bad(n, "import.mail.too_large")
		} else if err := s.mail(ctx, sc, i, raw, r.Many(), &step); err != nil {
			return err
		}
		if step.n++; step.n%mailBatch == 0 {
			if err := s.note(ctx, sc, i, n, &step); err != nil {
				return err
			}
			if s.clock.Now().After(until) {
				return s.db.Write(ctx, sc, func(tx *store.Tx) error { return s.enqueue(ctx, tx, i.ID) })
			}
		}
	}
	if err := s.note(ctx, sc, i, i.DoneLine+step.n, &step); err != nil {
		return err
	}
	return s.end(ctx, sc, i, Done, "")
}

// tally counts what became of mails since it was noted last.
type tally struct {
	n, kept, same, skipped, wrong int64
	problems                      []Problem
}

func (t *tally) bad(n int64, reason string) {
	if t.wrong++; len(t.problems) < maxProblems {
		t.problems = append(t.problems, Problem{n, reason})
	}
}

// mail hands one mail on. Of many, only those of known issuers are kept: the file
// may be a whole private mailbox.
func (s *Service) mail(ctx context.Context, sc store.Scope, i *Import, raw []byte, many bool, t *tally) error {
	from, known := s.Known(raw)
	if from == "" && !known {
		t.bad(i.DoneLine+t.n+1, "import.mail.not_a_mail")
		return nil
	}
	if many && !known {
		t.skipped++
		return nil
	}
	in := inbox.In{Scope: sc, Subject: i.Subject, Channel: capture.Channel, Conversation: sc.Tenant.String(), Raw: raw, Sender: from, Auth: capture.FormatAuth(s.Prove(ctx, raw))}
	_, fresh, err := s.Inbox.Accept(ctx, in)
	if err != nil {
		return fault.Wrap("importing.mail", err)
	}
	if fresh {
		t.kept++
	} else {
		t.same++
	}
	return nil
}

// note writes how far the mails are. Of two runs at once one goes on.
func (s *Service) note(ctx context.Context, sc store.Scope, i *Import, upto int64, t *tally) error {
	b, err := json.Marshal(t.problems)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, sc, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE imports SET done_line = $1, handled = handled + $2, booked = booked + $3, same = same + $4, skipped = skipped + $5, bad = bad + $6, problems = $7
			WHERE tenant_id = $8 AND id = $9 AND done_line = $10 AND state = $11`, upto, t.n, t.kept, t.same, t.skipped, t.wrong, string(b), tx.Tenant(), i.ID, i.DoneLine, string(Running))
		if err == nil && n == 0 {
			return errElsewhere
		}
		return err
	})
	if err != nil {
		return err
	}
	i.DoneLine, i.Handled = upto, i.Handled+t.n
	*t = tally{problems: t.problems}
	return nil
}
