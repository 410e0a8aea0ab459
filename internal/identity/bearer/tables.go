package bearer

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// refresh is one refresh token of a session; the session's others are its family.
type refresh struct {
	store.Row `table:"refresh_tokens" subject:"subject_id" clock:"session.ended:ends_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Session   id.ID         `db:"session_id" data:"none"`
	TokenHash []byte        `data:"session.token"`
	Access    id.ID         `db:"access_id" data:"none"` // the access token that was given with it
	Scopes    string        `data:"none"`
	CreatedAt clock.Instant `data:"session.token"`
	EndsAt    clock.Instant `data:"session.token"`
	UsedAt    clock.Instant `data:"session.token"`
}

// personal is a token that a person made. Ending it moves EndsAt to that moment.
type personal struct {
	store.Row  `table:"personal_tokens" subject:"subject_id" clock:"session.ended:ends_at"`
	Subject    id.Subject    `db:"subject_id" data:"none"`
	Workspace  id.Tenant     `db:"workspace_id" data:"none"`
	Name       vault.Text    `data:"session.token"`
	TokenHash  []byte        `data:"session.token"`
	Tail       string        `data:"session.token"` // the last four characters, to tell tokens apart
	Scopes     string        `data:"session.token"`
	CreatedAt  clock.Instant `data:"session.token"`
	EndsAt     clock.Instant `data:"session.token"`
	RevokedAt  clock.Instant `data:"session.token"`
	LastUsedAt clock.Instant `data:"session.device"` // to within flushEvery
}

// revoked is an entry of the block list: the number of an access token, of a
// session or of a personal token.
type revoked struct {
	store.Row `table:"revoked_tokens" subject:"subject_id" clock:"session.ended:revoked_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Token     id.ID         `db:"token_id" data:"session.token"`
	RevokedAt clock.Instant `data:"session.token"`
}

// use is how often a token was used on a day, in Jakarta.
type use struct {
	store.Row `table:"token_uses" subject:"subject_id" clock:"created:day_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Token     id.ID         `db:"token_id" data:"activity.log"`
	DayAt     clock.Instant `data:"activity.log"`
	Calls     int64         `data:"activity.log"`
	Told      bool          `data:"none"` // stands in the person's own log
}

// place is a network that a personal token was used from.
type place struct {
	store.Row `table:"token_places" subject:"subject_id" clock:"session.ended:seen_at"`
	Subject   id.Subject    `db:"subject_id" data:"none"`
	Token     id.ID         `db:"token_id" data:"none"`
	Network   vault.Index   `db:"network_index" data:"session.device"`
	SeenAt    clock.Instant `data:"session.device"`
}

// Tables are the module's stored structs.
func Tables() store.Set {
	return store.Set{Module: "bearer", Rows: []any{refresh{}, personal{}, revoked{}, use{}, place{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

// Migrations are the module's SQL files.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

// Texts are the module's translations, for i18n.New.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
