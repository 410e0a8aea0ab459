package app

import (
	"testing"

	"amanah/internal/fault"
	"amanah/internal/privacy/shelf"
	"amanah/internal/store"
)

// decided registers the impact assessments that came with the notices, as an
// officer would after examining them.
func decided(t *testing.T, a *App) *App {
	t.Helper()
	for _, n := range a.rules.notices {
		if n.Assessment() == nil {
			continue
		}
		now := a.Clock.Now()
		if err := a.FilePaper(t.Context(), n.Service(), "assessment", shelf.Paper{Signed: now, Review: now.AddDate(1, 0, 0)}); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// Before an officer has decided on the impact assessment, no transaction that
// reads mails opens; signing in, rights and support go on.
func TestPapers_captureWaitsForTheAssessment(t *testing.T) {
	t.Parallel()
	a := undecided(t, "")
	try := func(purpose string) error {
		s := a.scope("ctt", a.scope("ctt", [16]byte{}).Home)
		s.Purpose = purpose
		return a.db.Read(t.Context(), s, func(*store.Tx) error { return nil })
	}
	for _, purpose := range []string{"capture", "deliver"} {
		if err := try(purpose); !fault.Is(err, fault.Forbidden) || fault.Of(err).Key != "shelf.not_assessed" {
			t.Errorf("%s: %v", purpose, err)
		}
	}
	for _, purpose := range []string{"service", "rights", "security", "support"} {
		if err := try(purpose); err != nil {
			t.Errorf("%s: %v", purpose, err)
		}
	}
	decided(t, a)
	for _, purpose := range []string{"capture", "deliver"} {
		if err := try(purpose); err != nil {
			t.Errorf("%s after the decision: %v", purpose, err)
		}
	}
}

// A vendor at home that the configuration names needs its agreement; a server in
// the operator's own network does not.
func TestPapers_theDoorAsksForTheAgreement(t *testing.T) {
	t.Parallel()
	for relay, open := range map[string]bool{"relay.example:587": false, "127.0.0.1:2526": true} {
		a := undecided(t, "mail: {relay: \""+relay+"\"}")
		host := hostOf(relay)
		err := authority{a}.MaySend("ctt", "smtp-relay", "security", []string{"account.email"}, host)
		if (err == nil) != open {
			t.Errorf("%s: %v", relay, err)
		}
		if err != nil && fault.Of(err).Args["line"] != "ctt.yaml: recipients: smtp-relay: agreement: agreements/mail-relay.pdf: unregistered" {
			t.Errorf("the refusal says %v", fault.Of(err).Args)
		}
	}
}
