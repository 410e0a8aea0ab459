package promise

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/retention"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/store"
)

// Args are the parameters of a check, as the promise names them.
type Args map[string]string

// Site is one service of the running installation, as a check looks at it.
type Site struct {
	Notice *notice.Notice
	// Home is the service's own enclosure. A check reads in it.
	Home store.Scope
	// Rooms are the home and every workspace in use.
	Rooms  []store.Scope
	Now    time.Time
	DB     *store.DB
	Schema *rowset.Schema
	Events retention.Events // may be nil
}

// Check looks whether promises are kept.
type Check struct {
	Name string
	// Params are the parameters that it takes; one that ends in ? may be left out.
	Params []string
	// Sound tells at the start what is wrong with parameters; nil where every value
	// will do.
	Sound func(n *notice.Notice, a Args) error
	// Every is how seldom it looks, where that is not at every run.
	Every time.Duration
	// Look finds out. An error means that nobody knows: the promise is unchecked.
	Look func(ctx context.Context, s Site, a Args) (Finding, error)
}

// takes says what is wrong with the names of the parameters.
func (c Check) takes(a Args) error {
	for _, p := range c.Params {
		name, optional := strings.CutSuffix(p, "?")
		if _, ok := a[name]; !ok && !optional {
			return fmt.Errorf("%s needs %s=…", c.Name, name)
		}
	}
	for name := range a {
		if !slices.Contains(c.Params, name) && !slices.Contains(c.Params, name+"?") {
			return fmt.Errorf("%s takes no %s=…", c.Name, name)
		}
	}
	return nil
}

// Verify holds the promises of notices against the checks that there are and the
// parts of the program that run. What it finds ends the start.
func Verify(ns []*notice.Notice, checks []Check, runs func(service, module string) bool, known func(n *notice.Notice, module string) bool) []notice.Finding {
	var out []notice.Finding
	for _, n := range ns {
		if len(n.Promises()) == 0 {
			out = append(out, notice.Finding{File: n.File(), Line: 1, Col: 1, Code: "no-promises", Message: "there is no file promises/" + n.File(),
				Mend: "write the service's promises there, so that people can see them kept", Severity: notice.Warning})
		}
		for _, p := range n.Promises() {
			fail := func(at notice.Pos, code, msg, mend string) {
				out = append(out, notice.Finding{File: p.File, Line: at.Line, Col: at.Col, Code: code, Message: msg, Mend: mend})
			}
			if p.Module != "" && !known(n, p.Module) {
				fail(p.Pos, "promise-module", fmt.Sprintf("%s waits for %q, which is no part of the program or the notice", p.ID, p.Module), "name a key under modules of the notice")
			}
			if len(p.Checks) == 0 && !p.People && p.Module != "" && runs(n.Service(), p.Module) {
				fail(p.Pos, "promise-unchecked", fmt.Sprintf("%s names no check, and %s runs now", p.ID, p.Module), "name the check that looks whether it is kept")
			}
			for _, c := range p.Checks {
				if err := verifyCheck(n, checks, c); err != nil {
					fail(c.Pos, "promise-check", p.ID+": "+err.Error(), "the checks are: "+strings.Join(names(checks), ", "))
				}
			}
		}
	}
	return out
}

func verifyCheck(n *notice.Notice, checks []Check, c notice.PromiseCheck) error {
	check, ok := find(checks, c.Name)
	if !ok {
		return fmt.Errorf("no check is called %q", c.Name)
	}
	if err := check.takes(c.Args); err != nil {
		return err
	}
	if check.Sound != nil {
		return check.Sound(n, c.Args)
	}
	return nil
}

func find(checks []Check, name string) (Check, bool) {
	i := slices.IndexFunc(checks, func(c Check) bool { return c.Name == name })
	if i < 0 {
		return Check{}, false
	}
	return checks[i], true
}

func names(checks []Check) []string {
	out := make([]string, len(checks))
	for i, c := range checks {
		out[i] = c.Name
	}
	sort.Strings(out)
	return out
}

// each reads in every room.
func (s Site) each(ctx context.Context, f func(tx *store.Tx) error) error {
	for _, room := range s.Rooms {
		if err := s.DB.Read(ctx, room, f); err != nil {
			return err
		}
	}
	return nil
}

// soon is when a thing is at risk: from four fifths of its time on.
func soon(age, limit time.Duration) bool { return age >= limit*4/5 }

// within weighs an age against its limit.
func within(age, limit time.Duration) State {
	switch {
	case age > limit:
		return Broken
	case soon(age, limit):
		return AtRisk
	}
	return Kept
}
