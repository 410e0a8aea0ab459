package mbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func all(t testing.TB, in string, most int) (out []string) {
	t.Helper()
	r, err := New(strings.NewReader(in), most)
	if err != nil {
		t.Fatal(err)
	}
	for {
		m, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if errors.Is(err, ErrTooLarge) {
			out = append(out, "too large")
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(m))
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"one mail":      {"Subject: a\r\n\r\nFrom here on\r\n", []string{"Subject: a\r\n\r\nFrom here on\r\n"}},
		"nothing":       {"", nil},
		"two":           {"From a@example.com Sun Nov 22 10:00:00 2026\nSubject: a\n\nHello\n\nFrom b@example.com Sun\nSubject: b\n\nWorld\n", []string{"Subject: a\n\nHello\n", "Subject: b\n\nWorld\n"}},
		"crlf":          {"From a\r\nSubject: a\r\n\r\nHello\r\n\r\nFrom b\r\nSubject: b\r\n\r\n", []string{"Subject: a\r\n\r\nHello\r\n", "Subject: b\r\n"}},
		"escaped":       {"From a\nSubject: a\n\n>From here\n>>From there\n> From no\n", []string{"Subject: a\n\nFrom here\n>From there\n> From no\n"}},
		"unescaped":     {"From a\nSubject: a\n\nHello\nFrom here it is the same mail\n", []string{"Subject: a\n\nHello\nFrom here it is the same mail\n"}},
		"no mail in it": {"From a\n", []string{""}},
		"too large":     {"From a\n" + strings.Repeat("x", 200_000) + "\n\nFrom b\nSubject: b\n\nok\n", []string{"too large", "Subject: b\n\nok\n"}},
		"a long line":   {"From a\nSubject: " + strings.Repeat("y", 70_000) + "\n\nok\n", []string{"Subject: " + strings.Repeat("y", 70_000) + "\n\nok\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, all(t, c.in, 100_000)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzNext(f *testing.F) {
	f.Add("From a\nSubject: a\n\n>From x\n\nFrom b\n\n")
	f.Add("From \n\nFrom \n")
	f.Fuzz(func(t *testing.T, in string) {
		total := 0
		for _, m := range all(t, in, 1000) {
			total += len(m)
		}
		if total > len(in)+9*strings.Count(in, "From ") {
			t.Errorf("%d bytes out of %d", total, len(in))
		}
	})
}

// A file of mails written as mboxrd gives the mails back.
func FuzzRoundTrip(f *testing.F) {
	f.Add("hello\nFrom x\n>From y", "b")
	f.Fuzz(func(t *testing.T, a, b string) {
		var file bytes.Buffer
		var want []string
		for _, m := range []string{a, b} {
			m = "Subject: x\n\n" + strings.ReplaceAll(m, "\r", "") + "\n"
			for strings.HasSuffix(m, "\n\n") {
				m = m[:len(m)-1]
			}
			want = append(want, m)
			fmt.Fprintln(&file, "From nobody@example.com Sun Nov 22 10:00:00 2026")
			for _, line := range strings.SplitAfter(m, "\n") {
				if strings.HasPrefix(strings.TrimLeft(line, ">"), "From ") {
					line = ">" + line
				}
				file.WriteString(line)
			}
			file.WriteString("\n")
		}
		if diff := cmp.Diff(want, all(t, file.String(), 1<<20)); diff != "" {
			t.Error(diff)
		}
	})
}
