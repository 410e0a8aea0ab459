package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// term is when a category's time is over: a period after an event.
type term struct{ event, period string }

var (
	dataKey   = regexp.MustCompile(`^  ([a-z_]+\.[a-z_]+):$`)
	keptLine  = regexp.MustCompile(`^    kept: ([^#]+)`)
	whileTerm = regexp.MustCompile(`^while ([a-z_]+)\.(active|linked|enrolled)(?:, then (P\d+[DMY]) after ([a-z_.]+))?$`)
	afterTerm = regexp.MustCompile(`^(P\d+[DMY]) after ([a-z_.]+)$`)
	untilTerm = regexp.MustCompile(`^until ([a-z_.]+)(?:, at most (P\d+[DMY]) after ([a-z_.]+))?$`)
)

// sentences are the terms of a notice by category, read line by line from its file:
// this test believes neither the program's reading of the file nor of the sentences.
func sentences(t *testing.T, service string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "notices", service+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	out, part, key := map[string]string{}, "", ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n ")
		switch m := dataKey.FindStringSubmatch(line); {
		case line != "" && line[0] != ' ' && line[0] != '#':
			part = line
		case part != "data:":
		case m != nil:
			key = m[1]
		default:
			if m := keptLine.FindStringSubmatch(line); m != nil {
				out[key] = strings.TrimSpace(m[1])
			}
		}
	}
	if len(out) < 30 {
		t.Fatalf("%d categories are read from the notice of %s", len(out), service)
	}
	return out
}

// terms are what ends a sentence; the first that happens counts.
func terms(t *testing.T, sentence string) []term {
	t.Helper()
	if m := whileTerm.FindStringSubmatch(sentence); m != nil {
		if m[3] != "" {
			return []term{{m[4], m[3]}}
		}
		return []term{{m[1] + map[string]string{"active": ".closed", "linked": ".unlinked", "enrolled": ".left"}[m[2]], "P0D"}}
	}
	if m := afterTerm.FindStringSubmatch(sentence); m != nil {
		return []term{{m[2], m[1]}}
	}
	if m := untilTerm.FindStringSubmatch(sentence); m != nil {
		out := []term{{m[1], "P0D"}}
		if m[2] != "" {
			out = append(out, term{m[3], m[2]})
		}
		return out
	}
	if !slices.Contains([]string{"for ever, as aggregates", "not at all"}, sentence) {
		t.Fatalf("the test cannot read %q", sentence)
	}
	return nil
}

// over is when a period after a moment has run out.
func over(t *testing.T, from time.Time, period string) time.Time {
	t.Helper()
	n, err := strconv.Atoi(period[1 : len(period)-1])
	if err != nil {
		t.Fatal(period, err)
	}
	switch period[len(period)-1] {
	case 'D':
		return from.AddDate(0, 0, n)
	case 'M':
		return from.AddDate(0, n, 0)
	}
	return from.AddDate(n, 0, 0)
}
