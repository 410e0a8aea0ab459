package analytics

import (
	"embed"
	"io/fs"

	"amanah/internal/store"
)

// figure is how many people used a feature on a day. Part is the run of the
// program that counted; "" once the day is closed.
type figure struct {
	store.Row `table:"analytics_figures" subject:"-"`
	Day       string `data:"analytics.aggregate"` // 2026-11-23, of West Indonesia
	Feature   string `data:"analytics.aggregate"`
	Part      string `data:"none"`
	People    int64  `data:"analytics.aggregate"` // rounded down, never below the least group
}

// signal is how many pages were answered to browsers that ask not to be tracked.
type signal struct {
	store.Row `table:"analytics_signals" subject:"-"`
	Day       string `data:"analytics.aggregate"`
	Part      string `data:"none"`
	Answers   int64  `data:"analytics.aggregate"`
}

// Tables are what the package stores.
func Tables() store.Set { return store.Set{Module: "analytics", Rows: []any{figure{}, signal{}}} }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations make the tables.
func Migrations() fs.FS { return store.Folder(migrations, "migrations") }

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences. The name of a feature is
// "analytics.feature.<name>", which app brings.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
