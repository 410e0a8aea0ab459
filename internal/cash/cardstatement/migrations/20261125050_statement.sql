-- +goose Up
CREATE TABLE statement_files (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  name BYTEA, file TEXT, digest BYTEA, size BIGINT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, tries BIGINT NOT NULL,
  account_id TEXT, issuer TEXT NOT NULL, last4 BYTEA, same_index BYTEA, twin_id TEXT,
  day TEXT NOT NULL, due TEXT NOT NULL, from_day TEXT NOT NULL, until_day TEXT NOT NULL, currency TEXT NOT NULL,
  stated BOOLEAN NOT NULL, previous BIGINT NOT NULL, total BIGINT NOT NULL, minimum BIGINT NOT NULL, lines BIGINT NOT NULL,
  known BOOLEAN NOT NULL, scripts BOOLEAN NOT NULL, attachments BOOLEAN NOT NULL, revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL, read_at BIGINT, ended_at BIGINT,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX statement_files_digest ON statement_files (tenant_id, subject, digest);
CREATE INDEX statement_files_same ON statement_files (tenant_id, same_index);
CREATE INDEX statement_files_account ON statement_files (tenant_id, account_id);

CREATE TABLE statement_rows (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  statement_id TEXT NOT NULL, line BIGINT NOT NULL, day TEXT NOT NULL, posted TEXT NOT NULL, description BYTEA,
  minor BIGINT NOT NULL, currency TEXT NOT NULL, type TEXT NOT NULL, original_minor BIGINT NOT NULL, original_currency TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX statement_rows_line ON statement_rows (tenant_id, statement_id, line);

CREATE TABLE statement_matches (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, decider TEXT, undoer TEXT,
  statement_id TEXT NOT NULL, act TEXT NOT NULL, lines TEXT NOT NULL, entries TEXT NOT NULL,
  minor BIGINT NOT NULL, was BYTEA, decided_at BIGINT NOT NULL, undone_at BIGINT,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX statement_matches_statement ON statement_matches (tenant_id, statement_id, decided_at);

CREATE TABLE statement_cards (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  last4 BYTEA, last4_index BYTEA, account_id TEXT, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX statement_cards_last4 ON statement_cards (tenant_id, subject, last4_index, account_id);
-- +goose Down
DROP TABLE statement_files;
DROP TABLE statement_rows;
DROP TABLE statement_matches;
DROP TABLE statement_cards;
