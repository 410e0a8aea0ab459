-- +goose Up
CREATE TABLE imports (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  kind TEXT NOT NULL, name BYTEA, file TEXT, digest BYTEA, size BIGINT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
  mapping BYTEA, layout BYTEA, header_line BIGINT NOT NULL, keep_good BOOLEAN NOT NULL, tell BOOLEAN NOT NULL, checked BOOLEAN NOT NULL,
  total BIGINT NOT NULL, bad BIGINT NOT NULL, skipped BIGINT NOT NULL, done_line BIGINT NOT NULL, handled BIGINT NOT NULL,
  booked BIGINT NOT NULL, review BIGINT NOT NULL, same BIGINT NOT NULL, problems TEXT NOT NULL, unbalanced BIGINT NOT NULL,
  created_at BIGINT NOT NULL, started_at BIGINT, ended_at BIGINT,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX imports_digest ON imports (tenant_id, subject, digest);
CREATE INDEX imports_created ON imports (tenant_id, created_at);

CREATE TABLE import_mappings (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  layout BYTEA, mapping BYTEA, used_at BIGINT,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX import_mappings_layout ON import_mappings (tenant_id, subject, layout);
-- +goose Down
DROP TABLE imports;
DROP TABLE import_mappings;
