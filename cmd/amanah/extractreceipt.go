package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"amanah/internal/extract/ocr"
	"amanah/internal/extract/receipt"
)

// extractReceipt needs no server and no network.
type extractReceipt struct {
	Files []string `arg:"" name:"file" help:"Pictures of receipts; with --text, their text. - is standard input."`
	Text  bool     `help:"The files hold the printed lines as text, one receipt a file."`
}

// mostPicture is more than any picture here is taken with.
const mostPicture = 64 << 20

// places are where the networks that read pictures may lie: beside the program,
// and in the tree that it was built from.
func places() []string {
	out := []string{filepath.Join("tools", "ocr", "node_modules")}
	if program, err := os.Executable(); err == nil {
		dir := filepath.Dir(program)
		out = append(out, filepath.Join(dir, "ocr"), filepath.Join(dir, "..", "tools", "ocr", "node_modules"))
	}
	return out
}

// Run prints one JSON object a file. A file that cannot be read is named on
// standard error and the others are read all the same.
func (c extractReceipt) Run(w *world) error {
	r, err := receipt.New()
	if err != nil {
		return err
	}
	pictures := ocr.New(ocr.Options{Look: places()})
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
