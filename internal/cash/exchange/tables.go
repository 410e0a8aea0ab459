package exchange

import (
	"embed"
	"encoding/json"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Module is the module of a notice that switches the package on.
const Module = "exchange"

// State of an import.
type State string

// An import waits until the person confirms it, is booked, and ends.
const (
	Waiting State = "new"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// Import is a file that a person sent and what became of it.
type Import struct {
	store.Row `table:"cash_imports" subject:"subject" clock:"captured:created_at"`
	Subject   id.Subject   `data:"none"`
	Name      vault.Text   `data:"import.file"`
	File      vault.FileID `data:"import.file"` // zero when it was destroyed
	Digest    vault.Index  `data:"import.file"` // of the content
	Writer    Writer       `data:"none"`
	State     State        `data:"none"`
	Reason    string       `data:"none"` // why it failed: a message key
	KeepGood  bool         `data:"none"` // the good lines are wanted though others are bad
	Shared    bool         `data:"none"` // new accounts are the family's
	Total     int64        `data:"none"` // rows of the file
	Bad       int64        `data:"none"`
	Known     int64        `data:"none"` // rows that were here before it was confirmed
	Handled   int64        `data:"none"` // rows that are done with
	Booked    int64        `data:"none"`
	Same      int64        `data:"none"`
	// Problems are the first bad lines: JSON of [{line, reason}], no content.
	Problems  string        `data:"none"`
	CreatedAt clock.Instant `data:"none"`
	EndedAt   clock.Instant `data:"none"`
}

// Problem is a bad line, as it is stored and shown.
type Problem struct {
	Line   int64  `json:"line"`
	Reason string `json:"reason"`
}

// maxProblems is how many bad lines are named; the others are counted.
const maxProblems = 100

// List are the problems that are named.
func (i *Import) List() []Problem {
	var out []Problem
	_ = json.Unmarshal([]byte(i.Problems), &out) // written by this package
	return out
}

// Good is how many rows can be booked.
func (i *Import) Good() int64 { return i.Total - i.Bad }

// Tables are what the package stores.
func Tables() store.Set { return store.Set{Module: Module, Rows: []any{Import{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences in both languages.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
