-- +goose Up
CREATE TABLE consents (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    notice_version TEXT NOT NULL,
    at BIGINT NOT NULL,
    how TEXT NOT NULL,
    lang TEXT NOT NULL,
    ip BYTEA,
    agent BYTEA,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX consents_order ON consents (tenant_id, subject_id, purpose, number);
CREATE TABLE acceptances (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    notice_version TEXT NOT NULL,
    terms_version TEXT NOT NULL,
    at BIGINT NOT NULL,
    how TEXT NOT NULL,
    lang TEXT NOT NULL,
    ip BYTEA,
    agent BYTEA,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX acceptances_person ON acceptances (tenant_id, subject_id);
-- +goose Down
DROP TABLE acceptances;
DROP TABLE consents;
