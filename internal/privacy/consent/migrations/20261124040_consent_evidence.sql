-- +goose Up
ALTER TABLE consents ADD COLUMN notice_digest TEXT NOT NULL DEFAULT '';
ALTER TABLE acceptances ADD COLUMN notice_digest TEXT NOT NULL DEFAULT '';
CREATE TABLE consent_floors (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    notice_version TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX consent_floors_one ON consent_floors (tenant_id, purpose, notice_version);
-- +goose Down
DROP TABLE consent_floors;
ALTER TABLE acceptances DROP COLUMN notice_digest;
ALTER TABLE consents DROP COLUMN notice_digest;
