-- +goose Up
CREATE TABLE rest_answers (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    key_hash BYTEA NOT NULL,
    fingerprint BYTEA NOT NULL,
    status BIGINT NOT NULL,
    header BYTEA,
    body BYTEA,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX rest_answers_key ON rest_answers (tenant_id, subject_id, key_hash);
CREATE INDEX rest_answers_created ON rest_answers (tenant_id, created_at);
-- +goose Down
DROP TABLE rest_answers;
