-- +goose Up
CREATE TABLE budgets (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  category TEXT NOT NULL, currency TEXT NOT NULL, month TEXT NOT NULL, once BOOLEAN NOT NULL, minor BIGINT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX budgets_one ON budgets (tenant_id, category, currency, month, once);
-- What a report reads of a month lies in one index, so that it never opens rows.
CREATE INDEX captured_report ON captured (tenant_id, state, month, currency, direction, category, account_id, at, minor, fee_minor);
-- +goose Down
DROP INDEX captured_report;
DROP TABLE budgets;
