-- +goose Up
CREATE TABLE bench_passing (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  body BYTEA, came_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX bench_passing_came ON bench_passing (tenant_id, came_at);
CREATE INDEX bench_passing_subject ON bench_passing (tenant_id, subject);
