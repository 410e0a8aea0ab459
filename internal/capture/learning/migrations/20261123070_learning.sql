-- +goose Up
CREATE TABLE rules (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  merchant BYTEA, merchant_index BYTEA, way TEXT NOT NULL, issuer TEXT NOT NULL, channel TEXT NOT NULL, account_id TEXT,
  name BYTEA, category TEXT NOT NULL, direction TEXT NOT NULL, set_account_id TEXT, note BYTEA,
  state TEXT NOT NULL, from_id TEXT, uses BIGINT NOT NULL, used_at BIGINT, created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX rules_merchant ON rules (tenant_id, merchant_index, state);

CREATE TABLE lessons (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  rule_id TEXT, captured_id TEXT NOT NULL, merchant BYTEA, channel TEXT NOT NULL, direction TEXT NOT NULL, read TEXT NOT NULL,
  minor BIGINT NOT NULL, category TEXT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX lessons_captured ON lessons (tenant_id, captured_id);
CREATE INDEX lessons_created ON lessons (tenant_id, created_at);

CREATE TABLE rule_changes (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  rule_id TEXT NOT NULL, captured_id TEXT NOT NULL, merchant_id TEXT, account_id TEXT,
  category TEXT NOT NULL, direction TEXT NOT NULL, note BYTEA, revision BIGINT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX rule_changes_one ON rule_changes (tenant_id, rule_id, captured_id);

CREATE TABLE taught (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, version BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX taught_one ON taught (tenant_id);
