package app

import (
	"embed"
	"io/fs"
)

//go:embed i18n/*.json
var words embed.FS

// texts are the sentences of all packages.
func (a *App) texts() []fs.FS {
	own, err := fs.Sub(words, "i18n")
	if err != nil {
		panic(err) // the folder is embedded
	}
	out := []fs.FS{own}
	for _, p := range parts() {
		if p.texts != nil {
			out = append(out, p.texts)
		}
	}
	return out
}
