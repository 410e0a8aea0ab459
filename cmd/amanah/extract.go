package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"amanah/internal/extract/email"
)

type extractCmd struct {
	Email     extractEmail     `cmd:"" help:"Read bank and e-wallet e-mails (.eml)."`
	Statement extractStatement `cmd:"" help:"Read statements of cards and bank accounts (PDF, CSV, text)."`
	Receipt   extractReceipt   `cmd:"" help:"Read photographs of receipts, or their text."`
}

// extractEmail needs no server and no network.
type extractEmail struct {
	Files []string `arg:"" name:"file" help:"E-mails as files; - is standard input."`
}

// mostMail is more than any server here would take.
const mostMail = 32 << 20

// Run prints one JSON object a file. A file that is no e-mail is named on
// standard error and the others are read all the same.
func (c extractEmail) Run(w *world) error {
	x, err := email.New()
	if err != nil {
		return err
	}
	failed := false
	for _, name := range c.Files {
		line, err := extractOne(x, name)
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

func extractOne(x *email.Extractor, name string) ([]byte, error) {
	f := os.Stdin
	if name != "-" {
		var err error
		if f, err = os.Open(name); err != nil {
			return nil, err
		}
		defer f.Close()
	}
	raw, err := io.ReadAll(io.LimitReader(f, mostMail+1))
	if err != nil {
		return nil, err
	}
	r, err := x.Extract(raw, email.Options{})
	if err != nil {
		return nil, err
	}
	return r.JSON(filepath.Base(name))
}
