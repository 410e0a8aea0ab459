package main

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"amanah/internal/app"
	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/privacy/receipt"
)

type auditCmd struct {
	Export auditExport `cmd:"" help:"Write the audit log of a service to standard output, to be verified anywhere."`
	Verify auditVerify `cmd:"" help:"Verify an exported log, or, without a file, the installation's own logs."`
}

type auditExport struct {
	opened
	Service string `arg:"" help:"The service, such as ctt."`
}

// Run writes the file; its summary goes to standard error.
func (c auditExport) Run(w *world) error {
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	sum, err := a.ExportAudit(w, c.Service, w.out)
	if at := (*audit.Break)(nil); errors.As(err, &at) {
		fmt.Fprintf(w.err, "amanah: the log is not whole, what was written is of no worth: %v\n", at)
		return errNotInOrder
	}
	if err != nil {
		return said(err)
	}
	fmt.Fprintf(w.err, "%d entries, %d of them removed when their time was over, %d checkpoints\n", sum.Size, sum.Removed, sum.Checkpoints)
	return nil
}

type auditVerify struct {
	opened
	File   string `arg:"" optional:"" help:"The exported log; - is standard input. No server, no data, no network."`
	Key    string `help:"The published key: /.well-known/receipt-key.json as a file." type:"path" placeholder:"FILE"`
	Format string `enum:"table,json" default:"table" help:"table or json."`
}

// Run prints what the log holds, and whether it is whole.
func (c auditVerify) Run(w *world) error {
	if c.File == "" {
		return c.installation(w)
	}
	if c.Key == "" {
		return wrongUse{errors.New("name the published key with --key")}
	}
	key, err := publishedKey(c.Key)
	if err != nil {
		return err
	}
	v, err := audit.Verifier(key)
	if err != nil {
		return err
	}
	in, done, err := input(w, c.File)
	if err != nil {
		return wrongUse{err}
	}
	defer done()
	sum, err := audit.VerifyFile(in, v)
	found := app.Audited{Summary: sum}
	if at := (*audit.Break)(nil); errors.As(err, &at) {
		found.Broken = at.Error()
	} else if err != nil {
		return err
	}
	return c.print(w, found)
}

// installation verifies the log of each service.
func (c auditVerify) installation(w *world) error {
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	var errs []error
	for _, service := range a.Services() {
		found, err := a.VerifyAudit(w, service)
		if err != nil && !fault.Is(err, fault.Conflict) {
			return said(err)
		}
		errs = append(errs, c.print(w, found))
	}
	return errors.Join(errs...)
}

func (c auditVerify) print(w *world, f app.Audited) error {
	if c.Format == "json" {
		if err := json.NewEncoder(w.out).Encode(f); err != nil {
			return err
		}
	} else if f.Broken != "" {
		fmt.Fprintf(w.out, "broken       %s  %s\n", f.Origin, f.Broken)
	} else {
		fmt.Fprintf(w.out, "whole        %s\nentries      %d of %d; %d removed when their time was over\ncheckpoints  %d, the last of %s covers %d\n",
			f.Origin, f.Entries, f.Size, f.Removed, f.Checkpoints, f.At.Format(time.RFC3339), f.Covered)
		if f.Older > 0 {
			fmt.Fprintf(w.out, "older        %d rows of the chains before\n", f.Older)
		}
	}
	if f.Broken != "" {
		return errNotInOrder
	}
	return nil
}

// publishedKey reads the key that a controller publishes.
func publishedKey(file string) (ed25519.PublicKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, wrongUse{err}
	}
	key, err := receipt.ParseKey(text)
	if err != nil {
		return nil, wrongUse{fmt.Errorf("%s holds no published key", file)}
	}
	return key, nil
}

// input opens a file, or standard input for "-".
func input(w *world, name string) (io.Reader, func(), error) {
	if name == "-" {
		return w.input(), func() {}, nil
	}
	f, err := os.Open(name)
	return f, func() { _ = f.Close() }, err
}
