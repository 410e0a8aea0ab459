package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"amanah/internal/id"
	"amanah/internal/privacy/hold"
)

type holdCmd struct {
	Add  holdAdd  `cmd:"" help:"Place a hold: what it covers is neither erased nor swept. The person is told unless --silence is given."`
	List holdList `cmd:"" help:"List the holds that stand, one JSON object a line; no names, no reasons."`
	Lift holdLift `cmd:"" help:"End a hold. What waited goes on."`
}

// inService names the service as the first argument.
type inService struct {
	Service string `arg:"" help:"jenna, ashari, jagacash, ctt or epesantren."`
}

type holdAdd struct {
	opened
	inService
	Email       string    `help:"The person by the account's address; - reads it from standard input." placeholder:"ADDRESS|-"`
	Workspace   string    `help:"The workspace's number." placeholder:"ID"`
	Categories  []string  `help:"Categories of the notice; none are all." placeholder:"KEY"`
	From        time.Time `format:"2006-01-02" help:"Data from this day on." placeholder:"DAY"`
	Until       time.Time `format:"2006-01-02" help:"Data before this day." placeholder:"DAY"`
	Reason      string    `required:"" help:"Why the data must stay. The person reads it."`
	OrderedBy   string    `required:"" help:"Who ordered it: name and office."`
	Case        string    `help:"Case number or document."`
	Review      time.Time `format:"2006-01-02" required:"" help:"When it is looked at again, within a year." placeholder:"DAY"`
	Silence     string    `enum:",investigation,court,laundering" default:"" help:"Why the person must not be told: investigation, court or laundering."`
	SilentUntil time.Time `format:"2006-01-02" help:"When the silence ends." placeholder:"DAY"`
}

// Run prints the hold.
func (c holdAdd) Run(w *world) error {
	n := hold.New{Categories: c.Categories, From: c.From, Until: c.Until, Reason: c.Reason, OrderedBy: c.OrderedBy, Case: c.Case, Review: c.Review, Silence: hold.Silence(c.Silence), SilentUntil: c.SilentUntil}
	if c.Workspace != "" {
		key, err := id.ParseTenant(c.Workspace)
		if err != nil {
			return wrongUse{errors.New("--workspace: not a number of a workspace")}
		}
		n.Workspace = key
	}
	email := ""
	if c.Email != "" {
		var err error
		if email, err = address(w, c.Email); err != nil {
			return err
		}
	}
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	if email != "" {
		if n.Who, err = a.PersonByEmail(w, c.Service, email); err != nil {
			return said(err)
		}
	}
	line, err := a.PlaceHold(w, c.Service, n)
	if err != nil {
		return said(err)
	}
	return json.NewEncoder(w.out).Encode(line)
}

type holdList struct {
	opened
	inService
	All bool `help:"Those that were lifted too."`
}

// Run prints the holds.
func (c holdList) Run(w *world) error {
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	all, err := a.Holds(w, c.Service, c.All)
	for _, one := range all {
		if err == nil {
			err = json.NewEncoder(w.out).Encode(one)
		}
	}
	return said(err)
}

type holdLift struct {
	opened
	inService
	ID     string `arg:"" help:"The hold's id, as list prints it."`
	Reason string `required:"" help:"Why it is lifted."`
}

// Run says that it was done.
func (c holdLift) Run(w *world) error {
	key, err := id.Parse(c.ID)
	if err != nil {
		return wrongUse{fmt.Errorf("%q is not the id of a hold", c.ID)}
	}
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.LiftHold(w, c.Service, key, c.Reason); err != nil {
		return said(err)
	}
	fmt.Fprintln(w.out, "lifted")
	return nil
}
