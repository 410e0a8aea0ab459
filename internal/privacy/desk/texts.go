package desk

import (
	"embed"
	"io/fs"

	"amanah/internal/store"
)

//go:embed i18n/*.json
var texts embed.FS

// Texts are the package's sentences, for i18n.New.
func Texts() fs.FS { return store.Folder(texts, "i18n") }
