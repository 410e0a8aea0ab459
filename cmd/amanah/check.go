package main

import (
	"fmt"

	"amanah/internal/app"
	"amanah/internal/privacy/notice"
)

type checkCmd struct {
	configured
	Notices string `help:"Folder of notices in place of the built-in ones." type:"path" placeholder:"DIR"`
}

// Run prints one line a finding. Warnings alone are in order.
func (c checkCmd) Run(w *world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	if c.Notices != "" {
		cfg.Notices = c.Notices
	}
	if err := cfg.Finish(); err != nil {
		return wrongUse{err}
	}
	found, err := app.Check(cfg, w.clock.Now())
	if err != nil {
		return err
	}
	wrong := false
	for _, f := range found {
		fmt.Fprintln(w.out, f)
		wrong = wrong || f.Severity == notice.Error
	}
	pictures := app.Pictures(cfg)
	defer pictures.Close()
	switch engine, file := pictures.Engine(); {
	case pictures.Probe() != nil:
		fmt.Fprintf(w.err, "pictures are not read: %s\n", pictures.Why())
	default:
		fmt.Fprintf(w.err, "pictures are read by %s (%s)\n", engine, file)
	}
	if wrong {
		return errNotInOrder
	}
	return nil
}
