-- +goose Up
CREATE TABLE gate_stops (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    why TEXT NOT NULL,
    request TEXT,
    since BIGINT NOT NULL,
    lifted BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX gate_stops_person ON gate_stops (tenant_id, subject_id, purpose);
