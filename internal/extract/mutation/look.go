package mutation

import (
	"errors"
	"io"
	"regexp"
	"strings"
	"time"

	"amanah/internal/fault"
)

// Preview is what the beginning of a file shows.
type Preview struct {
	Header     []string // of each column; empty words where the file names none
	HeaderLine int64    // 0 where the file has no header
	Columns    int
	// Fingerprint tells files of the same layout.
	Fingerprint string
	Holder      string // as the lines above the header name them
	From, To    time.Time
	Mapping     Mapping // suggested
	// Known says that a rule of the program knows the layout, Documented that the
	// rule is more than an assumption.
	Known, Documented bool
	Sample            [][]string // the first records below the header
}

const (
	lookRecords = 200 // of the beginning
	sampleSize  = 12
)

var (
	accountLine = regexp.MustCompile(`(?i)(?:no\.?|nomor)\s*rek(?:ening)?|account\s*(?:no|number)|\bnorek\b`)
	holderLine  = regexp.MustCompile(`(?i)^(?:nama(?:\s+(?:pemilik|nasabah|rekening))?|account\s+name|name)\s*[:;,]*\s*(.{2,60})$`)
	dateInText  = regexp.MustCompile(`\d{1,2}[/-]\d{1,2}[/-]\d{4}|\d{1,2} [A-Za-z]{3,9} \d{4}`)
	digitsOnly  = regexp.MustCompile(`\d[\d -]{4,}\d`)
)

// Look reads the beginning of a file. Fault Invalid with mutation.no_table where
// it holds no rows with a date and an amount.
func (b *Book) Look(r io.Reader) (*Preview, error) {
	s, err := open(r)
	if err != nil {
		return nil, fault.Wrap("mutation.Look", err)
	}
	type record struct {
		line  int64
		cells []string
	}
	var all []record
	for len(all) < lookRecords {
		cells, line, reason, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fault.Wrap("mutation.Look", err)
		}
		if reason == "" && !blank(cells) {
			all = append(all, record{line, append([]string(nil), cells...)})
		}
	}
	head, best := -1, 0
	for i, rec := range all[:min(len(all), 80)] {
		if n := headerScore(rec.cells); n > best {
			head, best = i, n
		}
	}
	p := &Preview{}
	first := head + 1
	if head < 0 {
		for first < len(all) && !looksLikeRow(all[first].cells) {
			first++
		}
		if first == len(all) {
			return nil, fault.New(fault.Invalid, "mutation.Look", "mutation.no_table")
		}
		head = first - 1
	} else {
		p.Header, p.HeaderLine = all[head].cells, all[head].line
	}
	var above []string
	for i := 0; i <= head && i < len(all); i++ {
		if all[i].line != p.HeaderLine {
			above = append(above, strings.Join(all[i].cells, " "))
		}
	}
	for _, rec := range all[first:min(len(all), first+sampleSize)] {
		p.Sample = append(p.Sample, rec.cells)
		p.Columns = max(p.Columns, len(rec.cells))
	}
	p.Columns = max(p.Columns, len(p.Header))
	for len(p.Header) < p.Columns {
		p.Header = append(p.Header, "")
	}
	p.Fingerprint = fingerprint(p.Header)
	p.readAbove(above)
	p.settle(b, strings.Join(above, " \n "))
	return p, nil
}

func blank(cells []string) bool {
	for _, c := range cells {
		if c != "" {
			return false
		}
	}
	return true
}

// looksLikeRow tells that a record has a date and an amount.
func looksLikeRow(cells []string) bool {
	date, num := false, false
	for _, c := range cells {
		_, isDate := parseDay(c, "dmy")
		_, isNumber := parseNumber(c, "", "IDR")
		date, num = date || isDate && len(c) > 5, num || isNumber && !isDate
	}
	return date && num
}

// readAbove takes account, holder and period from the lines above the header.
func (p *Preview) readAbove(lines []string) {
	for _, l := range lines {
		if p.Mapping.Last == "" && accountLine.MatchString(l) {
			p.Mapping.Last = last4(digitsOnly.FindString(l))
		}
		if m := holderLine.FindStringSubmatch(strings.TrimSpace(strings.ReplaceAll(l, " :", ":"))); m != nil && p.Holder == "" {
			p.Holder = strings.Trim(m[1], " :;,")
		}
		if ds := dateInText.FindAllString(l, 2); len(ds) == 2 && p.From.IsZero() {
			from, ok := parseDay(ds[0], "dmy")
			to, ok2 := parseDay(ds[1], "dmy")
			if ok && ok2 {
				p.From, p.To = from.time(time.UTC), to.time(time.UTC)
			}
		}
	}
}

func last4(s string) string {
	var d []byte
	for _, c := range []byte(s) {
		if c >= '0' && c <= '9' {
			d = append(d, c)
		}
	}
	return string(d[max(0, len(d)-4):])
}

// settle makes the suggestion: a known layout, or the header's words and what
// stands in the columns.
func (p *Preview) settle(b *Book, above string) {
	last := p.Mapping.Last
	m, documented, known := b.find(p.Header, above)
	if !known {
		m = suggest(p.Header)
		m.Layout, m.Issuer = "own", b.named(above)
		p.byContent(&m)
	}
	m.Last = last
	if m.Account > 0 && m.Last == "" {
		for _, rec := range p.Sample {
			if m.Account <= len(rec) && len(last4(rec[m.Account-1])) == 4 {
				m.Last = last4(rec[m.Account-1])
				break
			}
		}
	}
	p.Mapping, p.Known, p.Documented = m, known, documented
}
