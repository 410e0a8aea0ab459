// Package job runs work later: deliveries, sweeps, exports, schedules. The
// engine is River (docs/decisions/0004-river.md) on the same database, so that a
// job put in by a transaction exists exactly if the transaction does.
//
// A task runs at least once: after a crash it runs again. What it does must
// therefore be the same done twice. Its arguments are ids, never personal data,
// because River's tables have no tenant and no seal.
//
// What must happen in order within a conversation is inbox's, not job's.
package job
