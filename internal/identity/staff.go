package identity

import (
	"context"
	"net/http"

	"amanah/internal/fault"
	"amanah/internal/store"
	"amanah/internal/tenant"
	"amanah/internal/web"
)

// StaffRole is the role that the principal has among the service's staff, "" for
// who is none. It is asked of the database each time: who left is none at once.
func (s *Service) StaffRole(ctx context.Context, p Principal) (role tenant.Role, err error) {
	if p.Subject.IsZero() || p.Home.IsZero() {
		return "", nil
	}
	err = s.cfg.DB.Read(ctx, p.HomeScope("service"), func(tx *store.Tx) (err error) {
		role, err = tenant.RoleOf(ctx, tx, p.Home, p.Subject)
		return err
	})
	return role, fault.Wrap("identity.StaffRole", err)
}

// RequireStaff lets the service's staff through; with roles named, those alone.
// For all others, signed in or not, there is no such page once they are signed in.
func (s *Service) RequireStaff(next http.Handler, roles ...tenant.Role) http.Handler {
	return Require(web.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		p, _ := FromContext(r.Context())
		role, err := s.StaffRole(r.Context(), p)
		if err != nil {
			return err
		}
		allowed := role != "" && len(roles) == 0
		for _, one := range roles {
			allowed = allowed || one == role
		}
		if !allowed {
			return fault.New(fault.NotFound, "identity.RequireStaff", "")
		}
		p.Staff = true
		next.ServeHTTP(w, r.WithContext(Into(r.Context(), p)))
		return nil
	}))
}
