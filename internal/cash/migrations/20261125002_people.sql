-- +goose Up
ALTER TABLE cash_receipts DROP COLUMN people;
ALTER TABLE cash_receipts ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
CREATE TABLE cash_people (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, receipt_id TEXT NOT NULL, names BYTEA, at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX cash_people_receipt ON cash_people (tenant_id, receipt_id);
