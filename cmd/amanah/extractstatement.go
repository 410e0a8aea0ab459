package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"amanah/internal/extract/pdf"
	"amanah/internal/extract/statement"
)

// extractStatement needs no server and no network.
type extractStatement struct {
	Files        []string `arg:"" name:"file" help:"Statements as PDF, CSV or text; - is standard input."`
	Password     string   `help:"Password of the PDFs. Other processes can see it: rather use the environment or a file." env:"AMANAH_STATEMENT_PASSWORD"`
	PasswordFile string   `help:"File whose first line is the password." type:"existingfile"`
}

const mostStatement = 20 << 20

// Run prints one JSON object a file. What is no statement has its verdict in it
// and makes the exit code 1; the other files are read all the same.
func (c extractStatement) Run(w *world) error {
	password := c.Password
	if c.PasswordFile != "" {
		text, err := os.ReadFile(c.PasswordFile)
		if err != nil {
			return err
		}
		password, _, _ = strings.Cut(string(text), "\n")
		password = strings.TrimSuffix(password, "\r")
	}
	opener := pdf.New(pdf.Limits{AtOnce: 1})
	defer opener.Close()
	r, err := statement.New(opener)
	if err != nil {
		return err
	}
	failed := false
	for _, name := range c.Files {
		raw, err := readStatement(name)
		if err != nil {
			failed = true
			fmt.Fprintf(w.err, "amanah: %s: %v\n", name, err)
			continue
		}
		st, err := r.Read(context.Background(), raw, statement.Options{Password: password})
		if err != nil {
			failed = true
			fmt.Fprintf(w.err, "amanah: %s: %s\n", name, statement.VerdictOf(nil, err))
		}
		line, err := statement.JSON(filepath.Base(name), st, err)
		if err != nil {
			return err
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

func readStatement(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(os.Stdin, mostStatement+1))
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, mostStatement+1))
}
