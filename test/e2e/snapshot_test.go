package e2e

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"amanah/internal/store"
	"amanah/internal/store/storetest"
	"amanah/internal/vault"
)

// snapshot is a copy of all that a stopped program keeps.
type snapshot struct {
	dir  string // of the data folder
	dump []byte // of PostgreSQL, all schemas
	keys []byte // of the key ring's schema alone
	rest []byte // of all but the key ring
}

func (p *program) snapshot() snapshot {
	p.t.Helper()
	s := snapshot{dir: filepath.Join(p.t.TempDir(), "copy")}
	if err := os.CopyFS(s.dir, os.DirFS(p.dir)); err != nil {
		p.t.Fatal(err)
	}
	// CopyFS opens the files' modes up; the master key must be its owner's alone.
	if err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			return os.Chmod(path, 0o700)
		}
		if err == nil {
			err = os.Chmod(path, 0o600)
		}
		return err
	}); err != nil {
		p.t.Fatal(err)
	}
	if p.database != "" {
		s.dump = dump(p.t, p.database)
		s.keys = dump(p.t, p.database, "--schema=amanah_keys")
		s.rest = dump(p.t, p.database, "--exclude-schema=amanah_keys")
	}
	return s
}

func dump(t testing.TB, url string, flags ...string) []byte {
	t.Helper()
	out, err := exec.Command("pg_dump", append([]string{"--dbname=" + url, "--restrict-key=e2e"}, flags...)...).Output()
	if err != nil {
		t.Fatalf("pg_dump: %v %s", err, stderr(err))
	}
	return out
}

func stderr(err error) string {
	var e *exec.ExitError
	if errors.As(err, &e) {
		return string(e.Stderr)
	}
	return ""
}

// texts is everything in it that could be read: the bytes of every file, the
// decrypted tables of SQLite, PostgreSQL's dump. Letters may be left out: as long
// as the person is there they lie in the outbox in clear, because they stand for
// what a relay would have carried away.
func (s snapshot) texts(t testing.TB, letters bool) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(s.dir, path)
		if !letters && strings.HasPrefix(rel, "outbox") {
			return nil
		}
		out["the file "+rel], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.dump != nil {
		table := ""
		for line := range strings.Lines(string(s.dump)) {
			if rest, ok := strings.CutPrefix(line, "COPY "); ok {
				table, _, _ = strings.Cut(rest, " ")
			}
			out["the dump's "+table] = append(out["the dump's "+table], line...)
		}
		return out
	}
	for _, name := range []string{"amanah.db", "keys.db"} {
		s.tables(t, name, out)
	}
	return out
}

// tables adds each column of a SQLite file.
func (s snapshot) tables(t testing.TB, name string, out map[string][]byte) {
	t.Helper()
	db, err := store.OpenSQLiteFile(filepath.Join(s.dir, name), s.fileKey(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	names := query(t, db, "SELECT name FROM sqlite_master WHERE type = 'table'")
	if len(names["name"]) < 2 {
		t.Fatalf("%s has the tables %v", name, names)
	}
	for _, table := range names["name"] {
		for column, values := range query(t, db, `SELECT * FROM "`+table+`"`) {
			out[fmt.Sprintf("the column %s.%s", table, column)] = []byte(strings.Join(values, "\n"))
		}
	}
}

func query(t testing.TB, db *sql.DB, text string) map[string][]string {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for rows.Next() {
		values := make([]sql.RawBytes, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, c := range columns {
			out[c] = append(out[c], string(values[i]))
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// fileKey opens the key of the SQLite files with the master key.
func (s snapshot) fileKey(t testing.TB) []byte {
	t.Helper()
	master, err := vault.FileMaster(filepath.Join(s.dir, "keys", "master.key"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := os.ReadFile(filepath.Join(s.dir, "keys", "database.key"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := master.Unwrap(context.Background(), wrapped, []byte("amanah/app/v1/database.key"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// openOld puts the data of before under the key ring of after, as someone would
// who has an old backup, and asks the program itself to read it.
func (p *program) openOld(t *testing.T, before, after snapshot, gone, there planted) {
	t.Helper()
	env := os.Environ()
	if p.database == "" {
		for _, part := range []string{"keys.db", "keys.db-wal", "keys.db-shm"} {
			_ = os.Remove(filepath.Join(before.dir, part))
			if b, err := os.ReadFile(filepath.Join(after.dir, part)); err == nil {
				if err := os.WriteFile(filepath.Join(before.dir, part), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	} else {
		url := storetest.PostgresURL(t)
		for _, part := range [][]byte{before.rest, after.keys} {
			load := exec.Command("psql", "-q", "-v", "ON_ERROR_STOP=1", "--dbname="+url)
			load.Stdin = strings.NewReader(string(part))
			if out, err := load.CombinedOutput(); err != nil {
				t.Fatalf("psql: %v %s", err, out)
			}
		}
		env = append(env, "AMANAH_DATABASE="+url)
	}
	for i, who := range []planted{gone, there} {
		file := filepath.Join(t.TempDir(), fmt.Sprintf("copy-%d.zip", i))
		ask := exec.Command(binary, "subject", "export", "--service", "ctt", "--config", p.config, "--data", before.dir, "--email", who["email"], file)
		ask.Env = env
		out, err := ask.CombinedOutput()
		zip, _ := os.ReadFile(file)
		switch {
		case i == 0 && (len(gone.in(out)) > 0 || err == nil && len(zip) > 0 && len(gone.in(unpacked(t, zip))) > 0):
			t.Errorf("an old copy gives the erased person's %v", gone.in(append(out, unpacked(t, zip)...)))
		case i == 1 && (err != nil || len(there.in(unpacked(t, zip))) != len(there)):
			t.Errorf("the old copy does not even give the other person's data (%v %s): this proves nothing about the erased one", err, out)
		}
	}
}
