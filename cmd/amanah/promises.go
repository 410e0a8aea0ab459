package main

import (
	"errors"
	"fmt"
	"slices"

	"amanah/internal/app"
	"amanah/internal/privacy/promise"
)

type promisesCmd struct {
	opened
	Format string `enum:"table,json" default:"table" help:"table or json."`
}

// Run looks at every promise now and prints how it stands. While a server has the
// data folder, it prints what that server found last.
func (c promisesCmd) Run(w *world) error {
	list, err := c.look(w)
	if err != nil {
		return err
	}
	write := promise.WriteTable
	if c.Format == "json" {
		write = promise.WriteJSON
	}
	if err := write(w.out, list); err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(s promise.Shown) bool { return s.State == promise.Broken }) {
		return errNotInOrder
	}
	return nil
}

func (c promisesCmd) look(w *world) ([]promise.Shown, error) {
	a, err := c.open(w)
	if errors.Is(err, app.ErrInUse) {
		cfg, err := c.load(w)
		if err != nil {
			return nil, err
		}
		list, ok, err := app.FoundPromises(cfg)
		if err == nil && !ok {
			err = errors.New("the server that has the data folder has not looked yet: ask again in a minute")
		}
		fmt.Fprintln(w.err, "amanah: a server has the data folder; this is what it found last")
		return list, err
	}
	if err != nil {
		return nil, err
	}
	defer a.Close()
	if err := a.LookAtPromises(w); err != nil {
		return nil, err
	}
	return a.Promises(w)
}
