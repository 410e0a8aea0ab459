package sheets

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"amanah/internal/fault"
)

// Client writes with one person's access. It is made for one piece of work.
type Client struct {
	HTTP   *http.Client // the Door's
	Base   string       // https://sheets.googleapis.com
	Access string
}

// Error is a refusal by Google.
type Error struct {
	Status int // 400, 401, 403, 404, 429, 5xx
	// Reason is Google's word, such as PERMISSION_DENIED or RESOURCE_EXHAUSTED.
	Reason string
	Wait   time.Duration // how long to keep away; 0 where Google does not say
}

// Error names status and reason; Google's sentence may quote a cell.
func (e *Error) Error() string { return "sheets: " + strconv.Itoa(e.Status) + " " + e.Reason }

// The two sheets of a spreadsheet: the rows, and a hidden one in which rows are
// looked up. Their numbers stay when a person renames them.
const (
	rowsID, lookupID = 1, 2
	lookupTitle      = "_ctt"
)

// maxAnswer bounds what is read of an answer.
const maxAnswer = 1 << 20

// call runs one method. An error is *Error, or a fault that says nothing but a key.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, in, out any) error {
	const op = "sheets.call"
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return fault.Wrap(op, err)
		}
		body = bytes.NewReader(raw)
	}
	address := strings.TrimSuffix(c.Base, "/") + "/v4/spreadsheets" + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return fault.New(fault.Invalid, op, "egress.bad_url")
	}
	req.Header.Set("Authorization", "Bearer "+c.Access)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return strip(op, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if resp.StatusCode >= 300 {
		return refusal(resp, raw)
	}
	if err != nil || out != nil && json.Unmarshal(raw, out) != nil {
		return fault.New(fault.Unavailable, op, "egress.answer")
	}
	return nil
}

func refusal(resp *http.Response, raw []byte) *Error {
	var e struct {
		Error struct {
			Status  string `json:"status"`
			Details []struct {
				Reason string `json:"reason"`
			} `json:"details"`
		} `json:"error"`
	}
	_ = json.Unmarshal(raw, &e)
	out := &Error{Status: resp.StatusCode, Reason: e.Error.Status}
	for _, d := range e.Error.Details {
		if d.Reason != "" {
			out.Reason = d.Reason
		}
	}
	if n, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && n > 0 {
		out.Wait = time.Duration(n) * time.Second
	}
	return out
}

// Row is the cells of one row; its first is the row's number. A cell is a string
// or a json.Number.
type Row []any

type cell struct {
	Value struct {
		String string `json:"stringValue"`
	} `json:"userEnteredValue"`
	Format map[string]any `json:"userEnteredFormat,omitempty"`
}

// Create makes a spreadsheet with a header row, and gives its id.
func (c *Client) Create(ctx context.Context, title, sheet string, head []string) (string, error) {
	cells := make([]cell, len(head))
	for i, h := range head {
		cells[i].Value.String = h
		cells[i].Format = map[string]any{"textFormat": map[string]any{"bold": true}}
	}
	var out struct {
		ID string `json:"spreadsheetId"`
	}
	err := c.call(ctx, http.MethodPost, "", url.Values{"fields": {"spreadsheetId"}}, map[string]any{
		"properties": map[string]any{"title": title},
		"sheets": []any{
			map[string]any{"properties": map[string]any{"sheetId": rowsID, "title": sheet, "index": 0, "gridProperties": map[string]any{"frozenRowCount": 1}},
				"data": []any{map[string]any{"rowData": []any{map[string]any{"values": cells}}}}},
			map[string]any{"properties": map[string]any{"sheetId": lookupID, "title": lookupTitle, "index": 1, "hidden": true}},
		},
	}, &out)
	if err == nil && out.ID == "" {
		err = fault.New(fault.Unavailable, "sheets.Create", "egress.answer")
	}
	return out.ID, err
}

// Titles are a spreadsheet's and its rows' names, which a person may change.
func (c *Client) Titles(ctx context.Context, id string) (spreadsheet, sheet string, err error) {
	var out struct {
		Properties struct {
			Title string `json:"title"`
		} `json:"properties"`
		Sheets []struct {
			Properties struct {
				ID    int    `json:"sheetId"`
				Title string `json:"title"`
			} `json:"properties"`
		} `json:"sheets"`
	}
	err = c.call(ctx, http.MethodGet, "/"+url.PathEscape(id), url.Values{"fields": {"properties.title,sheets.properties(sheetId,title)"}}, nil, &out)
	for _, s := range out.Sheets {
		if s.Properties.ID == rowsID {
			return out.Properties.Title, s.Properties.Title, err
		}
	}
	if err == nil { // the person removed the sheet with the rows
		err = &Error{Status: http.StatusNotFound, Reason: "NOT_FOUND"}
	}
	return out.Properties.Title, "", err
}

type values struct {
	Range  string `json:"range,omitempty"`
	Major  string `json:"majorDimension"`
	Values []Row  `json:"values"`
}

// raw has texts written as they are: "=1+1" stays that text.
var raw = url.Values{"valueInputOption": {"RAW"}}

// Append adds a row below the last one.
func (c *Client) Append(ctx context.Context, id, sheet string, row Row) error {
	q := url.Values{"valueInputOption": {"RAW"}, "insertDataOption": {"INSERT_ROWS"}, "fields": {"updates.updatedRange"}}
	return c.call(ctx, http.MethodPost, "/"+url.PathEscape(id)+"/values/"+url.PathEscape(quote(sheet)+"!A1")+":append", q, values{Major: "ROWS", Values: []Row{row}}, nil)
}

// Write puts cells into a row that is there, from its first column.
func (c *Client) Write(ctx context.Context, id, sheet string, at int, row Row) error {
	place := quote(sheet) + "!A" + strconv.Itoa(at)
	return c.call(ctx, http.MethodPut, "/"+url.PathEscape(id)+"/values/"+url.PathEscape(place), raw, values{Range: place, Major: "ROWS", Values: []Row{row}}, nil)
}

// Find gives the row in which a number stands in the first column; 0 for none. The
// spreadsheet itself looks: a formula is written into the hidden sheet, and the
// answer to writing holds its value. So it costs one small call however long the
// sheet is. number must have letters, digits and "-" only.
func (c *Client) Find(ctx context.Context, id, sheet, number string) (int, error) {
	const op = "sheets.Find"
	if number == "" || strings.Trim(number, "0123456789abcdefghijklmnopqrstuvwxyz-") != "" {
		return 0, fault.New(fault.Internal, op, "")
	}
	place := quote(lookupTitle) + "!A1"
	formula := `=IFERROR(MATCH("` + number + `", ` + quote(sheet) + `!A:A, 0), 0)`
	q := url.Values{"valueInputOption": {"USER_ENTERED"}, "includeValuesInResponse": {"true"}, "responseValueRenderOption": {"UNFORMATTED_VALUE"}, "fields": {"updatedData.values"}}
	var out struct {
		Data struct {
			Values [][]any `json:"values"`
		} `json:"updatedData"`
	}
	err := c.call(ctx, http.MethodPut, "/"+url.PathEscape(id)+"/values/"+url.PathEscape(place), q, values{Range: place, Major: "ROWS", Values: []Row{{formula}}}, &out)
	if err != nil {
		return 0, err
	}
	if len(out.Data.Values) == 1 && len(out.Data.Values[0]) == 1 {
		if n, ok := out.Data.Values[0][0].(float64); ok && n >= 0 {
			return int(n), nil
		}
	}
	return 0, fault.New(fault.Unavailable, op, "egress.answer")
}

// quote makes a sheet's name safe within A1 notation and formulas.
func quote(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }
