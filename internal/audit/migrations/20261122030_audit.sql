-- +goose Up
CREATE TABLE audit_log (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    seq BIGINT NOT NULL,
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
    before_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, seq)
);
CREATE INDEX audit_log_at ON audit_log (tenant_id, at);
CREATE TABLE audit_heads (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE TABLE activity_log (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL,
    act TEXT NOT NULL,
    object TEXT NOT NULL,
    count_of BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX activity_log_subject ON activity_log (tenant_id, subject, id);
CREATE INDEX activity_log_at ON activity_log (tenant_id, at);
-- +goose Down
DROP TABLE activity_log;
DROP TABLE audit_heads;
DROP TABLE audit_log;
