package mailbox

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// State of a mailbox: it is read, or it is paused for a reason.
type State string

// The states.
const (
	Active State = "active"
	Paused State = "paused"
)

// Mailbox is a connected mailbox. It lies in the service's home, because workers
// look for all that are due.
type Mailbox struct {
	store.Row `table:"mailboxes" subject:"subject"`
	Subject   id.Subject  `data:"none"`
	Workspace id.Tenant   `db:"workspace_id" data:"none"`
	Host      vault.Text  `data:"mailbox.address"`
	Port      int64       `data:"none"`
	Security  string      `data:"none"`
	User      vault.Text  `db:"user_name" data:"mailbox.address"`
	Folder    vault.Text  `data:"mailbox.address"`
	Place     vault.Index `data:"mailbox.address"` // of host, user and folder
	Password  vault.Text  `data:"mailbox.secret"`
	// Senders are addresses or domains beside the known issuers, one a line.
	Senders  vault.Text `data:"mailbox.address"`
	State    State      `data:"none"`
	Reason   string     `data:"none"` // why it is paused, or failed last: a key
	Validity int64      `data:"none"`
	LastUID  int64      `db:"last_uid" data:"none"` // read up to here
	// ReadFrom is since when mails that were there before are read; zero: none.
	ReadFrom   clock.Instant `data:"none"`
	Failures   int64         `data:"none"`
	NextAt     clock.Instant `data:"none"`
	SeenAt     clock.Instant `data:"none"` // when it was read last
	MailAt     clock.Instant `data:"none"` // when the last mail was kept
	Kept       int64         `data:"none"`
	TooLarge   int64         `data:"none"`
	Owner      string        `data:"none"` // the node that reads it
	LeaseUntil clock.Instant `data:"none"`
	CreatedAt  clock.Instant `data:"none"`
}

// Tables are what the module stores.
func Tables() store.Set { return store.Set{Module: "mailbox", Rows: []any{Mailbox{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the module's sentences in both languages.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
