package identity

import (
	"context"
	"net/http"
	"net/url"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
)

// Method is how an account proved itself when a session began.
type Method string

// The methods. A passkey with user verification is possession and knowledge (or
// body) in one, and counts as both factors.
const (
	ByPassword Method = "password"
	ByGoogle   Method = "google"
	ByMagic    Method = "magic"
	ByPasskey  Method = "passkey"
)

// Step is what a session still lacks before it opens anything.
type Step string

// The steps. A session with one of them is half: FromContext, Resolve and
// Require treat it as nobody's.
const (
	StepNone   Step = ""
	StepSecond Step = "second" // the account has a second factor, which was not shown yet
	StepEnrol  Step = "enrol"  // the notice asks for a second factor and the account has none
)

// Enter opens a session for an account that proved itself by a method. The
// caller answers for that proof, and for having counted the try. The session is
// half, as the ticket's Step says, where a second proof is missing. Faults:
// NotFound for no such active account, Invalid with identity.signin.unverified
// where its address was never proven: somebody else may have chosen that
// account's password, so that nobody is let in beside them.
func (s *Service) Enter(ctx context.Context, slug string, who id.Subject, how Method, d Device) (Ticket, error) {
	const op = "identity.Enter"
	v, err := s.service(slug)
	if err != nil {
		return Ticket{}, err
	}
	var a *account
	err = s.cfg.DB.Read(ctx, visitor(v, "security"), func(tx *store.Tx) error {
		a, err = bySubject(ctx, tx, who)
		return err
	})
	if err != nil {
		return Ticket{}, fault.Wrap(op, err)
	}
	if a.VerifiedAt.IsZero() {
		return Ticket{}, fault.New(fault.Invalid, op, "identity.signin.unverified")
	}
	t, err := s.welcome(ctx, v, a, nil, how, d, nil)
	return t, fault.Wrap(op, err)
}

// Find gives the active account of an address, false where there is none: what
// it says must not reach a stranger. Fault Invalid for what is no address.
func (s *Service) Find(ctx context.Context, slug, email string) (id.Subject, bool, error) {
	const op = "identity.Find"
	v, err := s.service(slug)
	if err != nil {
		return id.Subject{}, false, err
	}
	normal, err := normalEmail(email)
	if err != nil {
		return id.Subject{}, false, err
	}
	index, err := s.emailIndex(ctx, v, normal)
	if err != nil {
		return id.Subject{}, false, err
	}
	a, err := s.find(ctx, v, index)
	if err != nil || a == nil {
		return id.Subject{}, false, fault.Wrap(op, err)
	}
	return a.Subject, true, nil
}

// Arrive gives the browser its session and leads on: to the step that the session
// lacks, else to next (an address within the service), else to the landing page.
// next is what a stranger may have put into the address, and is judged here.
func (s *Service) Arrive(w http.ResponseWriter, r *http.Request, slug string, t Ticket, next string, flash ...web.Flash) {
	s.setCookie(w, r, slug, t)
	at := web.ServiceOf(r.Context())
	if t.Step != StepNone {
		web.Redirect(w, r, stepPath(at, t.Step, nextIn(at, next, "")), flash...)
		return
	}
	to := nextIn(at, next, at.Path(s.cfg.Landing(slug)))
	if s.cfg.First != nil {
		if first := s.cfg.First(slug, t.Subject); first != "" {
			to = at.Path(first)
		}
	}
	web.Redirect(w, r, to, flash...)
}

// stepPath is the page of a step; next is where it leads on to.
func stepPath(at web.Service, step Step, next string) string {
	to := at.Path("/signin/second")
	if step == StepEnrol {
		to = at.Path("/signin/secure")
	}
	if next != "" {
		to += "?next=" + url.QueryEscape(next)
	}
	return to
}

// required tells whether the notice asks a person for a second factor, by the
// roles that they have anywhere, or because they are the service's staff.
func (s *Service) required(ctx context.Context, tx *store.Tx, slug string, who id.Subject, places []tenant.Membership) (bool, error) {
	if s.cfg.Required == nil {
		return false, nil
	}
	for _, p := range places {
		if s.cfg.Required(slug, p.Role, false) {
			return true, nil
		}
	}
	role, err := tenant.RoleOf(ctx, tx, tx.Tenant(), who)
	return err == nil && role != "" && s.cfg.Required(slug, role, true), fault.Wrap("identity.required", err)
}
