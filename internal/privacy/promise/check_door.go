package promise

import (
	"context"
	"net/http"
	"sync"

	"amanah/internal/fault"
	"amanah/internal/privacy/egress"
	"amanah/internal/store"
)

// memory is the ledger of a self-test at the door: nothing of it is kept.
type memory struct {
	mu  sync.Mutex
	all []egress.Transfer
}

// Record remembers what the door wrote down.
func (m *memory) Record(_ context.Context, t egress.Transfer) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, t)
	return nil
}

// Door makes the check of the door: open gives a door with the program's own rules
// and another ledger. Nothing that it is asked for would leave.
func Door(open func(egress.Ledger) *egress.Door) Check {
	return Check{Name: "door", Look: func(ctx context.Context, s Site, _ Args) (Finding, error) {
		for _, c := range []struct{ address, key string }{
			{"http://1.1.1.1/in", "egress.insecure"},
			{"https://10.0.0.1/in", "egress.private_address"},
			{"https://169.254.169.254/latest", "egress.private_address"},
		} {
			if err := open(&memory{}).Check(ctx, c.address); err == nil || fault.Of(err).Key != c.key {
				return found(Broken, Fig("door_open", "where", Words(c.address))), nil
			}
		}
		m := &memory{}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://stranger.example/in", nil)
		if err != nil {
			return Finding{}, err
		}
		_, err = open(m).Do(ctx, egress.Use{Service: s.Notice.Service(), Tenant: trial(s, "trial").Tenant,
			Recipient: egress.Recipient{Key: "stranger", Kind: egress.Processor}, Purpose: Purpose}, req)
		if err == nil || fault.Of(err).Key != "egress.refused_by_notice" || len(m.all) == 0 || m.all[len(m.all)-1].Outcome != egress.Refused {
			return found(Broken, Fig("door_open", "where", Words("stranger.example"))), nil
		}
		return found(Kept, Fig("door")), nil
	}}
}

// purposes asks the store for a purpose that the notice does not name.
func purposes(ctx context.Context, s Site, _ Args) (Finding, error) {
	scope := s.Home
	scope.Purpose = "advertising"
	if _, named := s.Notice.Purpose(scope.Purpose); named {
		return found(Broken, Fig("purpose_open", "purpose", Words(scope.Purpose))), nil
	}
	err := s.DB.Read(ctx, scope, func(*store.Tx) error { return nil })
	if !fault.Is(err, fault.Forbidden) {
		return found(Broken, Fig("purpose_open", "purpose", Words(scope.Purpose))), nil
	}
	return found(Kept, Fig("purpose", "purpose", Words(scope.Purpose))), nil
}
