package rights

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/privacy/rights/rowset"
	"amanah/internal/vault"
)

// writeTables writes one CSV for each table that names the person at all.
func (e *export) writeTables(ctx context.Context) error {
	for _, t := range e.Schema.Tables() {
		x := exported{Table: t, cols: columns(t, e.notice)}
		any, err := e.hasRows(ctx, t)
		if err != nil {
			return err
		}
		if !any {
			continue
		}
		err = e.entry("tables/"+t.Name+".csv", func(w io.Writer) error {
			x.rows, err = e.writeCSV(ctx, w, x)
			return err
		})
		if err != nil {
			return err
		}
		e.Records += x.rows
		e.tables = append(e.tables, x)
	}
	return nil
}

// stop ends a walk early.
var errStop = fault.New(fault.Internal, "rights.stop", "")

func (e *export) hasRows(ctx context.Context, t rowset.Table) (bool, error) {
	for _, p := range e.places {
		err := e.each(ctx, p, t, e.who, func(rowset.Row) error { return errStop })
		if errors.Is(err, errStop) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}

func (e *export) writeCSV(ctx context.Context, w io.Writer, t exported) (int64, error) {
	out := csv.NewWriter(w)
	cols := given(t.cols)
	head := []string{"enclosure"}
	for _, c := range cols {
		head = append(head, c.Name)
	}
	if err := out.Write(head); err != nil {
		return 0, err
	}
	var n int64
	for _, p := range e.places {
		err := e.each(ctx, p, t.Table, e.who, func(r rowset.Row) error {
			n++
			line := []string{p.name()}
			for _, c := range cols {
				line = append(line, e.cell(t, r, c))
			}
			return out.Write(line)
		})
		if err != nil {
			return n, err
		}
	}
	out.Flush()
	return n, out.Error()
}

func (e *export) cell(t exported, r rowset.Row, c column) string {
	switch v := e.shown(t, r, c).(type) {
	case nil:
		return ""
	case string:
		if c.Kind == rowset.Text {
			return guardFormula(v)
		}
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// guardFormula keeps a spreadsheet from running a text as a formula.
func guardFormula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

// shown is a value as both files write it: string, int64, float64, bool or nil.
func (e *export) shown(t exported, r rowset.Row, c column) any {
	switch v := c.value(t.Table, r, e.who).(type) {
	case clock.Instant:
		return v.Time().Format(time.RFC3339Nano)
	case []byte:
		return base64.StdEncoding.EncodeToString(v)
	case vault.FileID:
		return filePath(t.Table, r, c)
	default:
		return v
	}
}

// open opens a file of a row; nil where it is gone already.
func (e *export) open(ctx context.Context, p place, t exported, r rowset.Row, c column) (io.ReadCloser, error) {
	f, ok := c.value(t.Table, r, e.who).(vault.FileID)
	if !ok {
		return nil, nil
	}
	src, err := rowset.OpenFile(ctx, e.Vault, p.Scope, r.Owner, f)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return src, err
}

// dataHead is data.json but for its rows, which are streamed.
type dataHead struct {
	Format     string         `json:"format"`
	Service    string         `json:"service"`
	Notice     string         `json:"notice_version"`
	Made       string         `json:"made"`
	Language   string         `json:"language"`
	Categories []dataCategory `json:"categories"`
}

type dataCategory struct {
	Key      string   `json:"key"`
	DPV      string   `json:"dpv"`
	What     string   `json:"what"`
	Purposes []string `json:"purposes"`
	Kept     string   `json:"kept"`
	Records  int64    `json:"records"`
	Tables   []string `json:"tables"`
}

type dataColumn struct {
	Name     string `json:"name"`
	Category string `json:"category"`
	Kind     string `json:"kind"`
	Withheld string `json:"withheld,omitempty"`
}

func (e *export) head() dataHead {
	lang := string(e.printer.Lang)
	h := dataHead{Format: Format, Service: e.notice.Service(), Notice: e.notice.Version(), Made: e.made.Format(time.RFC3339), Language: lang, Categories: []dataCategory{}}
	for _, k := range e.holdings {
		c := dataCategory{Key: k.Category.Key, DPV: k.Category.DPV, What: k.Category.What.In(lang), Purposes: []string{}, Kept: k.Category.Kept.Say(lang), Records: k.Records, Tables: []string{}}
		for _, p := range k.Purposes {
			c.Purposes = append(c.Purposes, p.Say.In(lang))
		}
		for _, t := range e.tables {
			for _, f := range t.Fields {
				if f.Category == c.Key {
					c.Tables = append(c.Tables, t.Name)
					break
				}
			}
		}
		h.Categories = append(h.Categories, c)
	}
	return h
}

func (e *export) writeData(ctx context.Context) error {
	return e.entry("data.json", func(w io.Writer) error {
		out := bufio.NewWriter(w)
		head, err := json.MarshalIndent(e.head(), "", " ")
		if err != nil {
			return err
		}
		_, _ = out.Write(head[:len(head)-2]) // without the closing brace
		_, _ = out.WriteString(",\n \"tables\": [")
		for i, t := range e.tables {
			if i > 0 {
				_ = out.WriteByte(',')
			}
			if err := e.writeDataTable(ctx, out, t); err != nil {
				return err
			}
		}
		_, _ = out.WriteString("\n ]\n}\n")
		return out.Flush()
	})
}

func (e *export) writeDataTable(ctx context.Context, out *bufio.Writer, t exported) error {
	cols := []dataColumn{}
	for _, c := range t.cols {
		if c.Why != whyOthers {
			cols = append(cols, dataColumn{Name: c.Name, Category: c.Category, Kind: kindNames[c.Kind], Withheld: e.reason(c)})
		}
	}
	head, err := json.Marshal(map[string]any{"name": t.Name, "module": t.Module, "columns": cols})
	if err != nil {
		return err
	}
	_, _ = out.WriteString("\n  " + string(head[:len(head)-1]) + `,"rows":[`)
	first := true
	for _, p := range e.places {
		err := e.each(ctx, p, t.Table, e.who, func(r rowset.Row) error {
			line, err := json.Marshal(e.object(p, t, r))
			if err != nil {
				return err
			}
			if !first {
				_ = out.WriteByte(',')
			}
			first = false
			_, _ = out.WriteString("\n   ")
			_, err = out.Write(line)
			return err
		})
		if err != nil {
			return err
		}
	}
	_, err = out.WriteString("]}")
	return err
}

func (e *export) reason(c column) string {
	if c.Why == "" {
		return ""
	}
	return e.printer.T(c.Why)
}

func (e *export) object(p place, t exported, r rowset.Row) map[string]any {
	o := map[string]any{"enclosure": p.name()}
	for _, c := range given(t.cols) {
		if v := e.shown(t, r, c); v != nil {
			o[c.Name] = v
		}
	}
	return o
}
