-- +goose Up
CREATE TABLE cash_accounts (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  kind TEXT NOT NULL, name BYTEA, currency TEXT NOT NULL, shared BOOLEAN NOT NULL, ledger_id TEXT,
  archived_at BIGINT, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));

CREATE TABLE cash_categories (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  kind TEXT NOT NULL, name BYTEA, archived_at BIGINT, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));

CREATE TABLE cash_merchants (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  name BYTEA, name_index BYTEA, category TEXT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX cash_merchants_name ON cash_merchants (tenant_id, subject, name_index);

CREATE TABLE cash_entries (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  kind TEXT NOT NULL, minor BIGINT NOT NULL, currency TEXT NOT NULL, to_minor BIGINT NOT NULL, to_currency TEXT NOT NULL,
  at BIGINT NOT NULL, timed BOOLEAN NOT NULL, day TEXT NOT NULL, month TEXT NOT NULL,
  account_id TEXT, to_id TEXT, category TEXT NOT NULL, merchant_id TEXT, note BYTEA,
  private BOOLEAN NOT NULL, receipt_id TEXT, ledger_entry TEXT, source TEXT NOT NULL, way TEXT NOT NULL, state TEXT NOT NULL,
  revision BIGINT NOT NULL, created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX cash_entries_source ON cash_entries (tenant_id, source);
CREATE INDEX cash_entries_day ON cash_entries (tenant_id, day, id);
CREATE INDEX cash_entries_month ON cash_entries (tenant_id, month, kind, category);
CREATE INDEX cash_entries_account ON cash_entries (tenant_id, account_id, day);
CREATE INDEX cash_entries_to ON cash_entries (tenant_id, to_id, day);
CREATE INDEX cash_entries_merchant ON cash_entries (tenant_id, merchant_id, day);
CREATE INDEX cash_entries_subject ON cash_entries (tenant_id, subject, day);

CREATE TABLE cash_items (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  entry_id TEXT NOT NULL, line BIGINT NOT NULL, name BYTEA, thousands BIGINT NOT NULL, unit BIGINT NOT NULL,
  minor BIGINT NOT NULL, currency TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX cash_items_line ON cash_items (tenant_id, entry_id, line);

CREATE TABLE cash_splits (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  entry_id TEXT NOT NULL, minor BIGINT NOT NULL, currency TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX cash_splits_member ON cash_splits (tenant_id, entry_id, subject);
CREATE INDEX cash_splits_subject ON cash_splits (tenant_id, subject);

CREATE TABLE cash_receipts (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  received_at BIGINT NOT NULL, way TEXT NOT NULL, file TEXT, type TEXT NOT NULL, size BIGINT NOT NULL,
  digest BYTEA, proof BYTEA, image_index BYTEA, fingerprint BYTEA, state TEXT NOT NULL, reason TEXT NOT NULL, reader TEXT NOT NULL,
  merchant BYTEA, facts BYTEA, people BYTEA, source TEXT NOT NULL, entry_id TEXT, twin_id TEXT, done_at BIGINT,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX cash_receipts_source ON cash_receipts (tenant_id, source);
CREATE INDEX cash_receipts_image ON cash_receipts (tenant_id, image_index);
CREATE INDEX cash_receipts_fingerprint ON cash_receipts (tenant_id, fingerprint);
CREATE INDEX cash_receipts_received ON cash_receipts (tenant_id, received_at);

CREATE TABLE cash_history (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, editor TEXT,
  entry_id TEXT NOT NULL, act TEXT NOT NULL, revision BIGINT NOT NULL, was BYTEA, at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX cash_history_entry ON cash_history (tenant_id, entry_id, at);

CREATE TABLE cash_questions (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  kind TEXT NOT NULL, receipt_id TEXT, entry_id TEXT, chat_id TEXT, body BYTEA, state TEXT NOT NULL,
  asked_at BIGINT NOT NULL, done_at BIGINT,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX cash_questions_open ON cash_questions (tenant_id, state, subject, asked_at);

CREATE TABLE cash_replies (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, chat_id TEXT, body BYTEA, made_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));

CREATE TABLE cash_chats (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, workspace_id TEXT, of_group BOOLEAN NOT NULL,
  number BYTEA, number_index BYTEA, handle BYTEA, lang TEXT NOT NULL, bound_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX cash_chats_number ON cash_chats (tenant_id, number_index);
CREATE INDEX cash_chats_subject ON cash_chats (tenant_id, subject);

CREATE TABLE cash_links (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, workspace_id TEXT, of_group BOOLEAN NOT NULL,
  token_index BYTEA, expires_at BIGINT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX cash_links_token ON cash_links (tenant_id, token_index);
