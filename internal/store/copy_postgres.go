package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// everything lets the system's role read what a dump takes. The owner is bound by
// row-level security as everybody is; the system's policies show all rows to it.
const everything = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + systemRole + "; GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO " + systemRole

func (db *DB) copyPostgres(ctx context.Context, w io.Writer) (f Figures, err error) {
	c, err := pgx.Connect(ctx, db.pg.url)
	if err != nil {
		return f, errors.New("PostgreSQL does not answer")
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	if _, err := c.Exec(ctx, everything); err != nil {
		return f, err
	}
	tool, err := pgTool(ctx, c, "pg_dump")
	if err != nil {
		return f, err
	}
	tx, err := c.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return f, err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	var snapshot string
	if err := tx.QueryRow(ctx, "SELECT pg_export_snapshot()").Scan(&snapshot); err != nil {
		return f, err
	}
	if f, err = measurePostgres(ctx, tx); err != nil {
		return f, err
	}
	err = runTool(ctx, db.pg.url, nil, w, tool, "--format=custom", "--exclude-schema=amanah_keys", "--no-owner", "--no-privileges", "--no-comments",
		"--enable-row-security", "--role="+systemRole, "--snapshot="+snapshot, "--no-password")
	return f, err
}

func measurePostgres(ctx context.Context, tx pgx.Tx) (Figures, error) {
	f := Figures{Engine: "postgres", Tables: map[string]TableFigure{}}
	if _, err := tx.Exec(ctx, "SET LOCAL ROLE "+systemRole); err != nil {
		return f, err
	}
	rows, err := tx.Query(ctx, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
	if err != nil {
		return f, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return f, err
	}
	for _, n := range names {
		if f.Tables[n], err = sumPostgres(ctx, tx, n); err != nil {
			return f, fmt.Errorf("table %s: %w", n, err)
		}
	}
	f.audit()
	if err := tx.QueryRow(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&f.Schema); err != nil {
		return f, err
	}
	return f, tx.QueryRow(ctx, "SELECT seq, hash FROM backup_state WHERE id = 'journal'").Scan(&f.Seq, &f.Hash)
}

func sumPostgres(ctx context.Context, tx pgx.Tx, table string) (TableFigure, error) {
	r := newRowsum()
	rows, err := tx.Query(ctx, "SELECT * FROM public."+pgx.Identifier{table}.Sanitize())
	if err != nil {
		return TableFigure{}, err
	}
	defer rows.Close()
	for rows.Next() {
		for _, v := range rows.RawValues() {
			if v == nil {
				r.value('n', nil)
			} else {
				r.value('v', v)
			}
		}
		r.end()
	}
	return r.figure(), rows.Err()
}

// RestorePostgres fills an empty database with what Copy wrote, in one transaction
// of PostgreSQL: all of it or nothing. A database that is not empty is refused.
func RestorePostgres(ctx context.Context, databaseURL string, r io.Reader) error {
	c, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return errors.New("store: PostgreSQL does not answer, or the database is not there")
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	if err := EmptyPostgres(ctx, databaseURL); err != nil {
		return err
	}
	if err := makeRoles(ctx, c); err != nil {
		return err
	}
	tool, err := pgTool(ctx, c, "pg_restore")
	if err != nil {
		return err
	}
	return runTool(ctx, databaseURL, r, nil, tool, "--format=custom", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "--no-password")
}

// EmptyPostgres tells by an error that a database is not empty.
func EmptyPostgres(ctx context.Context, databaseURL string) error {
	c, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return errors.New("store: PostgreSQL does not answer, or the database is not there")
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	var n int
	err = c.QueryRow(ctx, "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'amanah_keys') AND c.relkind IN ('r', 'v', 'S')").Scan(&n)
	if err == nil && n > 0 {
		err = errors.New("store: the database is not empty: name one that createdb has just made")
	}
	return err
}

// TrialPostgres restores into a throw-away database beside the one of the URL,
// measures it and drops it. The role has to be allowed to make databases.
func TrialPostgres(ctx context.Context, databaseURL string, r io.Reader) (f Figures, err error) {
	c, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return f, errors.New("store: PostgreSQL does not answer")
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	name := c.Config().Database + "_trial"
	drop := "DROP DATABASE IF EXISTS " + pgx.Identifier{name}.Sanitize() + " WITH (FORCE)"
	if _, err := c.Exec(ctx, drop); err != nil {
		return f, wrap("store.Trial", err)
	}
	if _, err := c.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()+" TEMPLATE template0"); err != nil {
		return f, fmt.Errorf("store: a trial restore needs a database of its own: ALTER ROLE %s CREATEDB (%w)", c.Config().User, wrap("store.Trial", err))
	}
	defer func() {
		_, e := c.Exec(context.WithoutCancel(ctx), drop)
		err = errors.Join(err, e)
	}()
	u, err := url.Parse(databaseURL)
	if err != nil {
		return f, errors.New("store: the database URL cannot be read")
	}
	u.Path = "/" + name
	if err := RestorePostgres(ctx, u.String(), r); err != nil {
		return f, err
	}
	return MeasurePostgres(ctx, u.String())
}

// MeasurePostgres tells what a database holds.
func MeasurePostgres(ctx context.Context, databaseURL string) (f Figures, err error) {
	c, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return f, errors.New("store: PostgreSQL does not answer")
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	if _, err := c.Exec(ctx, "GRANT USAGE ON SCHEMA public TO "+systemRole+"; "+everything); err != nil {
		return f, wrap("store.MeasurePostgres", err)
	}
	tx, err := c.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return f, wrap("store.MeasurePostgres", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	f, err = measurePostgres(ctx, tx)
	return f, wrap("store.MeasurePostgres", err)
}

var toolVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// pgTool finds a program of PostgreSQL that is no older than the server.
func pgTool(ctx context.Context, c *pgx.Conn, name string) (string, error) {
	server, _, _ := strings.Cut(c.PgConn().ParameterStatus("server_version"), ".")
	server = strings.TrimFunc(server, func(r rune) bool { return r < '0' || r > '9' })
	want, _ := strconv.Atoi(server)
	places, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if p, err := exec.LookPath(name); err == nil {
		places = append(places, p)
	}
	var found []string
	for _, p := range slices.Backward(places) {
		out, err := exec.CommandContext(ctx, p, "--version").Output()
		m := toolVersion.FindSubmatch(out)
		if err != nil || m == nil {
			continue
		}
		if have, _ := strconv.Atoi(string(m[1])); have >= want {
			return p, nil
		}
		found = append(found, p+" is of version "+string(m[1]))
	}
	if len(found) == 0 {
		found = []string{"none is there"}
	}
	return "", fmt.Errorf("store: %s of PostgreSQL %d or newer is needed on this machine (Debian: apt-get install postgresql-client-%d): %s", name, want, want, strings.Join(found, ", "))
}

// runTool runs one with the database's URL; the password goes by the environment,
// which only this user can read. What it complains of may quote values and is cut
// to its first line's kind.
func runTool(ctx context.Context, databaseURL string, in io.Reader, out io.Writer, tool string, args ...string) error {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return errors.New("store: the database URL cannot be read")
	}
	env := slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "AMANAH_") })
	if p, ok := u.User.Password(); ok {
		env = append(env, "PGPASSWORD="+p)
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	for k := range q {
		if strings.HasPrefix(k, "pool_") || strings.HasSuffix(k, "_cache_capacity") || k == "default_query_exec_mode" {
			q.Del(k) // pgx's own
		}
	}
	u.RawQuery = q.Encode()
	cmd := exec.CommandContext(ctx, tool, append(args, "--dbname="+u.String())...)
	var said bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, in, out, &said
	if err := cmd.Run(); err != nil {
		first, _, _ := strings.Cut(said.String(), "\n")
		if i := strings.Index(first, "ERROR:"); i >= 0 && strings.Contains(first, "duplicate") {
			first = first[:i]
		}
		return fmt.Errorf("store: %s: %w: %s", filepath.Base(tool), err, first)
	}
	return nil
}
