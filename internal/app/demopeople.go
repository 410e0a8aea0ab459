package app

import (
	"context"

	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/tenant"
)

// demoOthers are people of the services beside CTT.
var demoOthers = []struct {
	service, email, name string
}{
	{"jenna", "bagas.prakoso@example.com", "Bagas Prakoso"},
	{"ashari", "sekar.larasati@example.com", "Sekar Larasati"},
	{"jagacash", "rina.maharani@example.com", "Rina Maharani"},
	{"epesantren", "fajar.hidayat@example.com", "Fajar Hidayat"},
}

// demoOfficers look after privacy in every service of the demo: two, because some
// acts want two people.
var demoOfficers = []struct{ email, name string }{
	{"ratna.wulandari@example.com", "Ratna Wulandari"},
	{"bayu.hartono@example.com", "Bayu Hartono"},
}

const demoPassword = "Amanah-demo-2026"

// demoPeople makes them, and gives the sign-ins worth printing: one person and one
// officer of each service.
func (a *App) demoPeople(ctx context.Context) ([]SignIn, error) {
	var out []SignIn
	for _, one := range demoOthers {
		if a.rules.notice(one.service) == nil {
			continue
		}
		in := SignIn{one.service, one.email, demoPassword}
		who, family, fresh, err := a.demoPerson(ctx, in, one.name)
		if err == nil && fresh && one.service == jaga {
			err = a.demoFamily(ctx, who, family)
			if err == nil {
				err = a.demoStatement(ctx, who, family)
			}
		}
		if err == nil && fresh {
			err = a.demoComplaint(ctx, one.service, who, one.name, one.email)
			if err == nil {
				err = a.demoBreach(ctx, one.service, who)
			}
		}
		if err == nil && fresh {
			err = a.demoHold(ctx, one.service, who)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, in)
	}
	for _, s := range a.services {
		for i, one := range demoOfficers {
			in := SignIn{s.Slug, one.email, demoPassword}
			who, _, fresh, err := a.demoPerson(ctx, in, one.name)
			if err != nil {
				return nil, err
			}
			if fresh {
				if err := a.demoOfficer(ctx, s.Slug, who); err != nil {
					return nil, err
				}
			}
			if i == 0 {
				out = append(out, in)
			}
		}
	}
	return out, nil
}

func (a *App) demoOfficer(ctx context.Context, service string, who id.Subject) error {
	home := a.scope(service, id.Tenant{})
	home.Purpose = "security"
	return a.db.Write(ctx, home, func(tx *store.Tx) error { return tenant.Hire(ctx, tx, who, tenant.Officer) })
}
