package exchange

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"amanah/internal/fault"
)

// Writer is the program that wrote a file.
type Writer string

// The writers that are known by the names of their columns.
const (
	Own           Writer = "own"
	Firefly       Writer = "firefly"
	EzBookkeeping Writer = "ezbookkeeping"
)

// needs are the columns that a file of each writer must have; the longest first.
var needs = []struct {
	writer  Writer
	columns []string
	read    func(*File, record) (Row, string)
}{
	{Firefly, []string{"journal_id", "type", "currency_code", "amount", "description", "date", "source_name", "source_type", "destination_name", "destination_type"}, (*File).firefly},
	{Own, []string{"date", "kind", "amount", "currency", "account"}, (*File).own},
	{EzBookkeeping, []string{"Time", "Type", "Sub Category", "Account", "Amount", "Account2", "Account2 Amount"}, (*File).ezbookkeeping},
}

// File reads rows of a file, one at a time.
type File struct {
	Writer  Writer
	in      *csv.Reader
	columns map[string]int
	read    func(*File, record) (Row, string)
	zone    *time.Location
	now     time.Time
	rows    int64
}

// maxRows is how many rows a file may have.
const maxRows = 100_000

// record is one line by the names of its columns.
type record struct {
	columns map[string]int
	cells   []string
}

func (r record) get(column string) string {
	if i, ok := r.columns[column]; ok && i < len(r.cells) {
		return strings.TrimSpace(r.cells[i])
	}
	return ""
}

// Open looks at the head of a file. Days without a zone are in zone. Faults Invalid
// on "file": exchange.file.empty, exchange.file.unknown for columns of no known
// writer, exchange.file.text for what is no text.
func Open(r io.Reader, zone *time.Location, now time.Time) (*File, error) {
	refuse := func(key string) error { return fault.New(fault.Invalid, "exchange.Open", key).On("file") }
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := b.Peek(8192)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, fault.Wrap("exchange.Open", err)
	}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		head = head[3:]
		_, _ = b.Discard(3)
	}
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return nil, refuse("exchange.file.empty")
	case bytes.ContainsRune(head, 0):
		return nil, refuse("exchange.file.text")
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	f := &File{in: csv.NewReader(b), columns: map[string]int{}, zone: zoneOr(zone), now: now}
	f.in.FieldsPerRecord, f.in.ReuseRecord = -1, true
	for _, mark := range []rune{',', ';', '\t'} {
		if bytes.Count(line, []byte(string(mark))) > bytes.Count(line, []byte(string(f.in.Comma))) {
			f.in.Comma = mark
		}
	}
	names, err := f.in.Read()
	if err != nil {
		return nil, refuse("exchange.file.unknown")
	}
	for i, n := range names {
		if _, twice := f.columns[strings.TrimSpace(n)]; !twice {
			f.columns[strings.TrimSpace(n)] = i
		}
	}
	for _, n := range needs {
		if !slices.ContainsFunc(n.columns, func(c string) bool { _, ok := f.columns[c]; return !ok }) {
			f.Writer, f.read = n.writer, n.read
			return f, nil
		}
	}
	return nil, refuse("exchange.file.unknown")
}

// Next gives the next row, a *Bad for one that cannot be booked, after which it goes
// on, or io.EOF. Fault Invalid exchange.file.long for more rows than are taken.
func (f *File) Next() (Row, error) {
	for {
		cells, err := f.in.Read()
		if errors.Is(err, io.EOF) {
			return Row{}, io.EOF
		}
		var broken *csv.ParseError
		if err != nil && !errors.As(err, &broken) {
			return Row{}, fault.Wrap("exchange.Next", err)
		}
		if f.rows++; f.rows > maxRows {
			return Row{}, fault.New(fault.Invalid, "exchange.Next", "exchange.file.long").On("file")
		}
		if broken != nil {
			return Row{}, &Bad{Line: int64(broken.StartLine), Reason: "quotes"}
		}
		if !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			continue
		}
		at, _ := f.in.FieldPos(0)
		line := int64(at)
		for i := range cells {
			if !valid(cells[i]) {
				return Row{}, &Bad{Line: line, Reason: "text"}
			}
		}
		row, why := f.read(f, record{f.columns, cells})
		if row.Line = line; why == "" {
			why = row.check(f.now)
		}
		if why != "" {
			return Row{}, &Bad{Line: line, Reason: why}
		}
		return row, nil
	}
}
