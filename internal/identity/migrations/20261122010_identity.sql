-- +goose Up
CREATE TABLE accounts (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    email BYTEA,
    email_index BYTEA,
    verified_at BIGINT,
    last_signin_at BIGINT,
    name BYTEA,
    company BYTEA,
    password_hash BYTEA,
    lang TEXT NOT NULL,
    age_declared BIGINT NOT NULL,
    age_declared_at BIGINT,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX accounts_email ON accounts (tenant_id, email_index);
CREATE TABLE sessions (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    workspace_id TEXT,
    token_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    revoked_at BIGINT,
    ip BYTEA,
    agent BYTEA,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX sessions_token ON sessions (tenant_id, token_hash);
CREATE INDEX sessions_person ON sessions (tenant_id, subject_id);
CREATE TABLE verifications (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX verifications_token ON verifications (tenant_id, token_hash);
CREATE INDEX verifications_person ON verifications (tenant_id, subject_id);
CREATE TABLE invitations (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    invitee_id TEXT NOT NULL,
    inviter_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    role TEXT NOT NULL,
    email BYTEA,
    email_index BYTEA NOT NULL,
    token_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX invitations_token ON invitations (tenant_id, token_hash);
CREATE UNIQUE INDEX invitations_place ON invitations (tenant_id, workspace_id, email_index);
CREATE TABLE attempts (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    key_index BYTEA NOT NULL,
    tries BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    until_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX attempts_key ON attempts (tenant_id, key_index);
-- +goose Down
DROP TABLE attempts;
DROP TABLE invitations;
DROP TABLE verifications;
DROP TABLE sessions;
DROP TABLE accounts;
