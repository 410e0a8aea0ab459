-- +goose Up
CREATE TABLE ledger_accounts (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, owner TEXT,
  kind TEXT NOT NULL, currency TEXT NOT NULL, code TEXT NOT NULL, name BYTEA,
  debit BIGINT NOT NULL, credit BIGINT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX ledger_accounts_code ON ledger_accounts (tenant_id, code);

CREATE TABLE ledger_entries (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  source TEXT NOT NULL, at BIGINT NOT NULL, month TEXT NOT NULL, day TEXT NOT NULL,
  reverses TEXT, reason TEXT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX ledger_entries_source ON ledger_entries (tenant_id, source);
CREATE UNIQUE INDEX ledger_entries_reverses ON ledger_entries (tenant_id, reverses) WHERE reverses IS NOT NULL;
CREATE INDEX ledger_entries_day ON ledger_entries (tenant_id, day, id);

CREATE TABLE ledger_postings (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  entry_id TEXT NOT NULL, account_id TEXT NOT NULL, line BIGINT NOT NULL,
  minor BIGINT NOT NULL, currency TEXT NOT NULL, at BIGINT NOT NULL, month TEXT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX ledger_postings_line ON ledger_postings (tenant_id, entry_id, line);
CREATE INDEX ledger_postings_month ON ledger_postings (tenant_id, account_id, month, at, minor);

CREATE TABLE ledger_months (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, owner TEXT,
  account_id TEXT NOT NULL, month TEXT NOT NULL,
  debit BIGINT NOT NULL, credit BIGINT NOT NULL, postings BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX ledger_months_account ON ledger_months (tenant_id, account_id, month);
CREATE INDEX ledger_months_month ON ledger_months (tenant_id, month);
