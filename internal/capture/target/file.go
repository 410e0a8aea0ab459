package target

import (
	"slices"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
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

// Check refuses what is no schedule.
func (f *File) Check() error {
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
func Formats() []string { return []string{"csv", "xlsx"} }
