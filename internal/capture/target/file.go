package target

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/document"
	"amanah/internal/fault"
	"amanah/internal/privacy/egress"
)

// File is what a scheduled file needs.
type File struct {
	Format string `json:"format"`         // csv, xlsx
	Every  string `json:"every"`          // day, week, month
	Hour   int    `json:"hour"`           // local, 0 to 23
	Zone   string `json:"zone,omitempty"` // of Hour; empty: WIB
	Skip   bool   `json:"skip,omitempty"` // no mail for an empty span
	Lang   string `json:"lang,omitempty"` // of the letter
}

// Everies and Formats are the choices of a File.
func Everies() []string { return []string{"day", "week", "month"} }

// check refuses what is no schedule.
func (f *File) check() error {
	wrong := func(field, key string) error { return fault.New(fault.Invalid, "target.File", key).On(field) }
	switch {
	case f == nil || !slices.Contains(Everies(), f.Every):
		return wrong("every", "capture.target.file.every")
	case !slices.Contains(Formats(), f.Format):
		return wrong("format", "capture.target.file.format")
	case f.Hour < 0 || f.Hour > 23:
		return wrong("hour", "capture.target.file.hour")
	}
	return nil
}

// Next is the end of the span that is under way at a moment: the next such hour,
// on Mondays or on the first of the month where it is not every day.
func (f *File) Next(now time.Time) time.Time {
	now = now.In(Notation{Zone: f.Zone}.in(clock.WIB))
	t := time.Date(now.Year(), now.Month(), now.Day(), f.Hour, 0, 0, 0, now.Location())
	for !t.After(now) || f.Every == "week" && t.Weekday() != time.Monday || f.Every == "month" && t.Day() != 1 {
		t = t.AddDate(0, 0, 1)
	}
	return t
}

// Letter is a mail with one file to the person's own address.
type Letter struct {
	ID          string // the letter's own name
	Lang        string
	File        string // the file's name
	ContentType string
	Content     []byte
	From, Until time.Time // the span, in Zone
	Rows        int
	Test        bool
}

// Formats of a file.
func Formats() []string { return []string{string(document.CSV), string(document.XLSX)} }

// ByMail sends a file of each span to the person's own address.
type ByMail struct{}

// mailed are the categories of a file: plain mail carries no references and notes,
// and the notice does not name them for the relay.
var mailed = []string{"account.email", "transaction.amount", "transaction.time", "transaction.merchant", "transaction.account", "transaction.category"}

// unmailed are the sources that a file does not have.
var unmailed = []string{"reference", "note", "channel"}

// Traits of files.
func (ByMail) Traits() Traits {
	return Traits{Name: "file", Recipient: egress.Recipient{Key: "smtp-relay", Kind: egress.Processor}, Categories: mailed, Scheduled: true, Serial: true}
}

// Check looks at the schedule and the fields.
func (ByMail) Check(s Settings) error {
	if err := s.File.check(); err != nil {
		return err
	}
	for _, f := range s.Mapping.Fields {
		if slices.Contains(unmailed, f.Source) {
			return fault.New(fault.Invalid, "target.ByMail", "capture.target.file.fields").On("fields").With("name", f.As)
		}
	}
	return nil
}

// Describe names the form of the file.
func (ByMail) Describe(s Settings) string {
	if s.File == nil {
		return ""
	}
	return strings.ToUpper(s.File.Format)
}

// Send writes the file and posts it. A letter that is sent again after a crash has
// the same name, so that a mailbox shows it once.
func (ByMail) Send(ctx context.Context, to To, p Parcel) Outcome {
	set, m := to.Settings.File, Fields("file", to.Settings.Mapping)
	if set == nil || p.Rows == nil {
		return Outcome{Key: "target.body"}
	}
	zone := m.Notation.in(p.Zone)
	n, table := 0, document.Table{Title: "CTT"}
	for _, f := range m.Fields {
		table.Columns = append(table.Columns, document.Column{Name: f.As, Kind: f.kind(m.Notation)})
	}
	table.Rows = func(yield func([]document.Cell, error) bool) {
		for r, err := range p.Rows {
			if err != nil {
				yield(nil, err)
				return
			}
			n++
			row := make([]document.Cell, 0, len(m.Fields))
			for _, f := range m.Fields {
				row = append(row, f.cell(r, m.Notation, zone))
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	format := document.Format(set.Format)
	var b capped
	if err := (document.Document{Title: "CTT", Zone: zone, At: p.Now, Author: "CTT", Tables: []document.Table{table}}).Write(&b, format); err != nil {
		if b.full {
			return Outcome{Key: "target.file_too_large", Pause: "target.file_too_large"}
		}
		return Outcome{Key: "target.body"}
	}
	from, until := p.From.In(zone), p.Until.In(zone)
	err := to.Post(ctx, Letter{ID: p.Event, Lang: set.Lang, File: "ctt-" + from.Format(time.DateOnly) + "-" + until.Format(time.DateOnly) + "." + set.Format,
		ContentType: format.ContentType(), Content: b.Bytes(), From: from, Until: until, Rows: n, Test: p.Test()})
	if err != nil {
		return Outcome{Key: keyOf(err, "target.mail")}
	}
	return Outcome{}
}

// Disconnect has nothing to take back.
func (ByMail) Disconnect(context.Context, To) bool { return true }

// kind and cell let amounts and times be what they are, unless the person wants
// them written in a certain way.
func (f Field) kind(n Notation) document.Kind {
	switch {
	case n.Number == "" && slices.Contains([]string{"amount", "signed_amount", "fee"}, f.Source):
		return document.KindMoney
	case n.Date == "" && f.Source == "at":
		return document.KindTime
	}
	return document.KindText
}

func (f Field) cell(r Record, n Notation, zone *time.Location) document.Cell {
	if f.Source == "" {
		return document.Text(f.Const)
	}
	switch kind := f.kind(n); {
	case kind == document.KindTime && r.Precision != "day":
		return document.Time(r.At)
	case kind == document.KindTime:
		return document.Date(r.At)
	case kind == document.KindMoney:
		switch {
		case f.Source == "fee" && r.Fee == nil:
			return document.Empty
		case f.Source == "fee":
			return document.Money(*r.Fee)
		case f.Source == "signed_amount" && r.Direction == "out":
			return document.Money(r.Amount.Neg())
		}
		return document.Money(r.Amount)
	}
	return document.Text(r.value(f.Source, n, zone).Text)
}

// maxFile is how large a file may be that goes by mail.
const maxFile = 14 << 20

// capped is a buffer that takes no more than a mail does.
type capped struct {
	bytes.Buffer
	full bool
}

func (c *capped) Write(b []byte) (int, error) {
	if c.Len()+len(b) > maxFile {
		c.full = true
		return 0, fault.New(fault.TooLarge, "target.ByMail", "target.file_too_large")
	}
	return c.Buffer.Write(b)
}
