-- +goose Up
CREATE TABLE read_log (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    place TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor TEXT,
    credential TEXT,
    address BYTEA,
    table_name TEXT NOT NULL,
    subject TEXT,
    whole BOOLEAN NOT NULL,
    row_count BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX read_log_actor ON read_log (tenant_id, actor, first_at);
CREATE INDEX read_log_credential ON read_log (tenant_id, credential, first_at);
CREATE INDEX read_log_address ON read_log (tenant_id, address, first_at);
CREATE INDEX read_log_table ON read_log (tenant_id, table_name, first_at);
CREATE INDEX read_log_subject ON read_log (tenant_id, subject);
CREATE INDEX read_log_last ON read_log (tenant_id, last_at);
