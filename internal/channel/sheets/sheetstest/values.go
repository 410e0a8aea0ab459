package sheetstest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Properties struct {
			Title string `json:"title"`
		} `json:"properties"`
		Sheets []struct {
			Properties struct {
				ID     int    `json:"sheetId"`
				Title  string `json:"title"`
				Index  int    `json:"index"`
				Hidden bool   `json:"hidden"`
				Grid   struct {
					Frozen int `json:"frozenRowCount"`
				} `json:"gridProperties"`
			} `json:"properties"`
			Data []struct {
				Rows []struct {
					Values []struct {
						Value struct {
							String string `json:"stringValue"`
						} `json:"userEnteredValue"`
						Format map[string]any `json:"userEnteredFormat"`
					} `json:"values"`
				} `json:"rowData"`
			} `json:"data"`
		} `json:"sheets"`
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil || in.Properties.Title == "" || len(in.Sheets) == 0 {
		refuse(w, 400, "INVALID_ARGUMENT")
		return
	}
	b := &Book{Title: in.Properties.Title, Sheets: map[int]*Sheet{}}
	for _, one := range in.Sheets {
		sheet := &Sheet{Title: one.Properties.Title, Hidden: one.Properties.Hidden}
		for _, data := range one.Data {
			for _, row := range data.Rows {
				var cells []any
				for _, v := range row.Values {
					cells = append(cells, v.Value.String)
				}
				sheet.Rows = append(sheet.Rows, cells)
			}
		}
		b.Sheets[one.Properties.ID] = sheet
	}
	s.n++
	key := fmt.Sprintf("1AbC-%d", s.n)
	s.books[key] = b
	_ = json.NewEncoder(w).Encode(map[string]string{"spreadsheetId": key})
}

func (s *Server) get(w http.ResponseWriter, b *Book) {
	var list []any
	for key, one := range b.Sheets {
		list = append(list, map[string]any{"properties": map[string]any{"sheetId": key, "title": one.Title}})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"properties": map[string]string{"title": b.Title}, "sheets": list})
}

var (
	a1    = regexp.MustCompile(`^'((?:[^']|'')+)'!A([1-9][0-9]*)$`)
	match = regexp.MustCompile(`^=IFERROR\(MATCH\("([^"]+)", '((?:[^']|'')+)'!A:A, 0\), 0\)$`)
)

func (b *Book) sheet(quoted string) *Sheet {
	for _, one := range b.Sheets {
		if one.Title == strings.ReplaceAll(quoted, "''", "'") {
			return one
		}
	}
	return nil
}

func (s *Server) put(w http.ResponseWriter, r *http.Request, b *Book, place string) {
	bad := func() { refuse(w, 400, "INVALID_ARGUMENT") }
	var in struct {
		Range  string  `json:"range"`
		Major  string  `json:"majorDimension"`
		Values [][]any `json:"values"`
	}
	d := json.NewDecoder(r.Body)
	d.UseNumber()
	d.DisallowUnknownFields()
	place, appends := strings.CutSuffix(place, ":append")
	m := a1.FindStringSubmatch(place)
	if d.Decode(&in) != nil || in.Major != "ROWS" || len(in.Values) != 1 || m == nil || in.Range != "" && in.Range != place {
		bad() // "Unable to parse range"
		return
	}
	sheet, option := b.sheet(m[1]), r.URL.Query().Get("valueInputOption")
	if sheet == nil || option != "RAW" && option != "USER_ENTERED" || appends && r.URL.Query().Get("insertDataOption") != "INSERT_ROWS" {
		bad()
		return
	}
	row := in.Values[0]
	if option == "USER_ENTERED" {
		for i, v := range row {
			text, _ := v.(string)
			if f := match.FindStringSubmatch(text); f != nil {
				row[i] = json.Number(strconv.Itoa(b.find(f[2], f[1])))
			} else if strings.HasPrefix(text, "=") {
				row[i] = "#ERROR!"
			}
		}
	}
	if appends {
		sheet.Rows = append(sheet.Rows, row)
		_ = json.NewEncoder(w).Encode(map[string]any{"updates": map[string]any{"updatedRange": fmt.Sprintf("%s!A%d", m[1], len(sheet.Rows))}})
		return
	}
	at, _ := strconv.Atoi(m[2])
	for len(sheet.Rows) < at {
		sheet.Rows = append(sheet.Rows, nil)
	}
	sheet.Rows[at-1] = row
	out := map[string]any{"updatedRange": place}
	if r.URL.Query().Get("includeValuesInResponse") == "true" {
		out["updatedData"] = map[string]any{"values": [][]any{row}}
	}
	_ = json.NewEncoder(w).Encode(out)
}

// find is MATCH with 0: the first row whose first cell is equal, from 1.
func (b *Book) find(quoted, number string) int {
	sheet := b.sheet(quoted)
	if sheet == nil {
		return 0
	}
	for i, row := range sheet.Rows {
		if len(row) > 0 && fmt.Sprint(row[0]) == number {
			return i + 1
		}
	}
	return 0
}
