-- +goose Up
CREATE TABLE factor_totp (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    secret BYTEA,
    counter BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    used_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX factor_totp_person ON factor_totp (tenant_id, subject_id);
CREATE TABLE factor_codes (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    code_index BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX factor_codes_code ON factor_codes (tenant_id, subject_id, code_index);
CREATE TABLE factor_passkeys (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    name BYTEA,
    credential_index BYTEA NOT NULL,
    credential BYTEA,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    cloned_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX factor_passkeys_credential ON factor_passkeys (tenant_id, credential_index);
CREATE INDEX factor_passkeys_person ON factor_passkeys (tenant_id, subject_id);
CREATE TABLE factor_challenges (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT,
    purpose TEXT NOT NULL,
    challenge_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX factor_challenges_hash ON factor_challenges (tenant_id, challenge_hash);
-- +goose Down
DROP TABLE factor_challenges;
DROP TABLE factor_passkeys;
DROP TABLE factor_codes;
DROP TABLE factor_totp;
