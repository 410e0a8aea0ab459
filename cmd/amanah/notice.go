package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"amanah/internal/app"
	"amanah/internal/privacy/notice"
)

type noticeCmd struct {
	Render noticeRender `cmd:"" help:"Write the published text of a notice."`
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
