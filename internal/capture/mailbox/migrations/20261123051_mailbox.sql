-- +goose Up
CREATE TABLE mailboxes (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  workspace_id TEXT NOT NULL, host BYTEA, port BIGINT NOT NULL, security TEXT NOT NULL, user_name BYTEA, folder BYTEA, place BYTEA,
  password BYTEA, senders BYTEA, state TEXT NOT NULL, reason TEXT NOT NULL, validity BIGINT NOT NULL, last_uid BIGINT NOT NULL, read_from BIGINT,
  failures BIGINT NOT NULL, next_at BIGINT, seen_at BIGINT, mail_at BIGINT, kept BIGINT NOT NULL, too_large BIGINT NOT NULL,
  owner TEXT NOT NULL, lease_until BIGINT, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX mailboxes_place ON mailboxes (tenant_id, workspace_id, subject, place);
CREATE INDEX mailboxes_due ON mailboxes (tenant_id, state, next_at);
-- +goose Down
DROP TABLE mailboxes;
