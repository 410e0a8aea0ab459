package audit_test

import (
	"testing"

	"amanah/internal/audit"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

// What an act costs, beside a link of the older chain.
func BenchmarkRecord(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		s := storetest.Open(b, engine, config)
		l, who := newLog(b, s), s.Subject()
		for name, do := range map[string]func(*store.Tx) error{
			"chain": func(tx *store.Tx) error { return audit.RecordOld(b.Context(), tx, "signin", who) },
			"log": func(tx *store.Tx) error {
				return audit.Record(b.Context(), tx, audit.Act{Name: "signin", Subject: who, Object: "account"})
			},
		} {
			b.Run(engine+"/"+name, func(b *testing.B) {
				write(b, s, l.Home, func(tx *store.Tx) error {
					for b.Loop() {
						if err := do(tx); err != nil {
							return err
						}
					}
					return nil
				})
			})
		}
	}
}

// What a typed read costs with the read log and without.
func BenchmarkReads(b *testing.B) {
	for _, on := range []bool{false, true} {
		name := map[bool]string{false: "off", true: "on"}[on]
		b.Run(name, func(b *testing.B) {
			s := storetest.Open(b, "sqlite", readConfig)
			home := s.Scope(s.Tenant())
			home.Home = home.Tenant
			write(b, s, home, func(tx *store.Tx) error {
				for range 50 {
					if err := store.Insert(b.Context(), tx, &letter{Subject: s.Subject(), Title: "a"}); err != nil {
						return err
					}
				}
				return nil
			})
			if on {
				r := audit.NewReads(s.DB, nil)
				defer r.Close() //nolint:errcheck // a measurement
			}
			for b.Loop() {
				err := s.Read(b.Context(), home, func(tx *store.Tx) error {
					_, err := store.Find[letter](b.Context(), tx, "WHERE tenant_id = $1", tx.Tenant())
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
