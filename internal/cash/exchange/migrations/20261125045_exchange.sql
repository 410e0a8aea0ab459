-- +goose Up
CREATE TABLE cash_imports (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  name BYTEA, file TEXT, digest BYTEA, writer TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
  keep_good BOOLEAN NOT NULL, shared BOOLEAN NOT NULL, total BIGINT NOT NULL, bad BIGINT NOT NULL, known BIGINT NOT NULL,
  handled BIGINT NOT NULL, booked BIGINT NOT NULL, same BIGINT NOT NULL, problems TEXT NOT NULL,
  created_at BIGINT NOT NULL, ended_at BIGINT,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX cash_imports_created ON cash_imports (tenant_id, created_at);
-- +goose Down
DROP TABLE cash_imports;
