package audit_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"amanah/internal/audit"
	"amanah/internal/fault"
	"amanah/internal/id"
	"amanah/internal/store"
	"amanah/internal/store/storetest"
)

func export(t testing.TB, l *audit.Log) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := l.Export(context.Background(), &b); err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	return b.Bytes()
}

// verifyFile checks a file with the key alone.
func verifyFile(t testing.TB, file []byte) (audit.Summary, error) {
	t.Helper()
	v, err := audit.Verifier(public(key))
	if err != nil {
		t.Fatal(err)
	}
	return audit.VerifyFile(bytes.NewReader(file), v)
}

// years makes a log with entries of two years: the first ones' time is over, one
// of them is held back, and one person of the later ones was erased.
func years(t testing.TB, b *storetest.Bundle) (l *audit.Log, rina id.Subject) {
	t.Helper()
	l, rina = newLog(t, b), b.Subject()
	const old = 300
	for range old {
		record(t, b, l.Home, b.Subject(), id.Subject{}, "old")
	}
	order(t, l)
	b.Manual().Add(200 * 24 * time.Hour)
	for _, who := range []id.Subject{rina, b.Subject(), rina} {
		record(t, b, in(l, b.Tenant()), rina, who, "signin")
		order(t, l)
	}
	b.Manual().Add(200 * 24 * time.Hour)
	record(t, b, l.Home, b.Subject(), rina, "support.looked")
	order(t, l)
	exec(t, b, l.Home, "DELETE FROM audit_entries WHERE seq <= 300 AND seq <> 290")
	return l, rina
}

func erase(t testing.TB, b *storetest.Bundle, l *audit.Log, who id.Subject) {
	t.Helper()
	exec(t, b, l.Home, "UPDATE audit_entries SET subject = NULL, salt = NULL WHERE subject = $1", who)
	exec(t, b, l.Home, "UPDATE audit_entries SET actor = NULL, actor_salt = NULL WHERE actor = $1", who)
}

func TestExport_verifiedElsewhere(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		l, rina := years(t, b)
		before := export(t, l)
		if !bytes.Contains(before, []byte(rina.String())) {
			t.Error("the file does not say who, while it may")
		}
		erase(t, b, l, rina)
		file := export(t, l)
		s, err := verifyFile(t, file)
		if err != nil || s.Size != 304 || s.Removed != 299 || s.Entries != 5 || s.Covered != 304 || s.Checkpoints != 5 {
			t.Errorf("%+v, %v", s, err)
		}
		if bytes.Contains(file, []byte(rina.String())) {
			t.Error("the file names an erased person")
		}
		if got := verify(t, l); got != s {
			t.Errorf("the installation says %+v, the file %+v", got, s)
		}
		other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32))
		v, err := audit.Verifier(public(other))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := audit.VerifyFile(bytes.NewReader(file), v); err == nil {
			t.Error("verified with another key")
		}
	})
}

// Who was erased cannot be recognised: two logs that differ only in the person are
// the same to whoever knows both ids, because the salts are gone.
func TestErasure_nobodyCanTellWhose(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		l, rina, dewi := newLog(t, b), b.Subject(), b.Subject()
		for _, who := range []id.Subject{rina, dewi, rina} {
			record(t, b, l.Home, who, who, "signin")
		}
		order(t, l)
		erase(t, b, l, rina)
		erase(t, b, l, dewi)
		file := string(export(t, l))
		seen := map[string]bool{}
		for line := range strings.Lines(file) {
			if !strings.HasPrefix(line, "e\t") {
				continue
			}
			p := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			if p[3]+p[4]+p[5]+p[6] != "----" {
				t.Errorf("the line still opens: %q", line)
			}
			for _, mark := range []string{p[11], p[16]} { // equal people have no equal marks
				if seen[mark] {
					t.Errorf("two acts of one person can be told to be one's: %s", mark)
				}
				seen[mark] = true
				for _, who := range []id.Subject{rina, dewi} {
					for _, salt := range [][]byte{nil, make([]byte, 32)} {
						if mark == audit.MarkOf(salt, who) {
							t.Error("the mark opens without its salt")
						}
					}
				}
			}
		}
		if len(seen) != 6 {
			t.Errorf("%d marks", len(seen))
		}
		if s := verify(t, l); s.Entries != 3 {
			t.Errorf("%+v", s)
		}
	})
}

// Entries go when their year is over, and not a moment before.
func TestRetention_notBeforeItsTime(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		l := newLog(t, b)
		record(t, b, l.Home, b.Subject(), b.Subject(), "signin")
		order(t, l)
		b.Manual().Add(364 * 24 * time.Hour)
		record(t, b, l.Home, b.Subject(), b.Subject(), "signin")
		order(t, l)
		if s := verify(t, l); s.Entries != 2 {
			t.Errorf("on day 364 %+v", s)
		}
		exec(t, b, l.Home, "DELETE FROM audit_entries WHERE seq = 1")
		_, err := l.Verify(context.Background())
		var at *audit.Break
		if !errors.As(err, &at) || at.First != 1 || at.Last != 1 {
			t.Errorf("removed on day 364: %v", err)
		}
		if _, err := l.Export(context.Background(), new(bytes.Buffer)); !errors.As(err, &at) {
			t.Errorf("exported what is not whole: %v", err)
		}
		b.Manual().Add(24 * time.Hour)
		if s := verify(t, l); s.Entries != 1 || s.Removed != 1 {
			t.Errorf("after a year %+v", s)
		}
	})
}

// One changed bit is found, whichever it is, and in its line or in the span of
// lines that its checkpoint covers.
func TestVerifyFile_everyBit(t *testing.T) {
	t.Parallel()
	b := storetest.Open(t, "sqlite", config)
	l, rina := years(t, b)
	erase(t, b, l, rina)
	file := export(t, l)
	// Hundreds of lines of hashes are alike: every bit of the lines that differ.
	lines := bytes.SplitAfter(file, []byte("\n"))
	start := 0
	for n, line := range lines {
		if line = line[:]; n > 4 && n < len(lines)-12 && !bytes.HasPrefix(line, []byte("e\t")) && n%100 != 0 {
			start += len(line)
			continue
		}
		for i := range len(line) * 8 {
			// A signature takes long: of notes every seventh bit, and the last ones,
			// where base64 has bits that mean nothing.
			if i%7 > 0 && i/8 < len(line)-40 && !bytes.HasPrefix(line, []byte("e\t")) {
				continue
			}
			bad := bytes.Clone(file)
			bad[start+i/8] ^= 1 << (i % 8)
			_, err := verifyFile(t, bad)
			var at *audit.Break
			if !errors.As(err, &at) {
				t.Fatalf("line %d, bit %d: %v", n+1, i, err)
			}
			// The end of a line joins it with the next one; a hash alone is known by
			// the checkpoint behind it, a leaf's by the line itself.
			if at.Line < n+1 || at.Line != n+1 && bytes.HasPrefix(line, []byte("e\t")) && i/8 != len(line)-1 {
				t.Fatalf("line %d, bit %d of %q: said to be in line %d (%v)", n+1, i, line, at.Line, at)
			}
		}
		start += len(line)
	}
}

func TestVerifyFile_linesChanged(t *testing.T) {
	t.Parallel()
	b := storetest.Open(t, "sqlite", config)
	l, _ := years(t, b)
	file := string(export(t, l))
	lines := strings.SplitAfter(strings.TrimSuffix(file, "\n"), "\n")
	last := len(lines) - 1
	join := func(l ...[]string) string {
		var out []string
		for _, x := range l {
			out = append(out, x...)
		}
		return strings.Join(out, "")
	}
	for name, bad := range map[string]string{
		"empty":               "",
		"cut":                 file[:len(file)/2],
		"without its end":     strings.TrimSuffix(file, "\n"),
		"something behind":    file + "x",
		"another line behind": file + lines[2],
		"no signature":        join(lines[:last]),
		"a line less":         join(lines[:3], lines[4:]),
		"a line twice":        join(lines[:4], lines[3:]),
		"lines swapped":       join(lines[:2], lines[3:4], lines[2:3], lines[4:]),
		"no head":             join(lines[1:]),
		"another end of line": strings.ReplaceAll(file, "\n", "\r\n"),
		"a very long line":    lines[0] + lines[1] + "e\t" + strings.Repeat("x", 1<<20) + "\n",
		"only signatures":     join(lines[:2], lines[last:]),
	} {
		if s, err := verifyFile(t, []byte(bad)); err == nil {
			t.Errorf("%s: verified %+v", name, s)
		}
	}
	if _, err := verifyFile(t, []byte(file)); err != nil {
		t.Error(err)
	}
}

// What the key did not sign is not believed, even if all hashes fit.
func TestVerifyFile_removedTooEarly(t *testing.T) {
	t.Parallel()
	b := storetest.Open(t, "sqlite", config)
	l := newLog(t, b)
	record(t, b, l.Home, b.Subject(), b.Subject(), "signin")
	file := export(t, l)
	// The entry's line becomes that of a removed one: its hash still fits.
	var out []string
	for line := range strings.Lines(string(file)) {
		if strings.HasPrefix(line, "e\t") {
			line = "h\t" + strings.Join(strings.Split(line, "\t")[1:3], "\t") + "\n"
		}
		out = append(out, line)
	}
	var at *audit.Break
	if _, err := verifyFile(t, []byte(strings.Join(out, ""))); !errors.As(err, &at) {
		t.Errorf("%v", err)
	}
}

func FuzzVerifyFile(f *testing.F) {
	b := storetest.Open(f, "sqlite", config)
	l, _ := years(f, b)
	file := export(f, l)
	f.Add(file)
	f.Add(file[:500])
	f.Add([]byte(audit.Format + "\norigin\tamanah/audit/test\n"))
	f.Add([]byte(audit.Format + "\norigin\tx\ne\t1\t\t\t\t\t\t\n"))
	f.Add([]byte(audit.Format + "\norigin\tx\nb\t1\t" + strings.Repeat("0", 64) + "\nc\t\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		s, err := verifyFile(t, in)
		if err != nil {
			return
		}
		// Only what the key signed verifies: each process of the fuzzer signs its own.
		if s.Size != 304 || s.Origin != "amanah/audit/test" {
			t.Errorf("verified what was not exported: %+v", s)
		}
		bad := bytes.Clone(in)
		bad[len(bad)/2] ^= 1
		if s, err := verifyFile(t, bad); err == nil {
			t.Errorf("verified what was changed: %+v", s)
		}
	})
}

// Another service's log, or another log of the service, does not pass for this one.
func TestVerify_otherLogsCheckpoint(t *testing.T) {
	t.Parallel()
	storetest.Both(t, config, func(t *testing.T, b *storetest.Bundle) {
		l, other := newLog(t, b), newLog(t, b)
		record(t, b, l.Home, b.Subject(), b.Subject(), "signin")
		record(t, b, other.Home, b.Subject(), b.Subject(), "signin")
		order(t, l)
		order(t, other)
		var text string
		ctx := context.Background()
		err := b.Read(ctx, other.Home, func(tx *store.Tx) error {
			return tx.QueryRow(ctx, "SELECT note FROM audit_checkpoints WHERE tenant_id = $1", []any{tx.Tenant()}, &text)
		})
		if err != nil {
			t.Fatal(err)
		}
		exec(t, b, l.Home, "UPDATE audit_checkpoints SET note = $1", text)
		if _, err := l.Verify(ctx); !fault.Is(err, fault.Conflict) {
			t.Error(fmt.Sprint("not found: ", err))
		}
	})
}
