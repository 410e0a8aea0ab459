package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"amanah/internal/id"
)

// cachedStatements is how many prepared statements a connection keeps. The
// program's texts are a few hundred; lists of values of many lengths add to them.
const cachedStatements = 256

// cachingConnector opens connections that keep their prepared statements: to
// prepare a short statement costs as much as to run it.
type cachingConnector struct {
	sqldriver.Connector
	prepare func(*sqlite3.Conn) error
}

func openCaching(dsn string, prepare func(*sqlite3.Conn) error) (*sql.DB, error) {
	c, err := (&driver.SQLite{}).OpenConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(&cachingConnector{c, prepare}), nil
}

// Connect opens and prepares a connection.
func (c *cachingConnector) Connect(ctx context.Context) (sqldriver.Conn, error) {
	plain, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner := plain.(innerConn)
	if err := c.prepare(inner.Raw()); err != nil {
		_ = inner.Close()
		return nil, err
	}
	return &cachingConn{innerConn: inner, free: map[string]innerStmt{}}, nil
}

type innerConn interface {
	driver.Conn
	sqldriver.ExecerContext
	sqldriver.NamedValueChecker
}

type innerStmt interface {
	sqldriver.Stmt
	sqldriver.StmtExecContext
	sqldriver.StmtQueryContext
	sqldriver.NamedValueChecker
}

// cachingConn is used by one goroutine at a time, as database/sql promises. A
// statement is in free only while nobody uses it.
type cachingConn struct {
	innerConn
	free map[string]innerStmt
	// knows that the scope is tenant's; no longer once anybody binds it: a bind in a
	// transaction may be rolled back.
	knows  bool
	tenant id.Tenant
}

// PrepareContext gives a statement that was prepared before, if there is one.
func (c *cachingConn) PrepareContext(ctx context.Context, text string) (sqldriver.Stmt, error) {
	if text == bindSQLiteText {
		c.knows = false
	}
	if s, ok := c.free[text]; ok {
		delete(c.free, text)
		return &cachedStmt{s, c, text}, nil
	}
	s, err := c.innerConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &cachedStmt{s.(innerStmt), c, text}, nil
}

// Prepare is PrepareContext.
func (c *cachingConn) Prepare(text string) (sqldriver.Stmt, error) {
	return c.PrepareContext(context.Background(), text)
}

// ExecContext sends the savepoints of grouped writes by prepared statements; what
// else has no values may be several statements and goes as it is.
func (c *cachingConn) ExecContext(ctx context.Context, text string, args []sqldriver.NamedValue) (sqldriver.Result, error) {
	if text == savepoint || text == releaseSavepoint {
		return nil, sqldriver.ErrSkip
	}
	if text == bindSQLiteText {
		c.knows = false
	}
	return c.innerConn.ExecContext(ctx, text, args)
}

// Close closes the statements first.
func (c *cachingConn) Close() error {
	for _, s := range c.free {
		_ = s.Close()
	}
	c.free = nil
	return c.innerConn.Close()
}

// cachedStmt goes back to its connection when it is closed. Its values were
// cleared when it ended, so none stays in memory.
type cachedStmt struct {
	innerStmt
	conn *cachingConn
	text string
}

// Close keeps the statement for the next one who prepares the same text.
func (s *cachedStmt) Close() error {
	if _, twice := s.conn.free[s.text]; twice || s.conn.free == nil {
		return s.innerStmt.Close()
	}
	if len(s.conn.free) >= cachedStatements {
		for text, old := range s.conn.free { // any one: those in use come back
			delete(s.conn.free, text)
			_ = old.Close()
			break
		}
	}
	s.conn.free[s.text] = s.innerStmt
	return nil
}
