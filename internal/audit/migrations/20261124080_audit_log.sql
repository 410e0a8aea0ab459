-- +goose Up
-- An entry waits in the enclosure where it was made (seq 0) until it is put into
-- its service's log, in the service's home.
CREATE TABLE audit_entries (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    home TEXT NOT NULL,
    seq BIGINT NOT NULL,
    logged_at BIGINT,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT,
    actor_salt BYTEA,
    actor_mark BYTEA NOT NULL,
    act TEXT NOT NULL,
    object TEXT NOT NULL,
    count_of BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    subject TEXT,
    salt BYTEA,
    mark BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX audit_entries_seq ON audit_entries (tenant_id, seq) WHERE seq > 0;
CREATE INDEX audit_entries_waiting ON audit_entries (home, at, id) WHERE seq = 0;
CREATE INDEX audit_entries_logged ON audit_entries (tenant_id, logged_at);
CREATE INDEX audit_entries_act ON audit_entries (tenant_id, act, at);
CREATE INDEX audit_entries_subject ON audit_entries (tenant_id, subject, at);
CREATE INDEX audit_entries_actor ON audit_entries (tenant_id, actor, at);
CREATE TABLE audit_trees (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    size BIGINT NOT NULL,
    verified_at BIGINT,
    verified_size BIGINT NOT NULL DEFAULT 0,
    broken TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, id)
);
CREATE TABLE audit_blocks (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    number BIGINT NOT NULL,
    root BYTEA NOT NULL,
    hashes BYTEA,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, number)
);
CREATE TABLE audit_checkpoints (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, size)
);
