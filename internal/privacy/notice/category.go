package notice

import "strings"

// Category is one kind of data about people that may be stored. Its key is what
// stored structs carry in their data tags.
type Category struct {
	Key string `yaml:",key"`
	Pos Pos
	// DPV is the term: pd:… or dpv:… of the Data Privacy Vocabulary 2.3, id:… of
	// law/dpv-id.csv.
	DPV  string `yaml:"dpv"`
	What Text   `yaml:"what"`
	// For lists the purposes.
	For []string `yaml:"for"`
	// From says where it comes from: you (the person, default), device, others,
	// google, derived.
	From string `yaml:"from"`
	// Optional data starts switched off.
	Optional bool `yaml:"optional"`
	// Special is biometric, child, finance, health, or none where the words look
	// special and are not.
	Special string    `yaml:"special"`
	Kept    Retention `yaml:"kept"`
	KeptPos Pos       `yaml:",at kept"`
	// Because says why data outlives the account.
	Because Text `yaml:"because"`
	// Module is the part of the program that stores it, found under modules by the
	// key or its first word; empty for the platform itself (accounts, sessions, consents,
	// requests).
	Module string
	// NotStored is the reason why a declared category is not stored.
	NotStored Text `yaml:"not_stored"`
	// Note is for the people who keep the notice; it is not published.
	Note string `yaml:"note"`
}

// word is the first word of the key: "transaction" of "transaction.merchant".
func (c Category) word() string {
	w, _, _ := strings.Cut(c.Key, ".")
	return w
}

// Purpose is why data is used.
type Purpose struct {
	Key string `yaml:",key"`
	Pos Pos
	// Name is short, for lists; Say is the whole sentence.
	Name Text `yaml:"name"`
	// Basis is contract, consent, legal_obligation, vital_interest, public_duty or
	// legitimate_interest.
	Basis   string `yaml:"basis"`
	Article string `yaml:"article"`
	DPV     string `yaml:"dpv"`
	Say     Text   `yaml:"say"`
	// Optional purposes can be refused or objected to; consent is always optional.
	Optional bool `yaml:"optional"`
	// Balance says why the interest outweighs the person's; for legitimate_interest.
	Balance Text `yaml:"balance"`
	// AggregatesOfAtLeast: results are shown only for groups of this size.
	AggregatesOfAtLeast int    `yaml:"aggregates_of_at_least"`
	Note                string `yaml:"note"`
}

// NeedsConsent tells whether the purpose rests on consent.
func (p Purpose) NeedsConsent() bool { return p.Basis == "consent" }

// Recipient is who else gets data.
type Recipient struct {
	Key string `yaml:",key"`
	Pos Pos
	// As is processor, controller (answers for itself), chosen-by-you or authority.
	As   string   `yaml:"as"`
	Name Text     `yaml:"name"`
	Does Text     `yaml:"does"`
	For  []string `yaml:"for"`
	// Gets lists the categories that it may get; "all" in the file stands for every
	// one, for who keeps the servers, and is spelled out here.
	Gets []string `yaml:"gets"`
	All  bool
	// Where lists ISO 3166 countries; "global" for no fixed place, "yours" for a
	// place that the person chooses.
	Where    []string  `yaml:"where"`
	Transfer *Transfer `yaml:"transfer"`
	// Agreement is the contract with a processor. As long as it has no date the
	// recipient is declared and shut: the policy lets nothing out to it.
	Agreement *Agreement `yaml:"agreement"`
	// Hosts are the names that the program may reach; HostsFrom is the setting
	// that names them where the operator chooses.
	Hosts     []string `yaml:"hosts"`
	HostsFrom string   `yaml:"hosts_from"`
	// Identity, Keeps and Trains say what the recipient gets to know and may do:
	// never, or as agreed.
	Identity string `yaml:"identity"`
	Keeps    string `yaml:"keeps"`
	Trains   string `yaml:"trains"`
	// Optional: the operator may run the service without it.
	Optional bool   `yaml:"optional"`
	Module   string `yaml:"module"`
	Privacy  string `yaml:"privacy"`
	Note     string `yaml:"note"`
}

// Transfer is the legal ground for handing data abroad.
type Transfer struct {
	Pos Pos
	// Basis is the provision: "56(2)", "56(3)", "56(4)".
	Basis       string   `yaml:"basis"`
	Instruments []string `yaml:"instruments"`
}

// Agreement is a signed contract.
type Agreement struct {
	Document string `yaml:"document"`
	Signed   Date   `yaml:"signed"`
}

// Open tells whether data may flow. A processor needs a signed agreement; for one
// in the country whose host the operator names in the configuration, that setting
// is the operator's word.
func (r Recipient) Open() bool {
	if r.As != "processor" || (r.HostsFrom != "" && !r.abroad()) {
		return true
	}
	return r.Agreement != nil && !r.Agreement.Signed.IsZero()
}
