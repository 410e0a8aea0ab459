package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"amanah/internal/app"
	"amanah/internal/clock"
	"amanah/internal/id"
)

type breachCmd struct {
	Drill breachDrill `cmd:"" help:"From \"this leaked between these hours\" to drafted letters with the right people and categories. Sends nothing."`
}

type breachDrill struct {
	opened
	Service  string   `arg:"" help:"The service, such as ctt."`
	Token    string   `help:"The API token that leaked, by its id." placeholder:"ID" xor:"credential"`
	Session  string   `help:"The session that leaked, by its id." placeholder:"ID" xor:"credential"`
	Account  string   `help:"The account that somebody else used; - reads its address from standard input." placeholder:"ADDRESS|-"`
	Address  string   `help:"The network address that read." placeholder:"IP"`
	Table    string   `help:"One table alone." placeholder:"NAME"`
	Category string   `help:"One category of the notice alone." placeholder:"NAME"`
	Tenant   string   `help:"One workspace alone." placeholder:"ID"`
	From     string   `help:"Begin, such as 2026-11-22T08:00:00+07:00." placeholder:"TIME"`
	To       string   `help:"End." placeholder:"TIME"`
	Kind     []string `help:"access, loss, defeat, ransomware." enum:"access,loss,defeat,ransomware" default:"access"`
	Out      string   `help:"A new folder for letters, list and file." required:"" type:"path" placeholder:"DIR"`
}

// order reads the flags.
func (c breachDrill) order(w *world) (o app.BreachOrder, err error) {
	o = app.BreachOrder{Service: c.Service, Address: c.Address, Table: c.Table, Category: c.Category, Kinds: c.Kind}
	if text := c.Token + c.Session; text != "" {
		if o.Credential, err = id.Parse(text); err != nil {
			return o, wrongUse{fmt.Errorf("%q is not an id", text)}
		}
	}
	if c.Tenant != "" {
		if o.Tenant, err = id.ParseTenant(c.Tenant); err != nil {
			return o, wrongUse{fmt.Errorf("--tenant: %q is not an id", c.Tenant)}
		}
	}
	for _, t := range []struct {
		text string
		to   *clock.Instant
	}{{c.From, &o.From}, {c.To, &o.To}} {
		if t.text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, t.text)
		if err != nil {
			return o, wrongUse{fmt.Errorf("%q is not a time such as 2026-11-22T08:00:00+07:00", t.text)}
		}
		*t.to = clock.At(at)
	}
	if c.Account != "" {
		if o.Email, err = readAddress(c.Account, bufio.NewReader(w.input())); err != nil {
			return o, err
		}
	}
	return o, nil
}

// Run makes the folder and prints the summary as JSON. Exit 1 where a letter lacks
// a part.
func (c breachDrill) Run(w *world) error {
	o, err := c.order(w)
	if err != nil {
		return err
	}
	if err := os.Mkdir(c.Out, 0o700); err != nil {
		return wrongUse{errors.New("--out: name a folder that does not exist yet")}
	}
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	res, err := a.DrillBreach(w, o, func(name string, body []byte) error {
		return os.WriteFile(filepath.Join(c.Out, name), body, 0o600)
	})
	if err != nil {
		return said(err)
	}
	e := json.NewEncoder(w.out)
	e.SetIndent("", "  ")
	if err := e.Encode(res); err != nil {
		return err
	}
	if len(res.MissingAuthority)+len(res.MissingPeople) > 0 {
		return errNotInOrder
	}
	return nil
}
