-- +goose Up
CREATE TABLE refresh_tokens (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    token_hash BYTEA NOT NULL,
    access_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX refresh_tokens_hash ON refresh_tokens (tenant_id, token_hash);
CREATE INDEX refresh_tokens_session ON refresh_tokens (tenant_id, session_id);
CREATE TABLE personal_tokens (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    name BYTEA,
    token_hash BYTEA NOT NULL,
    tail TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    revoked_at BIGINT,
    last_used_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX personal_tokens_hash ON personal_tokens (tenant_id, token_hash);
CREATE INDEX personal_tokens_person ON personal_tokens (tenant_id, subject_id);
CREATE TABLE revoked_tokens (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    token_id TEXT NOT NULL,
    revoked_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX revoked_tokens_token ON revoked_tokens (tenant_id, token_id);
CREATE TABLE token_uses (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    token_id TEXT NOT NULL,
    day_at BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    told BOOLEAN NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX token_uses_day ON token_uses (tenant_id, token_id, day_at);
CREATE INDEX token_uses_told ON token_uses (tenant_id, told, day_at);
CREATE TABLE token_places (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    token_id TEXT NOT NULL,
    network_index BYTEA NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX token_places_network ON token_places (tenant_id, token_id, network_index);
-- +goose Down
DROP TABLE token_places;
DROP TABLE token_uses;
DROP TABLE revoked_tokens;
DROP TABLE personal_tokens;
DROP TABLE refresh_tokens;
