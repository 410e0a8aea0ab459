-- +goose Up
CREATE TABLE closings (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    ground TEXT NOT NULL,
    ordered_by TEXT NOT NULL,
    language TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    erase_at BIGINT NOT NULL,
    begun_at BIGINT,
    token_hash BYTEA,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, subject_id)
);
CREATE TABLE idle_warnings (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    last_seen BIGINT NOT NULL,
    first_told BIGINT NOT NULL,
    last_told BIGINT,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, subject_id)
);
-- +goose Down
DROP TABLE idle_warnings;
DROP TABLE closings;
