-- +goose Up
CREATE TABLE bench_records (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, purpose TEXT NOT NULL,
  look BYTEA, body BYTEA, kept_until BIGINT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX bench_records_look ON bench_records (tenant_id, look);
CREATE INDEX bench_records_subject ON bench_records (tenant_id, subject);
CREATE INDEX bench_records_purpose ON bench_records (tenant_id, purpose, created_at);
