package store

import (
	"embed"
	"io/fs"
)

// Folder is one folder of a module's embedded files: its migrations, its
// sentences. It panics on a folder that is not embedded, which the first start
// of a build shows.
func Folder(files embed.FS, name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err)
	}
	return sub
}
