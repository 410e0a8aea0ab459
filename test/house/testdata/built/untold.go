// Package untold makes a table, and a column of another's, that no struct describes.
package untold

import (
	"io/fs"
	"testing/fstest"
)

// Table makes a table of its own.
func Table() fs.FS {
	return fstest.MapFS{"20991231002_decoy.sql": {Data: []byte("-- +goose Up\nCREATE TABLE decoy_notes (tenant_id TEXT NOT NULL, id TEXT NOT NULL, words TEXT, PRIMARY KEY (tenant_id, id));\n")}}
}

// Column puts one into a table that is told.
func Column() fs.FS {
	return fstest.MapFS{"20991231003_decoy.sql": {Data: []byte("-- +goose Up\nALTER TABLE accounts ADD COLUMN decoy_faith TEXT;\n")}}
}
