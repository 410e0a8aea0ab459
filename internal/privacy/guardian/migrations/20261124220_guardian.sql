-- +goose Up
CREATE TABLE guardian_wards (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    born BYTEA,
    state TEXT NOT NULL,
    notice_version TEXT NOT NULL,
    since BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    grown_at BIGINT,
    told_at BIGINT,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, subject_id)
);
CREATE TABLE guardian_parties (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    role TEXT NOT NULL,
    name BYTEA,
    email BYTEA,
    asked_at BIGINT NOT NULL,
    sent_at BIGINT,
    letters BIGINT NOT NULL,
    token_hash BYTEA,
    token_ends BIGINT,
    answer TEXT NOT NULL,
    said BYTEA,
    relation TEXT NOT NULL,
    notice_version TEXT NOT NULL,
    notice_digest TEXT NOT NULL,
    lang TEXT NOT NULL,
    answered_at BIGINT,
    withdrawn_at BIGINT,
    ip BYTEA,
    agent BYTEA,
    keep_hash BYTEA,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, subject_id, role)
);
CREATE INDEX guardian_parties_token ON guardian_parties (tenant_id, token_hash);
CREATE INDEX guardian_parties_keep ON guardian_parties (tenant_id, keep_hash);
-- +goose Down
DROP TABLE guardian_parties;
DROP TABLE guardian_wards;
