// Package trail shows officers what was done: the audit log with its checkpoints
// and alerts, and the record of what was destroyed when its time was over.
//
// It owns these two pages and no table. It promises that looking into the audit
// log is itself an entry of it, and that people stand there by pseudonym alone.
//
// It must never change the log, nor say who a pseudonym is.
package trail

import (
	"embed"
	"io/fs"

	"amanah/internal/store"
)

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
