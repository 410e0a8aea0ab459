package identity

import (
	"context"
	"net/netip"
	"strconv"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// neighbourhood is by what a sign-in is compared with earlier ones: the family of
// the browser and system, and the /24 or /48 that the address lies in. A new
// version of a browser, or another address of the same network, is not unusual.
func neighbourhood(d Device) string {
	net := "unknown"
	if a, err := netip.ParseAddr(d.IP); err == nil {
		a = a.Unmap().WithZone("")
		bits := 24
		if a.Is6() {
			bits = 48
		}
		if p, err := a.Prefix(bits); err == nil {
			net = p.String()
		}
	}
	return ReadAgent(d.Agent).String() + " " + net
}

// isUnusual tells whether none of the account's kept sessions was opened from
// there. The first one ever is not unusual, and neither is one beside sessions
// of which that is not known.
func isUnusual(ctx context.Context, tx *store.Tx, row *session) (bool, error) {
	known, same := 0, 0
	err := tx.QueryRow(ctx, "SELECT count(*), COALESCE(SUM(CASE WHEN place_index = $3 THEN 1 ELSE 0 END), 0) FROM sessions WHERE tenant_id = $1 AND subject_id = $2 AND place_index IS NOT NULL",
		[]any{tx.Tenant(), row.Subject, row.Place}, &known, &same)
	return known > 0 && same == 0, fault.Wrap("identity.isUnusual", err)
}

// mailUnusual tells the owner of an unusual sign-in: when, on what, roughly from
// where, and with a link that ends all of it.
func (s *Service) mailUnusual(ctx context.Context, v tenant.Service, a *account, d Device) error {
	token, err := s.issue(ctx, v, a.Subject, kindAlarm, alarmTime)
	if err != nil {
		return err
	}
	device := ReadAgent(d.Agent).String()
	if device == "" {
		device = "–"
	}
	say := s.printer(a.Lang)
	return s.mail(ctx, v, a, "identity.mail.unusual", s.link(v, "/signin/notme", token),
		"when", say.DateTime(s.cfg.DB.Clock().Now()), "device", device, "place", rough(d.IP), "sessions", s.link(v, "/account/sessions", ""))
}

// rough is an address as a letter shows it: the network, not the very machine.
func rough(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return "–"
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		b := a.As4()
		return strconv.Itoa(int(b[0])) + "." + strconv.Itoa(int(b[1])) + "." + strconv.Itoa(int(b[2])) + ".x"
	}
	p, err := a.Prefix(48)
	if err != nil {
		return "–"
	}
	return p.String()
}

// Disowned looks at the link of a letter about an unusual sign-in without using
// it up. Faults: Invalid with identity.token.wrong, TooMany.
func (s *Service) Disowned(ctx context.Context, slug, token string, d Device) error {
	v, err := s.service(slug)
	if err != nil {
		return err
	}
	_, err = s.tokenAccount(ctx, v, kindAlarm, token, d)
	return err
}

// Disown is what the owner does who says that a sign-in was not theirs: all
// sessions end, the password that somebody else knows opens nothing any more, and
// a link for a new one is mailed. Faults as of Disowned.
func (s *Service) Disown(ctx context.Context, slug, token string, d Device) error {
	const op = "identity.Disown"
	v, err := s.service(slug)
	if err != nil {
		return err
	}
	a, err := s.tokenAccount(ctx, v, kindAlarm, token, d)
	if err != nil {
		return err
	}
	err = s.cfg.DB.Write(ctx, person(v, a.Subject, "security"), func(tx *store.Tx) error {
		if err := consume(ctx, tx, kindAlarm, token); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE accounts SET password_hash = NULL WHERE tenant_id = $1 AND id = $2", tx.Tenant(), a.Subject); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, a.Subject, id.ID{}); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Name: "signin.disowned", Subject: a.Subject})
	})
	if err != nil {
		return fault.Wrap(op, err)
	}
	s.later(ctx, func(ctx context.Context) error {
		token, err := s.issue(ctx, v, a.Subject, kindReset, resetTime)
		if err != nil {
			return err
		}
		return s.mail(ctx, v, a, "identity.mail.reset", s.link(v, "/reset/new", token))
	})
	return nil
}
