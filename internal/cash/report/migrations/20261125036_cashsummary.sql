-- +goose Up
CREATE TABLE cash_summary_off (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX cash_summary_off_person ON cash_summary_off (tenant_id, subject);
