package identity

import (
	"net/http"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/identity/factor"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// stepChoice is what a page of proofs offers.
type stepChoice struct{ App, Passkey bool }

// demoHint is the code that the demo shows; On is false everywhere else.
type demoHint struct {
	On   bool
	Code string
}

// almost gives the person of a page that also serves who still has to set the
// first factor up.
func almost(r *http.Request) (Principal, bool) {
	if p, ok := FromContext(r.Context()); ok {
		return p, true
	}
	p, ok := halfway(r.Context())
	return p, ok && p.Step == StepEnrol
}

// enrolling lets through whole sessions, and those that lack nothing but a first
// factor.
func enrolling(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := almost(r); ok {
			next.ServeHTTP(w, r)
			return
		}
		Require(next).ServeHTTP(w, r)
	})
}

// fresh lets through who proved who they are within the last minutes; others are
// asked to, and come back to the page.
func (h pages) fresh(page string, next web.HandlerFunc) http.Handler {
	return web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		p, _ := almost(r)
		if p.Fresh(clock.At(h.cfg.DB.Clock().Now())) {
			return next(w, r)
		}
		if web.WantsJSON(r) {
			return errStale("identity.fresh")
		}
		at := web.ServiceOf(r.Context())
		back := at.Path(page)
		if r.Method == http.MethodGet {
			back = here(r)
		}
		web.Redirect(w, r, withNext(at.Path("/account/confirm"), back))
		return nil
	})
}

// site is the service as passkeys know it, ok where the browser can have any.
func (h pages) site(r *http.Request) (factor.Site, bool, error) {
	return factor.NewSite(h.v.Title(device(r).Lang), factor.Loopback(h.cfg.Address(h.v.Slug), r.Host))
}

// choice says which proofs a person can show here.
func (h pages) choice(r *http.Request, p Principal) (stepChoice, error) {
	held, err := h.Factors(r.Context(), p)
	if err != nil {
		return stepChoice{}, err
	}
	_, ok, err := h.site(r)
	return stepChoice{App: held.App, Passkey: ok && len(held.Passkeys) > 0}, err
}

func (h pages) demo(r *http.Request, p Principal) (demoHint, error) {
	if !h.cfg.Demo {
		return demoHint{}, nil
	}
	code, err := h.DemoCode(r.Context(), p)
	return demoHint{On: true, Code: code}, err
}

// proofOf reads what a form shows; password only where the page asks for it.
func (h pages) proofOf(r *http.Request, f *ui.Form) (Proof, error) {
	proof := Proof{Code: f.Value("code"), Answer: r.PostForm.Get("answer")}
	if proof.Answer == "" {
		return proof, nil
	}
	site, ok, err := h.site(r)
	if err == nil && !ok {
		err = fault.New(fault.Invalid, "identity.proof", "identity.passkey.wrong")
	}
	proof.Site = site
	return proof, err
}

// second is the page between the first proof and everything else.
func (h pages) second(w http.ResponseWriter, r *http.Request) error {
	p, half := halfway(r.Context())
	at := web.ServiceOf(r.Context())
	if !half || p.Step != StepSecond {
		return h.elsewhere(w, r)
	}
	f, posted, err := sent(r)
	if err != nil {
		return err
	}
	next := nextIn(at, r.FormValue("next"), "")
	var refused error
	if posted {
		proof, err := h.proofOf(r, f)
		var t Ticket
		if refused = err; err == nil {
			t, refused = h.Second(r.Context(), p, proof, device(r))
		}
		if refused == nil {
			h.Arrive(w, r, h.v.Slug, t, next)
			return nil
		}
		if fault.Is(refused, fault.Unauthorized) {
			web.Redirect(w, r, at.Path("/signin"))
			return nil
		}
		if !f.Take(refused) {
			return refused
		}
	}
	can, err := h.choice(r, p)
	if err != nil {
		return err
	}
	hint, err := h.demo(r, p)
	if err != nil {
		return err
	}
	forget(f, "code", "answer")
	web.Render(w, r, statusOf(f, refused), web.Page{Title: title(r, "identity.second.title"), Lead: title(r, "identity.second.lead"), Form: f,
		Passkey: can.Passkey, Sensitive: true}, secondPage(f, at, next, can, hint))
	return nil
}

// forget takes what is never sent back out of a form.
func forget(f *ui.Form, fields ...string) {
	for _, name := range fields {
		f.Values.Del(name)
	}
}

// elsewhere leads who is not in the middle of a sign-in to where they belong.
func (h pages) elsewhere(w http.ResponseWriter, r *http.Request) error {
	at := web.ServiceOf(r.Context())
	next := nextIn(at, r.FormValue("next"), "")
	if p, half := halfway(r.Context()); half {
		web.Redirect(w, r, stepPath(at, p.Step, next))
	} else if _, ok := FromContext(r.Context()); ok {
		web.Redirect(w, r, nextIn(at, next, h.landing(r)))
	} else {
		web.Redirect(w, r, at.Path("/signin"))
	}
	return nil
}

// askSecond answers the script with the question to a passkey.
func (h pages) askSecond(w http.ResponseWriter, r *http.Request) error {
	p, half := halfway(r.Context())
	if !half || p.Step != StepSecond {
		return fault.New(fault.Unauthorized, "identity.askSecond", "")
	}
	return h.ask(w, r, p, factor.ForProof)
}

func (h pages) ask(w http.ResponseWriter, r *http.Request, p Principal, purpose factor.Purpose) error {
	site, ok, err := h.site(r)
	if err != nil || !ok {
		return fault.New(fault.NotFound, "identity.ask", "not_found").Cause(err)
	}
	var out []byte
	if purpose == factor.ForSignIn {
		out, err = h.AskSignIn(r.Context(), h.v.Slug, site, device(r))
	} else {
		out, err = h.AskPasskey(r.Context(), p, site, purpose)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(out)
	return err
}

// askSignIn is open to strangers: a passkey says by itself whose it is.
func (h pages) askSignIn(w http.ResponseWriter, r *http.Request) error {
	return h.ask(w, r, Principal{}, factor.ForSignIn)
}

// signInPasskey takes the answer of whichever passkey the device has.
func (h pages) signInPasskey(w http.ResponseWriter, r *http.Request) error {
	f, _, err := sent(r)
	if err != nil {
		return err
	}
	at := web.ServiceOf(r.Context())
	next := nextIn(at, r.FormValue("next"), "")
	proof, refused := h.proofOf(r, f)
	if refused == nil && proof.Answer == "" {
		refused = fault.New(fault.Invalid, "identity.signInPasskey", "identity.passkey.wrong")
	}
	var t Ticket
	if refused == nil {
		t, refused = h.SignInPasskey(r.Context(), h.v.Slug, proof.Site, proof.Answer, device(r))
	}
	if refused == nil {
		h.Arrive(w, r, h.v.Slug, t, next)
		return nil
	}
	if !f.Take(refused) {
		return refused
	}
	forget(f, "answer")
	return h.showSignIn(w, r, f, next, refused)
}

// firstFactor leads to the first factor where the notice asks for one.
func (h pages) firstFactor(w http.ResponseWriter, r *http.Request) error {
	p, half := halfway(r.Context())
	if !half || p.Step != StepEnrol {
		return h.elsewhere(w, r)
	}
	at := web.ServiceOf(r.Context())
	_, passkeys, err := h.site(r)
	if err != nil {
		return err
	}
	web.Render(w, r, http.StatusOK, web.Page{Title: title(r, "identity.secure.title"), Lead: title(r, "identity.secure.lead")},
		securePage(at, nextIn(at, r.FormValue("next"), ""), passkeys))
	return nil
}

// confirm asks for a fresh proof before something that matters.
func (h pages) confirm(w http.ResponseWriter, r *http.Request) error {
	p, ok := almost(r)
	if !ok {
		return h.elsewhere(w, r)
	}
	f, posted, err := sent(r)
	if err != nil {
		return err
	}
	at := web.ServiceOf(r.Context())
	next := nextIn(at, r.FormValue("next"), at.Path("/account/security"))
	var refused error
	if posted {
		proof, err := h.proofOf(r, f)
		if refused = err; err == nil {
			if proof.Code == "" && proof.Answer == "" {
				proof.Password = f.Value("password")
			}
			refused = h.Refresh(r.Context(), p, proof, device(r))
		}
		if refused == nil {
			web.Redirect(w, r, next)
			return nil
		}
		if !f.Take(refused) {
			return refused
		}
	}
	can, err := h.choice(r, p)
	if err != nil {
		return err
	}
	var hint demoHint
	if can.App {
		if hint, err = h.demo(r, p); err != nil {
			return err
		}
	}
	forget(f, "code", "answer", "password")
	web.Render(w, r, statusOf(f, refused), web.Page{Title: title(r, "identity.confirm.title"), Lead: title(r, "identity.confirm.lead"), Form: f,
		Passkey: can.Passkey, Sensitive: true}, confirmPage(f, at, next, can, hint))
	return nil
}

func (h pages) askConfirm(w http.ResponseWriter, r *http.Request) error {
	p, ok := almost(r)
	if !ok {
		return fault.New(fault.Unauthorized, "identity.askConfirm", "")
	}
	return h.ask(w, r, p, factor.ForProof)
}
