package main

import (
	"encoding/json"
	"fmt"
	"time"

	"amanah/internal/privacy/shelf"
)

type papersCmd struct {
	List papersList `cmd:"" help:"List the agreements and the impact assessment that the notice asks for, one JSON object a line, with their state."`
	File papersFile `cmd:"" help:"Register a paper that lies in the folder: only then the processor gets data, or the flagged purposes run."`
}

type papersList struct {
	opened
	ofService
}

// Run prints one line a paper.
func (c papersList) Run(w *world) error {
	a, err := c.open(w)
	if err != nil {
		return err
	}
	defer a.Close()
	e := json.NewEncoder(w.out)
	for _, p := range a.Papers(c.Service) {
		if err := e.Encode(p); err != nil {
			return err
		}
	}
	return nil
}

type papersFile struct {
	opened
	ofService
	For        string    `arg:"" help:"The recipient's key in the notice, or the word assessment."`
	Signed     time.Time `format:"2006-01-02" required:"" help:"When it was signed or decided." placeholder:"DAY"`
	Review     time.Time `format:"2006-01-02" required:"" help:"When it is looked at again, at the latest." placeholder:"DAY"`
	ValidUntil time.Time `format:"2006-01-02" help:"When it ends, if it does." placeholder:"DAY"`
	Instrument string    `help:"What carries a transfer abroad: dpa, scc-id, bcr, treaty, country-list, consent." placeholder:"WORD"`
}

// Run says what was done. The folder may be new: papers can be on file before
// anything runs.
func (c papersFile) Run(w *world) error {
	a, err := c.begin(w)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.FilePaper(w, c.Service, c.For, shelf.Paper{Signed: c.Signed, Review: c.Review, ValidUntil: c.ValidUntil, Instrument: c.Instrument}); err != nil {
		return err
	}
	fmt.Fprintln(w.out, "filed")
	return nil
}
