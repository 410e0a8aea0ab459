-- +goose Up
CREATE TABLE audit_alerts (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    who TEXT,
    count_of BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_alerts_at ON audit_alerts (tenant_id, kind, at);
