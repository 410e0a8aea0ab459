package inbox

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// State of a message.
type State string

// A message waits, then is done or refused by its handler, or dead after too
// many tries. Only a dead one can be set to wait again.
const (
	Waiting State = "waiting"
	Done    State = "done"
	Refused State = "refused"
	Dead    State = "dead"
)

// Message is one thing that came in.
type Message struct {
	store.Row `table:"inbox_messages" subject:"subject" clock:"captured:received_at"`
	Subject   id.Subject `data:"none"`
	Channel   string     `data:"none"`
	// Source deduplicates: a pseudonym of the sender's id or the content's digest.
	Source       string        `data:"none"`
	Conversation id.ID         `data:"none"`
	Seq          int64         `data:"none"`
	ReceivedAt   clock.Instant `data:"mail.raw"`
	// Raw is the whole message, or empty where File holds a large one.
	Raw  vault.Bytes  `data:"mail.raw"`
	File vault.FileID `data:"mail.raw"`
	Size int64        `data:"none"`
	// Sender is the envelope's sender; Auth what our server found out about it.
	Sender vault.Text `data:"mail.sender"`
	Auth   vault.Text `data:"mail.auth"`

	State   State  `data:"none"`
	Outcome string `data:"none"` // the handler's word for what it was
	Reason  string `data:"none"` // a message key: why refused, held or dead

	Attempts int           `data:"none"`
	NextAt   clock.Instant `data:"none"`
	DoneAt   clock.Instant `data:"none"`
}

// Conversation orders messages. Owner and LeaseUntil say which node works on it.
type Conversation struct {
	store.Row  `table:"inbox_conversations" subject:"subject" clock:"created:created_at"`
	Subject    id.Subject    `data:"none"`
	Channel    string        `data:"none"`
	Service    string        `data:"none"`
	Key        string        `data:"none"` // a pseudonym, such as the agent address's id
	CreatedAt  clock.Instant `data:"none"`
	Owner      string        `data:"none"`
	LeaseUntil clock.Instant `data:"none"`
}

// Tables are what inbox stores.
func Tables() store.Set {
	return store.Set{Module: "inbox", Rows: []any{Message{}, Conversation{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are inbox's own.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }
