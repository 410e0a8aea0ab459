package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"amanah/internal/app"
	"amanah/internal/fault"
	"amanah/internal/id"
)

// opened are the flags of commands that open the data, as serve would, and start
// nothing.
type opened struct {
	configured
}

// open opens the program; on SQLite no other may have the folder open.
func (o opened) open(w *world) (*app.App, error) { return o.openFor(w, app.Options{}) }

// begin is open, also where there is no data yet.
func (o opened) begin(w *world) (*app.App, error) { return o.start(w, app.Options{}, true) }

func (o opened) openFor(w *world, options app.Options) (*app.App, error) {
	return o.start(w, options, false)
}

func (o opened) start(w *world, options app.Options, fresh bool) (*app.App, error) {
	cfg, err := o.load(w)
	if err != nil {
		return nil, err
	}
	if err := cfg.Finish(); err != nil {
		return nil, wrongUse{err}
	}
	if cfg.Database == "" && !fresh {
		if _, err := os.Stat(filepath.Join(cfg.Data, "amanah.db")); err != nil {
			return nil, fmt.Errorf("there is no data in %s: name the folder with --data, or start amanah serve once", cfg.Data)
		}
	}
	options.Clock, options.Getenv, options.Log, options.Version = w.clock, w.getenv, logger(w, "warn"), version
	a, err := app.New(w, cfg, options)
	if found := (app.Findings)(nil); errors.As(err, &found) {
		fmt.Fprintln(w.err, found)
		return nil, errors.Join(errNotInOrder, errors.New("notices"))
	}
	return a, err
}

// ofService is the flag of commands that work in one service.
type ofService struct {
	Service string `help:"jenna, ashari, jagacash, ctt or epesantren." default:"ctt"`
}

type tenantCmd struct {
	Create tenantCreate `cmd:"" help:"Make a workspace, and its owner's account where there is none."`
	List   tenantList   `cmd:"" help:"List the workspaces, one JSON object a line; no names."`
	Export tenantExport `cmd:"" help:"Write the copy of each member into a folder."`
	Staff  staffCmd     `cmd:"" help:"Say who works for a service."`
	Close  tenantClose  `cmd:"" help:"Close a workspace and remove everything in it."`
}

type tenantCreate struct {
	opened
	ofService
	Email    string `help:"The owner's address; - reads it from standard input, so that no shell history keeps it." required:"" placeholder:"ADDRESS|-"`
	Name     string `help:"The owner's name, for a new account." placeholder:"NAME"`
	Company  string `help:"Name of the company, for a company's workspace." placeholder:"NAME"`
	Zone     string `help:"Asia/Jakarta, Asia/Makassar or Asia/Jayapura." default:"Asia/Jakarta"`
	Lang     string `enum:"id,en" default:"id" help:"The owner's language: id or en."`
	Accepted bool   `help:"You have it from the owner that they accepted the notice and have its minimum age."`
}

// Run prints the workspace's and the owner's id.
func (c tenantCreate) Run(w *world) error {
	if !c.Accepted {
		return wrongUse{errors.New("nobody can accept a notice for another: ask the owner, then say --accepted")}
	}
	email, err := address(w, c.Email)
	if err != nil {
		return err
	}
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	who, workspace, err := a.CreateTenant(w, c.Service, app.NewTenant{Email: email, Name: c.Name, Lang: c.Lang, Zone: c.Zone, Company: c.Company})
	if err != nil {
		return said(err)
	}
	return json.NewEncoder(w.out).Encode(map[string]any{"service": c.Service, "id": workspace, "owner": who})
}

type tenantList struct {
	opened
	Service string `help:"Only this service." placeholder:"SERVICE"`
}

// Run prints one JSON object a workspace.
func (c tenantList) Run(w *world) error {
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	services := a.Services()
	if c.Service != "" {
		services = []string{c.Service}
	}
	out := json.NewEncoder(w.out)
	for _, s := range services {
		lines, err := a.Tenants(w, s)
		if err != nil {
			return said(err)
		}
		for _, l := range lines {
			if err := out.Encode(l); err != nil {
				return err
			}
		}
	}
	return nil
}

type tenantExport struct {
	opened
	ofService
	ID  string `arg:"" help:"The workspace's id."`
	Dir string `arg:"" help:"A new folder for the copies." type:"path"`
	copied
}

// Run writes one ZIP a member: the same file that the member would get. The only
// owner's holds the whole workspace.
func (c tenantExport) Run(w *world) error {
	key, err := id.ParseTenant(c.ID)
	if err != nil {
		return wrongUse{fmt.Errorf("%q is not an id", c.ID)}
	}
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	members, err := a.MembersOf(w, c.Service, key)
	if err != nil {
		return said(err)
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return err
	}
	for _, m := range members {
		file := filepath.Join(c.Dir, m.Subject.String()+".zip")
		if err := c.write(w, a, c.Service, m.Subject, file); err != nil {
			return err
		}
	}
	return nil
}

type tenantClose struct {
	opened
	ofService
	ID  string `arg:"" help:"The workspace's id."`
	Yes bool   `help:"Do not ask."`
}

// Run closes it after the id was typed again.
func (c tenantClose) Run(w *world) error {
	key, err := id.ParseTenant(c.ID)
	if err != nil {
		return wrongUse{fmt.Errorf("%q is not an id", c.ID)}
	}
	if !c.Yes {
		if err := confirm(w, "Everything in the workspace goes and cannot be brought back.", c.ID); err != nil {
			return err
		}
	}
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.CloseTenant(w, c.Service, key); err != nil {
		return said(err)
	}
	fmt.Fprintf(w.out, "closed %s\n", key)
	return nil
}

// said turns the faults that an operator can mend into a sentence.
func said(err error) error {
	f := fault.Of(err)
	switch {
	case fault.Is(err, fault.NotFound):
		return fmt.Errorf("not found in this service (%w)", err)
	case fault.Is(err, fault.Invalid) && f.Field != "":
		return wrongUse{fmt.Errorf("--%s: %s", f.Field, f.Key)}
	}
	return err
}
