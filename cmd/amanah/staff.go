package main

import (
	"encoding/json"
	"fmt"

	"amanah/internal/app"
	"amanah/internal/tenant"
)

type staffCmd struct {
	Add    staffAdd    `cmd:"" help:"Let a person with an account answer support and keep the books; they need a second factor."`
	Remove staffRemove `cmd:"" help:"End it."`
	List   staffList   `cmd:"" help:"List the staff, one JSON object a line; no names."`
}

type staffPerson struct {
	opened
	ofService
	Email string `help:"The account's address; - reads it from standard input, so that no shell history keeps it." required:"" placeholder:"ADDRESS|-"`
}

// change does something for the person with the address.
func (c staffPerson) change(w *world, f func(a *app.App, email string) error) error {
	email, err := address(w, c.Email)
	if err != nil {
		return err
	}
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	return f(a, email)
}

type staffAdd struct {
	staffPerson
	Officer bool `help:"The person looks after privacy: requests, complaints, breaches, holds, records."`
}

// Run says what was done.
func (c staffAdd) Run(w *world) error {
	return c.change(w, func(a *app.App, email string) error {
		role := tenant.Worker
		if c.Officer {
			role = tenant.Officer
		}
		if err := a.Hire(w, c.Service, email, role); err != nil {
			return err
		}
		fmt.Fprintln(w.out, "added")
		return nil
	})
}

type staffRemove struct{ staffPerson }

// Run says what was done.
func (c staffRemove) Run(w *world) error {
	return c.change(w, func(a *app.App, email string) error {
		if err := a.Dismiss(w, c.Service, email); err != nil {
			return err
		}
		fmt.Fprintln(w.out, "removed")
		return nil
	})
}

type staffList struct {
	opened
	ofService
}

// Run prints the staff.
func (c staffList) Run(w *world) error {
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	all, err := a.Staff(w, c.Service)
	for _, one := range all {
		if err == nil {
			err = json.NewEncoder(w.out).Encode(one)
		}
	}
	return err
}
