package ui

import (
	"errors"
	"net/url"

	"amanah/internal/fault"
	"amanah/internal/web/i18n"
)

// Form is what a person sent and what is wrong with it. The zero Form is an
// untouched form.
type Form struct {
	// Values are what was sent, or the stored values when a form is opened to
	// change something. Passwords are never shown again.
	Values url.Values
	// Errors are in the order of the fields.
	Errors []FieldError
}

// FieldError is one fault of the input, as a sentence of the catalogue.
type FieldError struct {
	Field string
	Key   string
	Args  map[string]any
}

// NewForm opens a form with the values that were sent, or with stored ones.
func NewForm(values url.Values) *Form { return &Form{Values: values} }

// Add notes what is wrong with a field. Args are pairs of name and value.
func (f *Form) Add(field, key string, args ...any) {
	m := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			m[name] = args[i+1]
		}
	}
	f.Errors = append(f.Errors, FieldError{field, key, m})
}

// Take turns an error into messages of the form and tells whether it could: it
// takes faults that the person can mend (invalid, conflict, too large, too many)
// and that have a message key. Errors that were joined are taken together. What
// it does not take belongs to web.Fail.
func (f *Form) Take(err error) bool {
	if err == nil {
		return false
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all := true
		for _, e := range joined.Unwrap() {
			all = f.Take(e) && all
		}
		return all
	}
	var ft *fault.Error
	if !errors.As(err, &ft) || ft.Key == "" {
		return false
	}
	switch ft.Code {
	case fault.Invalid, fault.Conflict, fault.TooLarge, fault.TooMany:
		f.Errors = append(f.Errors, FieldError{ft.Field, ft.Key, ft.Args})
		return true
	}
	return false
}

// OK tells whether nothing is wrong.
func (f *Form) OK() bool { return f == nil || len(f.Errors) == 0 }

// Value is what a field holds.
func (f *Form) Value(field string) string {
	if f == nil {
		return ""
	}
	return f.Values.Get(field)
}

// Holds tells whether a field holds a value, for boxes and radio buttons.
func (f *Form) Holds(field, value string) bool {
	if f == nil {
		return false
	}
	for _, v := range f.Values[field] {
		if v == value {
			return true
		}
	}
	return false
}

// Error is the first message of a field in the printer's language, "" for none.
func (f *Form) Error(p i18n.Printer, field string) string {
	if f == nil {
		return ""
	}
	for _, e := range f.Errors {
		if e.Field == field {
			return p.TMap(e.Key, e.Args)
		}
	}
	return ""
}

// Field describes one input. Name and Label are needed.
type Field struct {
	Name  string
	Label string // translated
	Hint  string // translated; stands above the input
	// Type is text (default), email, password, tel, number, date, month, url,
	// search, file.
	Type         string
	Autocomplete string // WHATWG token: email, current-password, new-password, name, off …
	InputMode    string // numeric, decimal, tel, email, url
	Placeholder  string // an example, never a label
	Optional     bool   // said after the label; all others are required
	Filter       bool   // of a list: neither required nor said to be optional
	ReadOnly     bool
	MaxLength    int
	Min, Max     string
	Accept       string // of a file: image/*
	Capture      string // of a file: user, environment
	Rows         int    // of a text area; 4 where 0
	Short        bool   // as wide as a code or a year
	Prefix       string // such as Rp, in front of the input
	Value        string // where the form holds none
}

// Option is one choice of a select, a radio group or a box.
type Option struct {
	Value, Label, Hint string
	Disabled           bool
}

func (fd Field) required() bool { return !fd.Optional && !fd.ReadOnly && !fd.Filter }
func (fd Field) id() string     { return "f-" + fd.Name }
func (fd Field) hintID() string { return "f-" + fd.Name + "-hint" }
func (fd Field) errID() string  { return "f-" + fd.Name + "-error" }

// kind is the type attribute.
func (fd Field) kind() string {
	if fd.Type == "" {
		return "text"
	}
	return fd.Type
}

// value is what the input shows: nothing for passwords and files.
func (fd Field) value(f *Form) string {
	if fd.Type == "password" || fd.Type == "file" {
		return ""
	}
	if f != nil && f.Values.Has(fd.Name) {
		return f.Value(fd.Name)
	}
	return fd.Value
}

// described joins the ids of hint and error for aria-describedby.
func (fd Field) described(errText string) string {
	s := ""
	if fd.Hint != "" {
		s = fd.hintID()
	}
	if errText != "" {
		if s != "" {
			s += " "
		}
		s += fd.errID()
	}
	return s
}
