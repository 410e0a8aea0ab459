package store

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5/pgxpool"

	"amanah/internal/clock"
	"amanah/internal/fault"
	"amanah/internal/id"
)

// SystemUse is a reason to see more than one tenant. The list is the whole
// list: a new one is a change of this file that a reviewer sees.
type SystemUse string

// The system transactions of the program.
const (
	// UseInbox finds conversations with waiting messages.
	UseInbox SystemUse = "inbox.waiting"
	// UseMeasure counts and trims rows that are about operation and about nobody.
	UseMeasure SystemUse = "operation.count"
	// UseRecord counts rows and sums for the record of processing; it reads nothing
	// that names a person.
	UseRecord SystemUse = "record.count"
	// UseAudit gives the acts that wait in every tenant their places in the audit log.
	UseAudit SystemUse = "audit.order"
	// UseCheck proves the guard: tests and the check at start.
	UseCheck SystemUse = "guard.check"
	// UseBackup copies rows as they lie into the backup's journal, and back.
	UseBackup SystemUse = "backup.journal"
)

var systemUses = map[SystemUse]bool{UseAudit: true, UseBackup: true, UseCheck: true, UseInbox: true, UseMeasure: true, UseRecord: true}

// System runs f in a transaction that sees every tenant. It is named, and each
// use leaves a row in system_uses with its name, time and actor; sealed values
// stay sealed in it, because it has no home.
func (db *DB) System(ctx context.Context, use SystemUse, actor Actor, f func(*Tx) error) error {
	if !systemUses[use] {
		return fault.New(fault.Forbidden, "store.System", "store.unknown_system_use")
	}
	tx := &Tx{db: db, scope: Scope{Actor: actor, Purpose: "system"}, write: true, system: string(use)}
	recorded := func(tx *Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO system_uses (id, name, at, actor_kind, actor_id) VALUES ($1, $2, $3, $4, $5)",
			tx.NewID(), string(use), tx.Now(), actor.Kind, actor.ID)
		if err != nil {
			return err
		}
		return f(tx)
	}
	if db.pg != nil {
		c, err := db.pg.begin(ctx, db.pg.system, id.Tenant{}, true)
		if err != nil {
			return wrap("store.System", err)
		}
		return db.finishPostgres(ctx, tx, c, recorded)
	}
	return db.writeSQLite(ctx, tx, recorded)
}

// TrimSystemUses forgets the system transactions before a moment. They name no
// person; the application log's term of the notices is enough for them.
func (db *DB) TrimSystemUses(ctx context.Context, before clock.Instant) error {
	return db.System(ctx, UseMeasure, Actor{Kind: "job"}, func(tx *Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM system_uses WHERE at < $1", before)
		return err
	})
}

// JobPool gives package job, and nobody else, the connections that River works
// on: its own tables hold ids only and no tenant's rows. One of the two is nil.
func (db *DB) JobPool() (sqlite *sql.DB, postgres *pgxpool.Pool) {
	if db.pg != nil {
		return nil, db.pg.owner
	}
	return db.sqlite.jobs, nil
}

// GrantJobs lets tenants' transactions put jobs into River's tables, and no more.
func (db *DB) GrantJobs(ctx context.Context) error {
	if db.pg == nil {
		return nil
	}
	_, err := db.pg.owner.Exec(ctx, "GRANT SELECT, INSERT, UPDATE ON river_job, river_queue TO "+appRole+", "+systemRole+"; GRANT USAGE ON SEQUENCE river_job_id_seq TO "+appRole+", "+systemRole)
	return wrap("store.GrantJobs", err)
}
