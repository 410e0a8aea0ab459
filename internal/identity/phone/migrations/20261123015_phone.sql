-- +goose Up
CREATE TABLE phones (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    number BYTEA,
    verified_at BIGINT,
    asked_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE TABLE phone_codes (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    number BYTEA,
    digest BYTEA,
    number_index BYTEA,
    network_index BYTEA,
    tries BIGINT NOT NULL,
    created_at BIGINT,
    ends_at BIGINT,
    used_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX phone_codes_person ON phone_codes (tenant_id, subject_id, created_at);
CREATE INDEX phone_codes_number ON phone_codes (tenant_id, number_index, created_at);
CREATE INDEX phone_codes_network ON phone_codes (tenant_id, network_index, created_at);
-- +goose Down
DROP TABLE phone_codes;
DROP TABLE phones;
