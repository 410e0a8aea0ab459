package capture

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/money"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// State of a captured transaction.
type State string

// A transaction is booked at once or waits for review; a person rejects it, or
// takes a booked one back.
const (
	Booked   State = "booked"
	Review   State = "review"
	Rejected State = "rejected"
	Reversed State = "reversed"
	// Joined is another telling of a movement: Twin is the transaction. It is no
	// movement of its own and stands in no list.
	Joined State = "joined"
)

// Captured is one movement of money that a mail told of.
type Captured struct {
	store.Row `table:"captured" subject:"subject" clock:"captured:created_at"`
	Subject   id.Subject `data:"none"`
	Message   id.ID      `db:"message_id" data:"none"`
	Line      int64      `data:"none"` // which of the mail's transactions, from 0
	Entry     id.ID      `db:"entry_id" data:"none"`
	State     State      `data:"none"`
	Direction string     `data:"transaction.amount"` // out, in, internal
	Minor     int64      `data:"transaction.amount"` // fee included, never negative
	// FeeMinor is the part of Minor that is a fee; -1 where the mail names none.
	FeeMinor  int64          `data:"transaction.amount"`
	Currency  money.Currency `data:"transaction.amount"`
	At        clock.Instant  `data:"transaction.time"`
	Precision string         `data:"transaction.time"` // second, minute, day, header
	Month     string         `data:"transaction.time"` // local, "2026-11"
	Merchant  id.ID          `db:"merchant_id" data:"transaction.merchant"`
	Account   id.ID          `db:"account_id" data:"transaction.account"`
	Issuer    string         `data:"transaction.account"`
	Channel   string         `data:"transaction.reference"`
	Reference vault.Text     `data:"transaction.reference"`
	// ReferenceIndex and InnerIndex find the same transaction in another mail.
	ReferenceIndex vault.Index `data:"transaction.reference"`
	InnerIndex     vault.Index `data:"mail.auth"`
	Category       string      `data:"transaction.category"`
	Confidence     int64       `data:"none"` // thousandths
	Doubt          string      `data:"none"` // the weakest piece of evidence
	Trust          string      `data:"mail.auth"`
	Rule           string      `data:"none"`
	Reason         string      `data:"none"` // why it is not simply booked: a key
	// Twin is the transaction that this one may be the same as, or is another
	// telling of.
	Twin id.ID `data:"none"`
	// Source is how it was told: mail or file. Told… are what was told before any
	// rule: the merchant, the direction and the reading's category.
	Source        string `data:"none"`
	Told          id.ID  `db:"told_id" data:"transaction.merchant"`
	ToldDirection string `data:"transaction.amount"`
	ToldCategory  string `data:"transaction.category"`
	// Inward says of an internal movement that it came into the account.
	Inward bool `data:"transaction.amount"`
	// Edited are the fields that a person changed, Filled those that this telling
	// gave the transaction it joined; with commas.
	Edited string `data:"none"`
	Filled string `data:"none"`
	// Decided is who chose the category: rule, learned, classifier, builtin,
	// reading, person, other. Sure are the classifier's thousandths, Words what
	// decided, Learned the rule.
	Decided   string        `data:"none"`
	Sure      int64         `data:"none"`
	Words     vault.Text    `data:"transaction.category"`
	Learned   id.ID         `db:"learned_id" data:"none"`
	Note      vault.Text    `data:"transaction.note"`
	Revision  int64         `data:"none"` // grows with every change
	CreatedAt clock.Instant `data:"none"`
	ChangedAt clock.Instant `data:"none"`
}

// Amount is the whole amount.
func (c *Captured) Amount() money.Amount { return money.Amount{Minor: c.Minor, Currency: c.Currency} }

// Merchant is a name in a person's dictionary. Rows refer to it by id, so sums
// by merchant need no name.
type Merchant struct {
	store.Row `table:"merchants" subject:"subject"`
	Subject   id.Subject  `data:"none"`
	Name      vault.Text  `data:"transaction.merchant"`
	NameIndex vault.Index `data:"transaction.merchant"`
	// Category is what a person chose for this merchant; it wins over the guess.
	Category  string        `data:"transaction.category"`
	CreatedAt clock.Instant `data:"none"`
}

// BankAccount is an account, a card or a wallet that mails told of.
type BankAccount struct {
	store.Row `table:"bank_accounts" subject:"subject"`
	Subject   id.Subject  `data:"none"`
	Kind      string      `data:"transaction.account"` // bank, card, wallet
	Issuer    string      `data:"transaction.account"`
	Last      vault.Text  `data:"transaction.account"` // the last two to four digits
	LastIndex vault.Index `data:"transaction.account"` // of kind, issuer and last digits
	// Number is the whole number where the person gave it; pages show Last.
	Number    vault.Text    `data:"transaction.account"`
	Holder    vault.Text    `data:"transaction.holder"`
	CreatedAt clock.Instant `data:"none"`
}

// Transfer is money that went from one of a person's accounts to another: two
// transactions, one that left and one that came.
type Transfer struct {
	store.Row `table:"capture_transfers" subject:"subject"`
	Subject   id.Subject    `data:"none"`
	Out       id.ID         `db:"out_id" data:"none"`
	In        id.ID         `db:"in_id" data:"none"`
	State     TransferState `data:"none"`
	Hint      string        `data:"none"` // why it is thought to be one: a key
	// What both were before they were linked, for undoing it.
	OutDirection string        `data:"transaction.amount"`
	OutCategory  string        `data:"transaction.category"`
	OutFee       int64         `data:"transaction.amount"`
	InDirection  string        `data:"transaction.amount"`
	InCategory   string        `data:"transaction.category"`
	CreatedAt    clock.Instant `data:"none"`
	ChangedAt    clock.Instant `data:"none"`
}

// TransferState is where a pair stands.
type TransferState string

// A pair is proposed or linked; a person may say that it is none.
const (
	Proposed TransferState = "proposed"
	Linked   TransferState = "linked"
	Unlinked TransferState = "unlinked"
)

// mailbox is what a tenant's booking goes through one at a time, and when a
// mail last came.
type mailbox struct {
	store.Row  `table:"capture_mailboxes" subject:"subject"`
	Subject    id.Subject    `data:"none"`
	LastMailAt clock.Instant `data:"mail.agent_address"`
	Mails      int64         `data:"none"`
}

// AgentAddress is where a workspace's mails are forwarded to. It lies in the
// service's home, because it is looked up before the tenant is known.
type AgentAddress struct {
	store.Row    `table:"agent_addresses" subject:"subject"`
	Subject      id.Subject    `data:"none"`
	Workspace    id.Tenant     `db:"workspace_id" data:"none"`
	Address      vault.Text    `data:"mail.agent_address"`
	AddressIndex vault.Index   `data:"mail.agent_address"`
	CreatedAt    clock.Instant `data:"none"`
	RetiredAt    clock.Instant `data:"none"`
}

// ForwardingCode is what a mail provider sent so that the person can switch
// forwarding on.
type ForwardingCode struct {
	store.Row `table:"forwarding_codes" subject:"subject" clock:"captured:at"`
	Subject   id.Subject    `data:"none"`
	Message   id.ID         `db:"message_id" data:"none"`
	Provider  string        `data:"mail.sender"`
	Mailbox   vault.Text    `data:"mail.sender"`
	Code      vault.Text    `data:"mail.raw"`
	Link      vault.Text    `data:"mail.raw"`
	At        clock.Instant `data:"mail.sender"`
}

// Tables are what the module stores.
func Tables() store.Set {
	return store.Set{Module: "capture", Rows: []any{Captured{}, Merchant{}, BankAccount{}, mailbox{}, AgentAddress{}, ForwardingCode{}, Forwarder{}, Target{}, Delivery{}, Replay{}, link{}, revocation{}, Transfer{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the module's sentences in both languages.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
