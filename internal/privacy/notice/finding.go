package notice

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says whether the program may start with a finding.
type Severity int

const (
	// Error stops the start.
	Error Severity = iota
	// Warning is said, and the program starts.
	Warning
)

func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Finding is one thing that is wrong, where, and what to do about it.
type Finding struct {
	File      string
	Line, Col int
	// Code is stable and made for machines: "unknown-key", "law-breach-article".
	Code string
	// Article is the provision that the line offends, such as "UU 27/2022 46";
	// empty where no law is involved.
	Article  string
	Message  string
	Mend     string
	Severity Severity
}

// String is one line: file:line:col: code: what is wrong and what to do.
func (f Finding) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s: %s", f.File, f.Line, f.Col, f.Code, f.Message)
	if f.Article != "" {
		s += " (" + f.Article + ")"
	}
	if f.Severity == Warning {
		s += " [warning]"
	}
	if f.Mend != "" {
		s += "; " + f.Mend
	}
	return s
}

// HasErrors tells whether one of the findings stops the start.
func HasErrors(fs []Finding) bool {
	return slices.ContainsFunc(fs, func(f Finding) bool { return f.Severity == Error })
}

// sortFindings puts them in reading order.
func sortFindings(fs []Finding) []Finding {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Col, b.Col), cmp.Compare(a.Code, b.Code))
	})
	return fs
}

// Finding makes a finding at the value of a path of the notice's file.
func (n *Notice) Finding(code, message, mend string, path ...string) Finding {
	return n.finding(n.pos(path...), code, message, mend)
}
