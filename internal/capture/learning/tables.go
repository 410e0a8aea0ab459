package learning

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// State of a rule.
type State string

// A rule works, is switched off, or was removed and can be put back for a while.
const (
	On      State = "on"
	Off     State = "off"
	Removed State = "removed"
)

// Rule says: when a mail or a row names this merchant, the transaction gets these.
// Empty conditions ask for nothing, empty effects change nothing.
type Rule struct {
	store.Row `table:"rules" subject:"subject"`
	Subject   id.Subject `data:"none"`
	// Merchant is the name as it was told; MerchantIndex finds its normal form.
	Merchant      vault.Text  `data:"rule.correction"`
	MerchantIndex vault.Index `data:"rule.correction"`
	// Way is the direction that the mail told: out, in, internal.
	Way     string `data:"rule.correction"`
	Issuer  string `data:"rule.correction"`
	Channel string `data:"rule.correction"`
	Account id.ID  `db:"account_id" data:"rule.correction"`

	Name       vault.Text `data:"rule.correction"`
	Category   string     `data:"rule.correction"`
	Direction  string     `data:"rule.correction"`
	SetAccount id.ID      `db:"set_account_id" data:"rule.correction"`
	Note       vault.Text `data:"rule.correction"`

	State State `data:"none"`
	// From is the transaction whose correction made it; zero for one that a
	// person wrote.
	From      id.ID         `db:"from_id" data:"none"`
	Uses      int64         `data:"none"`
	UsedAt    clock.Instant `data:"none"`
	CreatedAt clock.Instant `data:"none"`
	ChangedAt clock.Instant `data:"none"`
}

// Empty tells whether the rule would change nothing.
func (r *Rule) Empty() bool {
	return r.Name.IsZero() && r.Category == "" && r.Direction == "" && r.SetAccount.IsZero() && r.Note.IsZero()
}

// Lesson is what the correction of one transaction taught the classifier.
type Lesson struct {
	store.Row `table:"lessons" subject:"subject"`
	Subject   id.Subject    `data:"none"`
	Rule      id.ID         `db:"rule_id" data:"none"` // zero: of no rule
	Captured  id.ID         `db:"captured_id" data:"none"`
	Merchant  vault.Text    `data:"rule.correction"`
	Channel   string        `data:"rule.correction"`
	Direction string        `data:"rule.correction"`
	Read      string        `data:"rule.correction"`
	Minor     int64         `data:"rule.correction"`
	Category  string        `data:"rule.correction"`
	CreatedAt clock.Instant `data:"none"`
}

// Change is what a rule changed on an earlier transaction, and how that was
// before.
type Change struct {
	store.Row `table:"rule_changes" subject:"subject"`
	Subject   id.Subject    `data:"none"`
	Rule      id.ID         `db:"rule_id" data:"none"`
	Captured  id.ID         `db:"captured_id" data:"none"`
	Merchant  id.ID         `db:"merchant_id" data:"rule.correction"`
	Account   id.ID         `db:"account_id" data:"rule.correction"`
	Category  string        `data:"rule.correction"`
	Direction string        `data:"rule.correction"`
	Note      vault.Text    `data:"rule.correction"`
	Revision  int64         `data:"none"` // of the transaction, after the change
	CreatedAt clock.Instant `data:"none"`
}

// version grows with everything that is taught: who kept a classifier of an older
// one makes it anew.
type version struct {
	store.Row `table:"taught" subject:"subject"`
	Subject   id.Subject `data:"none"`
	Version   int64      `data:"none"`
}

// Tables are what the module stores.
func Tables() store.Set {
	return store.Set{Module: "learning", Rows: []any{Rule{}, Lesson{}, Change{}, version{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }
