-- +goose Up
CREATE TABLE transfers (
    tenant_id TEXT NOT NULL, id TEXT NOT NULL,
    subject TEXT,
    recipient TEXT NOT NULL,
    kind TEXT NOT NULL,
    purpose TEXT NOT NULL,
    categories TEXT NOT NULL,
    host BYTEA,
    bytes BIGINT NOT NULL,
    digest BYTEA,
    at BIGINT,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX transfers_subject ON transfers (tenant_id, subject, at);
-- +goose Down
DROP TABLE transfers;
