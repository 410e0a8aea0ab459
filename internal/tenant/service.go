package tenant

import (
	"github.com/google/uuid"

	"amanah/internal/id"
)

// Service is one service as its notice describes it. The app fills it in; it
// does not change while the program runs.
type Service struct {
	// Slug is the first path segment and the notice's name: "ctt".
	Slug string
	// Home is the service's own enclosure; HomeOf(Slug).
	Home id.Tenant
	// Name is what people call it, by language ("id", "en").
	Name map[string]string
	// MinimumAge is what a person declares to have reached, in years.
	MinimumAge int
	// YoungFrom is the age from which young people sign up with a guardian's consent,
	// for what YoungFor says by language; 0 where they cannot.
	YoungFrom int
	YoungFor  map[string]string
	// NoticeVersion is the version of the notice that is shown now.
	NoticeVersion string
	// TermsVersion is that of the terms; "" where the service has none apart from
	// its notice.
	TermsVersion string
	// Companies says that the notice lets companies sign up (it names the category
	// account.company); otherwise accounts are for persons only.
	Companies bool
	// Optional are the purposes that need a consent of their own and are asked
	// about at sign-up.
	Optional []Optional
}

// Optional is a purpose that stays off until the person says yes.
type Optional struct {
	Purpose string            // of the notice, such as "improve"
	Say     map[string]string // what it is for, by language
}

// Title is the service's name in a language, Indonesian where it has none.
func (s Service) Title(lang string) string {
	if n := s.Name[lang]; n != "" {
		return n
	}
	if n := s.Name["id"]; n != "" {
		return n
	}
	return s.Slug
}

// homes is the name space from which home ids are derived. It never changes.
var homes = uuid.UUID(id.Must("6f1d6c52-7d0a-5c38-9a1e-3b6f0c2f8e41"))

// HomeOf gives the id of a service's own enclosure: a UUIDv5 (RFC 9562, SHA-1)
// of the slug in a fixed name space. So every node, every tool and a restored
// backup name the same enclosure without asking anyone. It is no secret.
func HomeOf(slug string) id.Tenant { return id.Tenant(uuid.NewSHA1(homes, []byte(slug))) }
