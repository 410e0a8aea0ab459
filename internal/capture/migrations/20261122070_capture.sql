-- +goose Up
CREATE TABLE captured (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  message_id TEXT NOT NULL, line BIGINT NOT NULL, entry_id TEXT, state TEXT NOT NULL,
  direction TEXT NOT NULL, minor BIGINT NOT NULL, fee_minor BIGINT NOT NULL, currency TEXT NOT NULL,
  at BIGINT NOT NULL, precision TEXT NOT NULL, month TEXT NOT NULL,
  merchant_id TEXT, account_id TEXT, issuer TEXT NOT NULL, channel TEXT NOT NULL,
  reference BYTEA, reference_index BYTEA, inner_index BYTEA,
  category TEXT NOT NULL, confidence BIGINT NOT NULL, doubt TEXT NOT NULL, trust TEXT NOT NULL, rule TEXT NOT NULL,
  reason TEXT NOT NULL, twin TEXT, note BYTEA, revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX captured_message ON captured (tenant_id, message_id, line);
CREATE UNIQUE INDEX captured_inner ON captured (tenant_id, inner_index) WHERE inner_index IS NOT NULL;
CREATE INDEX captured_reference ON captured (tenant_id, reference_index) WHERE reference_index IS NOT NULL;
CREATE INDEX captured_at ON captured (tenant_id, at, id);
CREATE INDEX captured_minor ON captured (tenant_id, minor, at);
CREATE INDEX captured_state ON captured (tenant_id, state, created_at);
CREATE INDEX captured_merchants ON captured (tenant_id, month, state, direction, currency, merchant_id, minor);

CREATE TABLE merchants (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  name BYTEA, name_index BYTEA, category TEXT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX merchants_name ON merchants (tenant_id, subject, name_index);

CREATE TABLE bank_accounts (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  kind TEXT NOT NULL, issuer TEXT NOT NULL, last BYTEA, last_index BYTEA, number BYTEA, holder BYTEA, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX bank_accounts_last ON bank_accounts (tenant_id, subject, last_index);

CREATE TABLE capture_mailboxes (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  last_mail_at BIGINT, mails BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX capture_mailboxes_one ON capture_mailboxes (tenant_id);

CREATE TABLE agent_addresses (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  workspace_id TEXT NOT NULL, address BYTEA, address_index BYTEA, created_at BIGINT NOT NULL, retired_at BIGINT,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX agent_addresses_index ON agent_addresses (tenant_id, address_index);
CREATE INDEX agent_addresses_workspace ON agent_addresses (tenant_id, workspace_id);

CREATE TABLE forwarding_codes (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  message_id TEXT NOT NULL, provider TEXT NOT NULL, mailbox BYTEA, code BYTEA, link BYTEA, at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX forwarding_codes_message ON forwarding_codes (tenant_id, message_id);

CREATE TABLE targets (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  kind TEXT NOT NULL, url BYTEA, host BYTEA, secret BYTEA, state TEXT NOT NULL, reason TEXT NOT NULL, direction TEXT NOT NULL,
  verified_at BIGINT, failing_since BIGINT, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));

CREATE TABLE deliveries (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  target_id TEXT NOT NULL, captured_id TEXT, event TEXT NOT NULL, revision BIGINT NOT NULL, state TEXT NOT NULL,
  attempts BIGINT NOT NULL, next_at BIGINT, last_status BIGINT NOT NULL, last_error TEXT NOT NULL,
  delivered_at BIGINT, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX deliveries_event ON deliveries (tenant_id, target_id, captured_id, event, revision);
CREATE INDEX deliveries_target ON deliveries (tenant_id, target_id, created_at);
CREATE INDEX deliveries_captured ON deliveries (tenant_id, captured_id);
