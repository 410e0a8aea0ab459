package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"amanah/internal/app"
	"amanah/internal/clock"
	"amanah/internal/id"
)

type subjectCmd struct {
	Export subjectExport `cmd:"" help:"Write the copy that the person would get (ZIP)."`
	Erase  subjectErase  `cmd:"" help:"Delete the person's data everywhere and print the signed receipt."`
	// Unfactor is the way out for a person who lost telephone and codes.
	Unfactor subjectUnfactor `cmd:"" help:"Remove the person's second factors and end their sessions, after making sure who asks."`
}

// person names whom a command is about.
type person struct {
	ofService
	Email string `help:"The account's address; - reads it from standard input, so that no shell history keeps it." xor:"who" placeholder:"ADDRESS|-"`
	ID    string `help:"The person's id." xor:"who" placeholder:"ID"`
}

// check finds wrong use before anything is opened.
func (p person) check() error {
	if (p.Email == "") == (p.ID == "") {
		return wrongUse{errors.New("name the person by --email or by --id")}
	}
	if p.ID != "" {
		if _, err := id.ParseSubject(p.ID); err != nil {
			return wrongUse{fmt.Errorf("--id: %q is not an id", p.ID)}
		}
	}
	return nil
}

func (p person) find(w *world, a *app.App, in *bufio.Reader) (id.Subject, error) {
	if p.ID != "" {
		return id.ParseSubject(p.ID)
	}
	email, err := readAddress(p.Email, in)
	if err != nil {
		return id.Subject{}, err
	}
	who, err := a.PersonByEmail(w, p.Service, email)
	return who, said(err)
}

// copied says in which form a copy is made.
type copied struct {
	Lang string `enum:"id,en" default:"id" help:"Language of the copy's page: id or en."`
	Zone string `help:"Time zone of the copy's page." default:"Asia/Jakarta"`
}

// write makes the copy beside its place and moves it there when it is whole; it
// never replaces a file.
func (c copied) write(w *world, a *app.App, service string, who id.Subject, file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	sum, err := a.ExportPerson(w, service, who, c.Lang, clock.Zone(c.Zone), f)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(said(err), os.Remove(file))
	}
	return json.NewEncoder(w.out).Encode(map[string]any{"file": file, "number": sum.Number, "records": sum.Records, "files": sum.Files, "bytes": sum.Bytes, "manifest_sha256": sum.ManifestSHA256})
}

type subjectExport struct {
	opened
	person
	Out string `arg:"" help:"The new ZIP file." type:"path"`
	copied
}

// Run prints one JSON object about the copy.
func (c subjectExport) Run(w *world) error {
	if err := c.check(); err != nil {
		return err
	}
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	who, err := c.find(w, a, bufio.NewReader(w.input()))
	if err != nil {
		return err
	}
	return c.write(w, a, c.person.Service, who, c.Out)
}

type subjectErase struct {
	opened
	person
	Lang string `enum:"id,en" default:"id" help:"Language of the letter to the person: id or en."`
	Yes  bool   `help:"Do not ask."`
}

// Run prints the receipt; the person gets that of the order by mail.
func (c subjectErase) Run(w *world) error {
	if err := c.check(); err != nil {
		return err
	}
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	in := bufio.NewReader(w.input())
	who, err := c.find(w, a, in)
	if err != nil {
		return err
	}
	if !c.Yes {
		if err := confirmFrom(w, in, "Everything of this person goes and cannot be brought back.", who.String()); err != nil {
			return err
		}
	}
	done, err := a.ErasePerson(w, c.Service, who, c.Lang)
	if err != nil {
		return said(err)
	}
	if !done.Told {
		fmt.Fprintln(w.err, "amanah: the letter to the person was not taken; tell them otherwise")
	}
	_, err = w.out.Write(done.Receipt)
	return err
}

type subjectUnfactor struct {
	opened
	person
	Yes bool `help:"Do not ask."`
}

// Run removes the factors; the person is told by letter.
func (c subjectUnfactor) Run(w *world) error {
	if err := c.check(); err != nil {
		return err
	}
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	in := bufio.NewReader(w.input())
	who, err := c.find(w, a, in)
	if err != nil {
		return err
	}
	if !c.Yes {
		if err := confirmFrom(w, in, "Whoever has the password can then sign in without a second step. Make sure who asks.", who.String()); err != nil {
			return err
		}
	}
	if err := a.Unfactor(w, c.person.Service, who); err != nil {
		return said(err)
	}
	fmt.Fprintln(w.out, "The second factors are removed, all sessions are ended, and the person is told by letter.")
	return nil
}

// input is where a person types; run hands none in, so it is the process's.
func (w *world) input() io.Reader { return os.Stdin }

// address gives what a flag says, or the first line of standard input for "-".
func address(w *world, flag string) (string, error) {
	return readAddress(flag, bufio.NewReader(w.input()))
}

func readAddress(flag string, in *bufio.Reader) (string, error) {
	if flag == "-" {
		line, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			return "", err
		}
		flag = strings.TrimSpace(line)
	}
	if !strings.Contains(flag, "@") {
		return "", wrongUse{errors.New("--email: an address has an @")}
	}
	return flag, nil
}

func confirm(w *world, what, word string) error {
	return confirmFrom(w, bufio.NewReader(w.input()), what, word)
}

// confirmFrom goes on only if the word was typed.
func confirmFrom(w *world, in *bufio.Reader, what, word string) error {
	fmt.Fprintf(w.err, "%s\nType %s to go on: ", what, word)
	line, err := in.ReadString('\n')
	if err != nil && err != io.EOF {
		return err
	}
	if strings.TrimSpace(line) != word {
		return errors.New("not confirmed: nothing was done")
	}
	return nil
}
