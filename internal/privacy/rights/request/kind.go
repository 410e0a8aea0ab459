package request

import (
	"strings"

	"amanah/internal/id"
)

// Right is what a person asks.
type Right string

// The rights. Question is a letter to the officer that nobody has sorted yet, or
// that is about no right; Child is a guardian's report that a child gave data.
const (
	Know     Right = "know"
	Copy     Right = "copy"
	Correct  Right = "correct"
	End      Right = "end"
	Erase    Right = "erase"
	Destroy  Right = "destroy"
	Withdraw Right = "withdraw"
	Human    Right = "human"
	Restrict Right = "restrict"
	Port     Right = "port"
	Object   Right = "object"
	Claim    Right = "claim"
	Child    Right = "child"
	Question Right = "question"
)

// Kind says what is true of a right whoever asks.
type Kind struct {
	Right Right
	// Law is the right's word in law packs and notices.
	Law string
	// Extends: an answer may take longer, if the person is told in time. The law
	// leaves no room for that where it sets the time of the act itself.
	Extends bool
	// Purpose: the person says which purpose is meant.
	Purpose bool
	// Asked: people choose it on their own page.
	Asked bool
}

var kinds = []Kind{
	{Right: Know, Law: "know", Extends: true, Asked: true},
	{Right: Copy, Law: "copy", Extends: true, Asked: true},
	{Right: Port, Law: "port", Extends: true, Asked: true},
	{Right: Correct, Law: "correct", Asked: true},
	{Right: Withdraw, Law: "withdraw", Purpose: true, Asked: true},
	{Right: Object, Law: "object", Extends: true, Purpose: true, Asked: true},
	{Right: Restrict, Law: "restrict", Asked: true},
	{Right: End, Law: "erase", Extends: true, Asked: true},
	{Right: Human, Law: "object", Extends: true, Asked: true},
	{Right: Erase, Law: "erase", Extends: true, Asked: true},
	{Right: Destroy, Law: "erase", Extends: true, Asked: true},
	{Right: Claim, Law: "claim", Extends: true, Asked: true},
	{Right: Question, Law: "copy", Extends: true, Asked: true},
	{Right: Child, Law: "erase"},
}

// Kinds are all rights, in the order in which pages show them.
func Kinds() []Kind { return kinds }

func kindOf(r Right) (Kind, bool) {
	for _, k := range kinds {
		if k.Right == r {
			return k, true
		}
	}
	return Kind{}, false
}

// State is where a case stands.
type State string

// The states. A case in Identity waits for the proof of who asks.
const (
	Identity  State = "identity"
	Open      State = "open"
	Answered  State = "answered"
	Refused   State = "refused"
	TakenBack State = "taken_back"
)

// Done tells whether nothing more is owed.
func (s State) Done() bool { return s == Answered || s == Refused || s == TakenBack }

// Via is the way in which a request came.
type Via string

// The ways in. The last three are written down by staff.
const (
	ByPage   Via = "page"
	ByREST   Via = "rest"
	ByMail   Via = "mail"
	ByForm   Via = "form" // the public form, without signing in
	InPerson Via = "in_person"
	ByPhone  Via = "phone"
	ByLetter Via = "letter"
)

// By is who asks.
type By string

// Who may ask.
const (
	Self     By = "self"
	Parent   By = "parent"
	Guardian By = "guardian"
	Proxy    By = "proxy"
)

// Proven is how the identity was checked.
type Proven string

// The proofs, in the order of their strength.
const (
	Unproven  Proven = ""
	ByLink    Proven = "link"    // opened a link that went to the address
	BySender  Proven = "sender"  // a mail that provably came from the account's address
	BySession Proven = "session" // signed in
	ByOfficer Proven = "officer" // an officer wrote down what was seen
)

// Prefix begins the numbers of a service's cases: "CTT".
func Prefix(service string) string {
	if len(service) > 3 {
		service = service[:3]
	}
	return strings.ToUpper(service)
}

func numberOf(service string, key id.ID) string { return Prefix(service) + "-" + id.Number(key) }

// ReadNumber finds the number of a service's case in a line, in any spelling that
// people use; "" where there is none, another service's, or one whose check sign
// is wrong.
func ReadNumber(service, line string) string {
	mark := Prefix(service) + "-"
	for rest := strings.ToUpper(line); ; {
		i := strings.Index(rest, mark)
		if i < 0 {
			return ""
		}
		rest = rest[i+len(mark):]
		if n := id.ReadNumber(first(rest, 12)); n != "" {
			return mark + n
		}
	}
}

// first cuts a line, so that a number that stands later is not taken for this one.
func first(s string, n int) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) > n {
		return s[:n]
	}
	return s
}
