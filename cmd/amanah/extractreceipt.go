package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"amanah/internal/app"
	"amanah/internal/extract/ocr"
	"amanah/internal/extract/receipt"
)

// extractReceipt needs no server and no network.
type extractReceipt struct {
	configured
	Files []string `arg:"" name:"file" help:"Pictures of receipts; with --text, their text. - is standard input."`
	Text  bool     `help:"The files hold the printed lines as text, one receipt a file."`
}

// mostPicture is more than any picture here is taken with.
const mostPicture = 64 << 20

// Run prints one JSON object a file. A file that cannot be read is named on
// standard error and the others are read all the same.
func (c extractReceipt) Run(w *world) error {
	r, err := receipt.New()
	if err != nil {
		return err
	}
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	if err := cfg.Finish(); err != nil {
		return wrongUse{err}
	}
	pictures := app.Pictures(cfg)
	defer pictures.Close()
	failed := false
	for _, name := range c.Files {
		line, err := c.one(r, pictures, name)
		if err != nil {
			failed = true
			fmt.Fprintf(w.err, "amanah: %s: %v\n", name, err)
			continue
		}
		if _, err := w.out.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	if failed {
		return errNotInOrder
	}
	return nil
}

func (c extractReceipt) one(r *receipt.Reader, pictures *ocr.Reader, name string) ([]byte, error) {
	f := os.Stdin
	if name != "-" {
		var err error
		if f, err = os.Open(name); err != nil {
			return nil, err
		}
		defer f.Close()
	}
	raw, err := io.ReadAll(io.LimitReader(f, mostPicture+1))
	if err != nil {
		return nil, err
	}
	if c.Text {
		return r.Text(string(raw)).JSON(filepath.Base(name))
	}
	page, err := pictures.Read(context.Background(), raw)
	if err != nil {
		return nil, err
	}
	return r.Page(page).JSON(filepath.Base(name))
}
