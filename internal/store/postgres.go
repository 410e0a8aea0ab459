package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"amanah/internal/id"
)

// The application's roles: both own nothing, log in nowhere and bypass no
// policy. Row-level security lets appRole see one tenant; systemRole sees all
// and is used by named, recorded system transactions only.
const (
	appRole    = "amanah_app"
	systemRole = "amanah_system"
)

// pgEngine has a pool for tenants' transactions, one for system transactions,
// and the owner's, for migrations and River's own work.
type pgEngine struct {
	app, system, owner *pgxpool.Pool
	url                string
}

func (db *DB) openPostgres(ctx context.Context, o Options) error {
	owner, err := pgPool(ctx, o.URL, "", 4)
	if err != nil {
		return err
	}
	db.pg = &pgEngine{owner: owner, url: o.URL}
	if err := db.migratePostgres(ctx, o); err != nil {
		db.pg.close()
		return err
	}
	if db.pg.app, err = pgPool(ctx, o.URL, appRole, 16); err == nil {
		db.pg.system, err = pgPool(ctx, o.URL, systemRole, 2)
	}
	if err != nil {
		db.pg.close()
	}
	return err
}

// pgPool connects, and steps down to a role that row-level security binds.
func pgPool(ctx context.Context, url, role string, most int32) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("store: the database URL cannot be read") // it may hold a password
	}
	cfg.MaxConns = most
	if role != "" {
		cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "SET ROLE "+role)
			return err
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("store: PostgreSQL does not answer: %w", err)
	}
	return pool, nil
}

func (e *pgEngine) close() {
	for _, p := range []*pgxpool.Pool{e.app, e.system, e.owner} {
		if p != nil {
			p.Close()
		}
	}
}

// setTenant is the setting as a text, where several statements go as one; an
// id.Tenant prints as hexadecimal digits and dashes only.
func setTenant(t id.Tenant) string {
	return "select set_config('amanah.tenant', '" + bindValue(t) + "', true)"
}

// guardPostgres makes the roles and the policies. It runs at every start, so a
// table that a later version adds is guarded before anything is served.
func (db *DB) guardPostgres(ctx context.Context, c *pgx.Conn) error {
	if err := makeRoles(ctx, c); err != nil {
		return err
	}
	for _, t := range db.dataMap.tables {
		name := pgx.Identifier{t.Name}.Sanitize()
		_, err := c.Exec(ctx, `ALTER TABLE `+name+` ENABLE ROW LEVEL SECURITY; ALTER TABLE `+name+` FORCE ROW LEVEL SECURITY;
			GRANT SELECT, INSERT, UPDATE, DELETE ON `+name+` TO `+appRole+`, `+systemRole+`;
			DROP POLICY IF EXISTS one_tenant ON `+name+`; DROP POLICY IF EXISTS system_use ON `+name+`;
			CREATE POLICY one_tenant ON `+name+` TO `+appRole+` USING (tenant_id = (SELECT current_setting('amanah.tenant', true))) WITH CHECK (tenant_id = (SELECT current_setting('amanah.tenant', true)));
			CREATE POLICY system_use ON `+name+` TO `+systemRole+` USING (true) WITH CHECK (true)`)
		if err != nil {
			return fmt.Errorf("store: guarding %s: %w", t.Name, err)
		}
	}
	return nil
}

// makeRoles makes the application's roles where the cluster has none.
func makeRoles(ctx context.Context, c *pgx.Conn) error {
	for _, role := range []string{appRole, systemRole} {
		_, err := c.Exec(ctx, `DO $do$ BEGIN CREATE ROLE `+role+` NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
			EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $do$`)
		if err != nil {
			return fmt.Errorf("store: making the role %s: %w", role, err)
		}
		if _, err = c.Exec(ctx, `GRANT USAGE ON SCHEMA public TO `+role); err != nil {
			return err
		}
		if _, err = c.Exec(ctx, `DO $do$ BEGIN IF NOT pg_has_role(current_user, '`+role+`', 'MEMBER') THEN EXECUTE 'GRANT `+role+` TO ' || quote_ident(current_user); END IF; END $do$`); err != nil {
			return err
		}
	}
	return nil
}
