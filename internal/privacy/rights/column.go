package rights

import (
	"amanah/internal/id"
	"amanah/internal/privacy/notice"
	"amanah/internal/privacy/rights/rowset"
)

// column is one column of the copy. Why is empty where its values are given,
// else the reason's key.
type column struct {
	rowset.Field
	at  int // place among the table's fields
	Why string
}

// Reasons why a column is named and not given.
const (
	whySecret = "rights.why.secret"
	whyIndex  = "rights.why.index"
	whyOthers = "rights.why.others"
)

// columns decides what of a table is given. What says nothing about a person is
// given where it makes the rest readable (states, currencies, links to other
// rows), and left out in silence where it is only machinery.
func columns(t rowset.Table, n *notice.Notice) []column {
	var out []column
	for i, f := range t.Fields {
		c := column{Field: f, at: i}
		personal := f.Category != "none"
		switch {
		case f.Name == "tenant_id":
			continue
		case personal && secret(n, f.Category):
			c.Why = whySecret
		case f.Kind == rowset.Digest:
			c.Why = whyIndex
		case f.Kind == rowset.Person:
			c.Why = whyOthers
		case f.Kind == rowset.Binary && !personal:
			continue
		}
		out = append(out, c)
	}
	return out
}

func given(cols []column) []column {
	var out []column
	for _, c := range cols {
		if c.Why == "" {
			out = append(out, c)
		}
	}
	return out
}

func withheld(cols []column) []column {
	var out []column
	for _, c := range cols {
		if c.Why != "" && c.Why != whyOthers {
			out = append(out, c)
		}
	}
	return out
}

// secret tells by the category's term whether it is one: a copy that lies about
// in a folder must not open the account.
func secret(n *notice.Notice, category string) bool {
	c, ok := n.Category(category)
	return ok && (c.DPV == "pd:Password" || c.DPV == "pd:Authenticating")
}

// value is a column of a row as the person may see it.
func (c column) value(t rowset.Table, r rowset.Row, who id.Subject) any {
	if !t.About(r, c.Field, who) {
		return nil
	}
	return r.Values[c.at]
}

var kindNames = map[rowset.Kind]string{
	rowset.Text: "text", rowset.Number: "whole number", rowset.Decimal: "number", rowset.Truth: "true or false",
	rowset.Moment: "time", rowset.Key: "id", rowset.Person: "id", rowset.File: "file", rowset.Digest: "digest", rowset.Binary: "bytes",
}
