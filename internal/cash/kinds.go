package cash

// Kind is what an entry does with money.
type Kind string

// The kinds. Opening is what an account held when it was set up.
const (
	Out      Kind = "out"
	In       Kind = "in"
	Transfer Kind = "transfer"
	Opening  Kind = "opening"
)

func (k Kind) valid() bool { return k == Out || k == In || k == Transfer || k == Opening }

// AccountKind is what an account is.
type AccountKind string

// The kinds of accounts. A card is owed: its balance is what is still to be paid.
const (
	Cash   AccountKind = "cash"
	Bank   AccountKind = "bank"
	Card   AccountKind = "card"
	Wallet AccountKind = "wallet"
)

// AccountKinds are all of them, in the order of pages.
func AccountKinds() []AccountKind { return []AccountKind{Cash, Bank, Wallet, Card} }

// State of an entry.
type State string

// An entry is booked, or was taken back; one that was taken back can be booked again.
const (
	Booked State = "booked"
	Undone State = "undone"
)

// Way is how something came in.
type Way string

// The ways.
const (
	ByForm      Way = "form"
	ByChat      Way = "chat"
	ByReceipt   Way = "receipt"
	ByCall      Way = "call"      // a program
	ByImport    Way = "import"    // a file
	ByRepeat    Way = "repeat"    // a recurring entry
	ByStatement Way = "statement" // a line of a card statement
)

// ReceiptState is where a receipt stands.
type ReceiptState string

// A receipt is kept, then read. It is booked, or asks, or is no receipt; a person
// may drop it.
const (
	Kept    ReceiptState = "kept"
	Asking  ReceiptState = "asking"
	Settled ReceiptState = "booked"
	Refused ReceiptState = "refused"
	Dropped ReceiptState = "dropped"
)
