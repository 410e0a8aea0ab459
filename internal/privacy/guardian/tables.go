package guardian

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// State says where a young person's account stands; see the package's doc.
type State string

// The states.
const (
	Waiting   State = "waiting"
	Active    State = "active"
	Suspended State = "suspended"
	Refused   State = "refused"
	Grown     State = "grown"
)

// Ward is a young person. Its ID is its own.
type Ward struct {
	store.Row `table:"guardian_wards" subject:"subject_id" clock:"created:since"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Born      vault.Text    `data:"account.age_declared"` // 2006-01-02; empty once grown
	State     State         `data:"guardian.consent"`
	Notice    string        `db:"notice_version" data:"guardian.consent"`
	Since     clock.Instant `data:"guardian.consent"`
	ChangedAt clock.Instant `data:"guardian.consent"`
	GrownAt   clock.Instant `data:"guardian.consent"`
	ToldAt    clock.Instant `data:"guardian.consent"` // of having grown
}

// Roles of those who approve, as the notice's guardian.who has them.
const (
	Parent      = "guardian"
	Institution = "institution"
)

// Answers of a party.
const (
	Unanswered = ""
	Approved   = "approved"
	Declined   = "refused"
	TakenBack  = "withdrawn"
)

// Party is one who has to approve for one young person.
type Party struct {
	store.Row   `table:"guardian_parties" subject:"subject_id" clock:"created:asked_at"`
	Subject     id.Subject    `db:"subject_id" data:"none"`
	Role        string        `data:"guardian.consent"`
	Name        vault.Text    `data:"guardian.contact"`
	Email       vault.Text    `data:"guardian.contact"`
	AskedAt     clock.Instant `data:"guardian.consent"`
	SentAt      clock.Instant `data:"guardian.consent"` // of the last letter that asks
	Letters     int64         `data:"guardian.consent"`
	TokenHash   []byte        `data:"guardian.consent"` // nil once used
	TokenEnds   clock.Instant `data:"guardian.consent"`
	Answer      string        `data:"guardian.consent"`
	Said        vault.Text    `data:"guardian.contact"` // the name that was typed with the answer
	Relation    string        `data:"guardian.contact"`
	Notice      string        `db:"notice_version" data:"guardian.consent"`
	Digest      string        `db:"notice_digest" data:"guardian.consent"`
	Lang        string        `data:"guardian.consent"`
	AnsweredAt  clock.Instant `data:"guardian.consent"`
	WithdrawnAt clock.Instant `data:"guardian.consent"`
	IP          vault.Text    `data:"guardian.consent"`
	Agent       vault.Text    `data:"guardian.consent"`
	KeepHash    []byte        `data:"guardian.consent"` // of the link that takes back; nil where there is none
}

// Tables are the module's stored structs.
func Tables() store.Set { return store.Set{Module: "guardian", Rows: []any{Ward{}, Party{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Texts are the module's sentences.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
