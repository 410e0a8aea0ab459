package promise

import (
	"strconv"
	"strings"
	"time"

	"amanah/internal/privacy/notice"
	"amanah/internal/web/i18n"
)

// Figure is one sentence of evidence: a key of the catalogue with its values,
// which are written in the reader's language when it is read.
type Figure struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// Fig makes a figure. Args are pairs of a name and a value that Span, Share,
// Moment, Category, Words or Number made.
func Fig(key string, args ...string) Figure {
	f := Figure{Key: "promise.figure." + key}
	for i := 0; i+1 < len(args); i += 2 {
		if f.Args == nil {
			f.Args = map[string]string{}
		}
		f.Args[args[i]] = args[i+1]
	}
	return f
}

// Span is a length of time, as exactly as people speak of it.
func Span(d time.Duration) string { return "span:" + spoken(d).String() }

// Of is a period of the notice.
func Of(p notice.Period) string { return "span:" + p.String() }

// Share is a part of a whole; of nothing it is all.
func Share(part, whole int64) string {
	if whole == 0 {
		part, whole = 1, 1
	}
	return "share:" + strconv.FormatFloat(float64(part)/float64(whole), 'f', 4, 64)
}

// Moment is a time.
func Moment(t time.Time) string { return "time:" + t.UTC().Format(time.RFC3339) }

// Day is a date.
func Day(t time.Time) string { return "day:" + t.UTC().Format(time.RFC3339) }

// Category is a kind of data of the notice, by its key.
func Category(key string) string { return "data:" + key }

// Number is a count of things that are no people.
func Number(n int64) string { return "n:" + strconv.FormatInt(n, 10) }

// Words is a name that is the same in every language.
func Words(s string) string { return "=" + s }

// spoken rounds a length down to what people say of it: days from two days on,
// hours from two hours on, minutes from two minutes on, else seconds.
func spoken(d time.Duration) notice.Period {
	d = max(d, 0)
	switch {
	case d >= 48*time.Hour:
		return notice.Period{Days: int(d / (24 * time.Hour))}
	case d >= 2*time.Hour:
		return notice.Period{Hours: int(d / time.Hour)}
	case d >= 2*time.Minute:
		return notice.Period{Minutes: int(d / time.Minute)}
	}
	return notice.Period{Seconds: int(d / time.Second)}
}

// Say writes a figure in a language.
func (f Figure) Say(p i18n.Printer, n *notice.Notice) string {
	var args []any
	for name, v := range f.Args {
		args = append(args, name, sayArg(p, n, v))
	}
	return p.T(f.Key, args...)
}

func sayArg(p i18n.Printer, n *notice.Notice, v string) string {
	lang := string(p.Lang)
	if s, ok := strings.CutPrefix(v, "="); ok {
		return s
	}
	kind, text, _ := strings.Cut(v, ":")
	switch kind {
	case "span":
		period, err := notice.ParsePeriod(text)
		if err != nil {
			return text
		}
		if period.IsZero() {
			return notice.Period{Seconds: 1}.Say(lang)
		}
		if period.Hours >= 48 { // people compare "5 hours of 72", not of "3 x 24"
			return p.T("promise.hours", "n", int64(period.Hours))
		}
		return period.Say(lang)
	case "share":
		share, _ := strconv.ParseFloat(text, 64)
		return p.Percent(share)
	case "time", "day":
		t, _ := time.Parse(time.RFC3339, text)
		if kind == "day" {
			return p.Date(t)
		}
		return p.DateTime(t)
	case "data":
		if c, ok := n.Category(text); ok {
			return c.What.In(lang)
		}
	case "n":
		i, _ := strconv.ParseInt(text, 10, 64)
		return p.Number(i)
	}
	return text
}
