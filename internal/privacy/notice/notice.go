package notice

import "time"

// Text is a sentence in both languages. A plain string in the file, such as a
// name, stands for both.
type Text struct{ ID, EN string }

// In is the text in a language: English for "en", Indonesian otherwise.
func (t Text) In(lang string) string { return pick(lang, t.ID, t.EN) }

// Date is a day, at midnight UTC.
type Date struct{ time.Time }

// Notice is one parsed file. It never changes after Parse.
type Notice struct {
	file     string
	root     *node
	doc      document
	promises []Promise
}

// document is the file's outermost level, in the order in which a reader meets it.
type document struct {
	Service     string      `yaml:"service"`
	Name        string      `yaml:"name"`
	About       Text        `yaml:"about"`
	Accent      string      `yaml:"accent"`
	Version     string      `yaml:"version"`
	Published   Date        `yaml:"published"`
	Effective   Date        `yaml:"effective"`
	Languages   Languages   `yaml:"languages"`
	Laws        []string    `yaml:"laws"`
	Modules     []module    `yaml:"modules"`
	Controller  Contact     `yaml:"controller"`
	Officer     Officer     `yaml:"officer"`
	Authority   Authority   `yaml:"authority"`
	MinimumAge  int         `yaml:"minimum_age"`
	Guardian    *Guardian   `yaml:"guardian"`
	Consent     Consent     `yaml:"consent"`
	Purposes    []Purpose   `yaml:"purposes"`
	Data        []Category  `yaml:"data"`
	Recipients  []Recipient `yaml:"recipients"`
	Rights      []Right     `yaml:"rights"`
	Ask         Ask         `yaml:"ask"`
	Breach      Breach      `yaml:"breach"`
	Complaints  Complaints  `yaml:"complaints"`
	Changes     Changes     `yaml:"changes"`
	Closing     Closing     `yaml:"closing"`
	Cookies     []Cookie    `yaml:"cookies"`
	Security    []string    `yaml:"security"`
	Assessment  *Document   `yaml:"assessment"`
	Claims      []Claim     `yaml:"claims"`
	Limits      []Text      `yaml:"limits"`
	Cites       []Cite      `yaml:"cites"`
	Commitments []Text      `yaml:"commitments"`
}

// module is a part of the program that runs for the service, with the
// categories that it stores: first words, or whole keys.
type module struct {
	Key   string   `yaml:",key"`
	Words []string `yaml:",value"`
}

// Languages says in which languages the notice is offered and which one binds
// ("id", "en" or "none").
type Languages struct {
	Offered []string `yaml:"offered"`
	Binding string   `yaml:"binding"`
}

// Contact is an organisation and how to reach it.
type Contact struct {
	Name    string `yaml:"name"`
	Address string `yaml:"address"`
	Email   string `yaml:"email"`
	Phone   string `yaml:"phone"`
	Website string `yaml:"website"`
}

// Officer is the data protection officer. Where none is appointed, Because says
// why: "pilot" or "not-required".
type Officer struct {
	Appointed     bool   `yaml:"appointed"`
	Because       string `yaml:"because"`
	Name          Text   `yaml:"name"`
	Email         string `yaml:"email"`
	Hours         Text   `yaml:"hours"`
	AnswersWithin Period `yaml:"answers_within"`
}

// Authority is the body that supervises. It has changed and may change again.
type Authority struct {
	Name    Text   `yaml:"name"`
	Website string `yaml:"website"`
}

// Guardian says which young people may take part, for which programme, and who
// agrees for them.
type Guardian struct {
	Ages []int    `yaml:"ages"`
	Who  []string `yaml:"who"`
	For  Text     `yaml:"for"`
}

// Consent says how agreement is given: "act" (an act of its own), "use" (by
// using the service) or "terms" (together with the terms).
type Consent struct {
	By             string `yaml:"by"`
	WithdrawWithin Period `yaml:"withdraw_within"`
}

// Right is one right of the person, by its key, with the deadline for the answer.
type Right struct {
	Key     string `yaml:",key"`
	Pos     Pos
	Article string `yaml:"article"`
	Within  Period `yaml:"within"`
	Dated   bool   `yaml:",has within"`
	Say     Text   `yaml:"say"`
}

// Ask says how a right is used.
type Ask struct {
	Email string `yaml:"email"`
	Phone string `yaml:"phone"`
	Page  bool   `yaml:"page"`
}

// Breach says who is told of a failure of protection, when, how and what.
type Breach struct {
	Authority  Period   `yaml:"authority"`
	People     Period   `yaml:"people"`
	HasPeople  bool     `yaml:",has people"`
	HasAuthor  bool     `yaml:",has authority"`
	When       string   `yaml:"when"`
	By         []string `yaml:"by"`
	Says       []string `yaml:"says"`
	ReportedAt string   `yaml:"report"`
}

// Complaints says how a complaint is taken and by when it is answered.
type Complaints struct {
	Email       string `yaml:"email"`
	Phone       string `yaml:"phone"`
	Acknowledge Period `yaml:"acknowledge"`
	Decide      Period `yaml:"decide"`
	Reply       Period `yaml:"reply"`
	Then        []Text `yaml:"then"`
}

// Changes says how people learn that the notice changes, and how long before.
type Changes struct {
	Before    Period   `yaml:"before"`
	HasBefore bool     `yaml:",has before"`
	TellBy    []string `yaml:"tell_by"`
	// Acceptance is "shown" (the new text is shown and recorded as shown) or
	// "continued-use" (going on counts as agreement).
	Acceptance string `yaml:"acceptance"`
}

// Closing says what happens when an account is closed.
type Closing struct {
	Grace         Period   `yaml:"grace"`
	EraseWithin   Period   `yaml:"erase_within"`
	BackupsWithin Period   `yaml:"backups_within"`
	Idle          Period   `yaml:"idle"`
	Tell          []string `yaml:"tell"`
}

// Cookie is one cookie. Class is essential, functional, analytics or preference;
// Lasts is a period or zero for the browser's session.
type Cookie struct {
	Name  string `yaml:",key"`
	Pos   Pos
	Class string `yaml:"class"`
	Lasts Period `yaml:"lasts"`
	For   Text   `yaml:"for"`
}

// Document is a paper with its date.
type Document struct {
	File string `yaml:"document"`
	Date Date   `yaml:"date"`
}

// Claim is a certificate or an audit: shown only with its document.
type Claim struct {
	Pos      Pos
	What     Text   `yaml:"what"`
	Document string `yaml:"document"`
	Date     Date   `yaml:"date"`
}

// Cite names the provision that the notice gives for a topic: breach, officer,
// retention, complaint.
type Cite struct {
	Topic   string `yaml:",key"`
	Pos     Pos
	Article string `yaml:",value"`
}
