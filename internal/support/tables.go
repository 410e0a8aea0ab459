package support

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// State of a ticket.
type State string

// A ticket is open until staff answered, answered until the person writes again,
// and solved when either says so.
const (
	Open     State = "open"
	Answered State = "answered"
	Solved   State = "solved"
)

// Ticket is one concern of one person. All rows of the module lie in the
// service's home.
type Ticket struct {
	store.Row `table:"tickets" subject:"subject_id" clock:"resolved:solved_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Workspace id.Tenant     `db:"workspace_id" data:"none"` // where the person worked
	Number    string        `data:"support.ticket"`         // what people say on the telephone
	Title     vault.Text    `data:"support.ticket"`
	State     State         `data:"support.ticket"`
	Via       string        `data:"support.ticket"` // web, mail, rest
	CreatedAt clock.Instant `data:"support.ticket"`
	ChangedAt clock.Instant `data:"support.ticket"`
	SolvedAt  clock.Instant `data:"support.ticket"`
}

// Post is something that was written in a ticket.
type Post struct {
	store.Row `table:"ticket_posts" subject:"subject_id" clock:"resolved:solved_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"` // the ticket's
	Ticket    id.ID         `db:"ticket_id" data:"none"`
	By        string        `db:"written_by" data:"support.ticket"` // person or staff
	Text      vault.Text    `db:"body" data:"support.ticket"`
	Source    string        `data:"none"` // the inbox message that it came with, or its own id
	At        clock.Instant `data:"support.ticket"`
	SolvedAt  clock.Instant `data:"none"`
}

// Grant is leave to look at one kind of data.
type Grant struct {
	store.Row `table:"support_grants" subject:"subject_id" clock:"resolved:until_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Ticket    id.ID         `db:"ticket_id" data:"none"`
	View      string        `db:"view_key" data:"support.grant"`
	At        clock.Instant `data:"support.grant"`
	Until     clock.Instant `db:"until_at" data:"support.grant"` // moved to now when it is taken back
}

// Look is one use of a grant.
type Look struct {
	store.Row `table:"support_looks" subject:"subject_id" clock:"resolved:at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Ticket    id.ID         `db:"ticket_id" data:"none"`
	Grant     id.ID         `db:"grant_id" data:"none"`
	Staff     id.Subject    `db:"staff_id" data:"none"`
	View      string        `db:"view_key" data:"support.grant"`
	Reason    vault.Text    `data:"support.grant"`
	At        clock.Instant `data:"support.grant"`
}

// Tables are the module's stored structs.
func Tables() store.Set {
	return store.Set{Module: "support", Rows: []any{Ticket{}, Post{}, Grant{}, Look{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Texts are the module's sentences.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
