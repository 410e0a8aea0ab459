package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"amanah/internal/app"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/record"
)

type noticeCmd struct {
	Render noticeRender `cmd:"" help:"Write the published text of a notice."`
	Record noticeRecord `cmd:"" help:"Make a document from a notice and the data map: the record of processing, the retention policy, the list of recipients."`
	Diff   noticeDiff   `cmd:"" help:"Say what two versions of a notice mean differently."`
}

type noticeRender struct {
	configured
	Service string `arg:"" help:"jenna, ashari, jagacash, ctt or epesantren."`
	Lang    string `enum:"id,en" default:"id" help:"id or en."`
	Format  string `enum:"html,md,json" default:"md" help:"html, md or json."`
}

// Run writes the text to standard output.
func (c noticeRender) Run(w *world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	n, err := app.Notice(cfg, c.Service)
	if err != nil {
		return wrongUse{err}
	}
	if c.Format == "html" {
		return notice.RenderPage(n, c.Lang, w.out)
	}
	return notice.Render(n, c.Lang, c.Format, w.out)
}

type noticeRecord struct {
	configured
	Service  string `arg:"" help:"jenna, ashari, jagacash, ctt or epesantren."`
	Document string `enum:"activities,processor,retention,recipients,assessment" default:"activities" help:"activities, processor, retention, recipients or assessment."`
	Lang     string `enum:"id,en" default:"id" help:"id or en."`
	Format   string `enum:"html,md,json,jsonld" default:"md" help:"html, md, json; jsonld for activities."`
}

// Run writes the document to standard output. It asks no database: what the
// program recorded stands on the officers' pages.
func (c noticeRecord) Run(w *world) error {
	cfg, err := c.load(w)
	if err != nil {
		return err
	}
	if c.Format == "jsonld" && c.Document != string(record.Activities) {
		return wrongUse{errors.New("jsonld is for --document activities alone")}
	}
	s, err := app.RecordSource(cfg, c.Service, w.clock.Now())
	if err != nil {
		return wrongUse{err}
	}
	if c.Format == "jsonld" {
		return record.WriteJSONLD(w.out, s, c.Lang)
	}
	p, err := record.Make(s, record.Kind(c.Document), c.Lang)
	if err != nil {
		return err
	}
	return p.Write(w.out, record.Format(c.Format))
}

type noticeDiff struct {
	Old  string `arg:"" type:"existingfile"`
	New  string `arg:"" type:"existingfile"`
	Lang string `enum:"id,en" default:"id"`
}

// Run prints one line a change in meaning; no change prints nothing.
func (c noticeDiff) Run(w *world) error {
	was, err := readNotice(w, c.Old)
	if err != nil {
		return err
	}
	is, err := readNotice(w, c.New)
	if err != nil {
		return err
	}
	for _, change := range notice.Diff(was, is) {
		fmt.Fprintln(w.out, change.In(c.Lang))
	}
	return nil
}

func readNotice(w *world, file string) (*notice.Notice, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, wrongUse{err}
	}
	n, found := notice.Parse(filepath.Base(file), src)
	for _, f := range found {
		fmt.Fprintln(w.err, f)
	}
	if n == nil {
		return nil, errors.Join(errNotInOrder, fmt.Errorf("%s is not a notice", file))
	}
	return n, nil
}
