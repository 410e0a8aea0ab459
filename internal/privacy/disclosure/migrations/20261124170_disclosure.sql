-- +goose Up
CREATE TABLE disclosures (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    number TEXT NOT NULL,
    reason TEXT NOT NULL,
    recipient BYTEA,
    purpose BYTEA,
    basis TEXT NOT NULL,
    document TEXT NOT NULL,
    categories TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    opened_by TEXT,
    first_id TEXT,
    second_id TEXT,
    secrecy TEXT NOT NULL,
    until_at BIGINT,
    why BYTEA,
    handed_at BIGINT,
    records BIGINT NOT NULL,
    size BIGINT NOT NULL,
    digest BYTEA,
    told_at BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX disclosures_number ON disclosures (tenant_id, number);
CREATE INDEX disclosures_person ON disclosures (tenant_id, subject_id, asked_at);
CREATE INDEX disclosures_untold ON disclosures (tenant_id, state, until_at);
-- +goose Down
DROP TABLE disclosures;
