package profile

import (
	"embed"
	"io/fs"

	"amanah/internal/clock"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/vault"
)

// Module is the module of a notice that switches this on.
const Module = "profile"

// Research is the purpose that year and occupation are kept for.
const Research = "research"

// traits are what research may count.
type traits struct {
	store.Row  `table:"profile_traits" subject:"subject" clock:"created:created_at"`
	Subject    id.Subject    `data:"none"`
	Year       vault.Text    `db:"birth_year" data:"profile.birth_year"`
	Occupation vault.Text    `data:"profile.occupation"` // one of Occupations
	CreatedAt  clock.Instant `data:"none"`
}

// place is where a person lives.
type place struct {
	store.Row `table:"profile_places" subject:"subject"`
	Subject   id.Subject `data:"none"`
	City      vault.Text `data:"account.place"`
	Postcode  vault.Text `data:"account.place"`
	Country   vault.Text `data:"account.place"` // ISO 3166, two letters
}

// review is a task of the officers: a person whose year contradicts their age.
type review struct {
	store.Row `table:"profile_reviews" subject:"subject"`
	Subject   id.Subject    `data:"none"`
	AskedAt   clock.Instant `data:"none"`
}

// Tables are what the module stores.
func Tables() store.Set {
	return store.Set{Module: Module, Rows: []any{traits{}, place{}, review{}}}
}

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the module's sentences in both languages.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
