package identity

import (
	"net/http"

	"github.com/a-h/templ"

	"amanah/internal/tenant"
	"amanah/internal/web"
	"amanah/internal/web/ui"
)

// The packages beside this one have pages of their own; these are the parts that
// they share with it.

// Network is what a device is counted by where a limit holds for a household or a
// server: its address, for IPv6 the /64; "unknown" without one.
func (d Device) Network() string { return network(d.IP) }

// DeviceOf is what a request shows of the person's device.
func DeviceOf(r *http.Request) Device { return device(r) }

// Safe tells whether a cookie may only travel by HTTPS; it then has the prefix
// __Host- too.
func (s *Service) Safe(r *http.Request) bool { return s.secure(r) }

// Named gives a service of the configuration.
func (s *Service) Named(slug string) (tenant.Service, bool) {
	v, ok := s.services[slug]
	return v, ok
}

// Terms are the declarations of a sign-up (age, notice and terms, consents) for
// another form than this package's.
func Terms(f *ui.Form, at web.Service, v tenant.Service) templ.Component { return terms(f, at, v) }

// ReadSignUp reads what a form with Terms was filled in with.
func ReadSignUp(r *http.Request) SignUp { return signUpForm(r) }

// NormalEmail is an address as it is compared. Fault Invalid, on "email".
func NormalEmail(s string) (string, error) { return normalEmail(s) }

// CleanName is a person's name without what no name has. Fault Invalid, on the
// field.
func CleanName(field, s string) (string, error) { return cleanName(field, s) }
