package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"amanah/internal/extract/receipt"
)

// extractReceipt needs no server and no network.
type extractReceipt struct {
	Files []string `arg:"" name:"file" help:"Pictures of receipts; with --text, their text. - is standard input."`
	Text  bool     `help:"The files hold the printed lines as text, one receipt a file."`
}

// mostText is more than any receipt has.
const mostText = 1 << 20

// Run prints one JSON object a file. A file that cannot be read is named on
// standard error and the others are read all the same.
func (c extractReceipt) Run(w *world) error {
	r, err := receipt.New()
	if err != nil {
		return err
	}
	failed := false
	for _, name := range c.Files {
		line, err := c.one(r, name)
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

func (c extractReceipt) one(r *receipt.Reader, name string) ([]byte, error) {
	f := os.Stdin
	if name != "-" {
		var err error
		if f, err = os.Open(name); err != nil {
			return nil, err
		}
		defer f.Close()
	}
	raw, err := io.ReadAll(io.LimitReader(f, mostText))
	if err != nil {
		return nil, err
	}
	return r.Text(string(raw)).JSON(filepath.Base(name))
}
