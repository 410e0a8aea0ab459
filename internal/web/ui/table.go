package ui

import (
	"net/url"
	"strings"
)

// Column is one column of a table.
type Column struct {
	Key      string // value of ?sort=; needed where Sortable
	Label    string // translated
	Number   bool   // aligned to the right, digits of one width
	Sortable bool
	Hidden   bool // the label is for screen readers only, such as that of a column of buttons
}

// Table describes a table; its rows are the child of the component.
type Table struct {
	Caption     string // translated; says what the rows are
	HideCaption bool   // where a heading above says the same
	Columns     []Column
	// At is the path and query of the page: sort links keep the filters in it and
	// drop the place in the list.
	At url.URL
	// Sort is the column sorted by and Desc its direction.
	Sort string
	Desc bool
	// Stack turns rows into cards on a narrow screen; each cell then needs a
	// data-label attribute.
	Stack bool
	// Brief makes a row two lines on a narrow screen: cells of the classes "name"
	// and "num" above, the others in small letters below, without "usual" ones.
	Brief bool
}

// Cursor parameters in the URL of a list. A list is paged by keyset: the value
// is opaque and names the row after or before which the page starts.
const (
	AfterParam  = "after"
	BeforeParam = "before"
)

// Paging links the pages of a list; an empty cursor means there is none.
type Paging struct {
	At            url.URL
	After, Before string
	// Shown says in words what is shown, such as "50 of 1.204 entries"; may be empty.
	Shown string
}

// sortURL gives the link that sorts by a column, turning it round if it is the
// one sorted by.
func (t Table) sortURL(c Column) string {
	dir := "asc"
	if t.Sort == c.Key && !t.Desc {
		dir = "desc"
	}
	return With(t.At, "sort", c.Key, "dir", dir, AfterParam, "", BeforeParam, "")
}

func (t Table) ariaSort(c Column) string {
	switch {
	case t.Sort != c.Key:
		return "none"
	case t.Desc:
		return "descending"
	}
	return "ascending"
}

// With gives the path and query of u with parameters set; an empty value takes
// the parameter away. Pairs are name and value.
func With(u url.URL, pairs ...string) string {
	q := u.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	path := u.EscapedPath()
	// A path that starts with two slashes would be another host.
	path = "/" + strings.TrimLeft(path, "/\\")
	if e := q.Encode(); e != "" {
		return path + "?" + e
	}
	return path
}
