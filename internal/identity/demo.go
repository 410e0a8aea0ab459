package identity

import (
	"context"

	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/identity/factor"
	"amanah/internal/store"
)

// errDemo is the answer of a program that is not the demo.
func errDemo(op string) error { return fault.New(fault.Forbidden, op, "") }

// PlantDemo gives a person of the demo an app whose key is known. Fault Forbidden
// without Config.Demo.
func (s *Service) PlantDemo(ctx context.Context, slug string, who id.Subject, secret string) error {
	const op = "identity.PlantDemo"
	if !s.cfg.Demo {
		return errDemo(op)
	}
	v, err := s.service(slug)
	if err != nil {
		return err
	}
	return fault.Wrap(op, s.cfg.DB.Write(ctx, person(v, who, "security"), func(tx *store.Tx) error { return factor.Plant(ctx, tx, who, secret) }))
}

// DemoCode is the code that the person's app shows now: for the pages of the
// demo, where nobody has a telephone with it. Fault Forbidden without Config.Demo;
// "" where the person has no app, or its codes of the next seconds are used.
func (s *Service) DemoCode(ctx context.Context, p Principal) (code string, err error) {
	const op = "identity.DemoCode"
	if !s.cfg.Demo {
		return "", errDemo(op)
	}
	err = s.cfg.DB.Read(ctx, p.HomeScope("security"), func(tx *store.Tx) error {
		code, err = factor.Shown(ctx, tx, p.Subject)
		return err
	})
	return code, fault.Wrap(op, err)
}
