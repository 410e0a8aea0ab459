package importing

import (
	"embed"
	"encoding/json"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/extract/mutation"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// State of an import.
type State string

// A file of movements waits for its mapping, then is checked and booked
// (Running). Where lines are bad it stops until the person decides. Files of
// mails run at once. Done and Failed are the end.
const (
	Waiting State = "new"
	Running State = "running"
	Stopped State = "stopped"
	Done    State = "done"
	Failed  State = "failed"
)

// Kinds of files.
const (
	Table = "table"
	Mails = "mails"
)

// Import is one uploaded file and what became of it.
type Import struct {
	store.Row `table:"imports" subject:"subject" clock:"captured:created_at"`
	Subject   id.Subject   `data:"none"`
	Kind      string       `data:"none"`
	Name      vault.Text   `data:"import.file"`
	File      vault.FileID `data:"import.file"` // zero when it was destroyed
	Digest    vault.Index  `data:"import.file"` // of the content
	Size      int64        `data:"none"`
	State     State        `data:"none"`
	Reason    string       `data:"none"`        // why it failed: a key
	Mapping   vault.Text   `data:"import.file"` // JSON of mutation.Mapping
	// Layout is the header's fingerprint, under which the mapping is remembered.
	Layout     vault.Index `data:"import.file"`
	HeaderLine int64       `data:"none"`
	KeepGood   bool        `data:"none"`
	Tell       bool        `data:"none"`
	// Checked says that the whole file was read once: Total and Bad are known.
	Checked  bool  `data:"none"`
	Total    int64 `data:"none"`
	Bad      int64 `data:"none"`
	Skipped  int64 `data:"none"`
	DoneLine int64 `data:"none"` // the last line, or mail, that is in the books
	Handled  int64 `data:"none"`
	Booked   int64 `data:"none"`
	Review   int64 `data:"none"`
	Same     int64 `data:"none"`
	// Problems are the first bad lines: JSON of [{line, reason}], no content.
	Problems string `data:"none"`
	// Unbalanced counts rows that the file's own running balance contradicts.
	Unbalanced int64         `data:"none"`
	CreatedAt  clock.Instant `data:"none"`
	StartedAt  clock.Instant `data:"none"`
	EndedAt    clock.Instant `data:"none"`
}

// Problem is a line that cannot be booked.
type Problem struct {
	Line   int64  `json:"line"`
	Reason string `json:"reason"` // a message key
}

// maxProblems is how many bad lines are named; the others are counted.
const maxProblems = 100

// List are the problems that are named.
func (i *Import) List() []Problem {
	var out []Problem
	_ = json.Unmarshal([]byte(i.Problems), &out) // written by this package
	return out
}

// Columns is the mapping as it stands.
func (i *Import) Columns() mutation.Mapping {
	var m mutation.Mapping
	_ = json.Unmarshal([]byte(i.Mapping.Reveal()), &m)
	return m
}

// Good is how many rows can be booked.
func (i *Import) Good() int64 { return i.Total - i.Bad }

// remembered is the mapping of a layout that a person confirmed. It is forgotten
// when it was not used for as long as files are kept.
type remembered struct {
	store.Row `table:"import_mappings" subject:"subject" clock:"captured:used_at"`
	Subject   id.Subject    `data:"none"`
	Layout    vault.Index   `data:"import.file"`
	Mapping   vault.Text    `data:"import.file"`
	UsedAt    clock.Instant `data:"none"`
}

// Tables are what the module stores.
func Tables() store.Set {
	return store.Set{Module: "import", Rows: []any{Import{}, remembered{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the module's sentences in both languages.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
