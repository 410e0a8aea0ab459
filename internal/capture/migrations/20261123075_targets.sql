-- +goose Up
ALTER TABLE targets ADD COLUMN settings BYTEA;
ALTER TABLE targets ADD COLUMN parked_until BIGINT;
ALTER TABLE targets ADD COLUMN busy_until BIGINT;
ALTER TABLE targets ADD COLUMN due_at BIGINT;
ALTER TABLE targets ADD COLUMN spanned_until BIGINT;
ALTER TABLE deliveries ADD COLUMN replay_id TEXT;
ALTER TABLE deliveries ADD COLUMN begun_at BIGINT;
ALTER TABLE deliveries ADD COLUMN span_from BIGINT;
ALTER TABLE deliveries ADD COLUMN span_until BIGINT;
CREATE INDEX deliveries_replay ON deliveries (tenant_id, replay_id, state) WHERE replay_id IS NOT NULL;
CREATE INDEX captured_changed ON captured (tenant_id, changed_at, id);

CREATE TABLE target_replays (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  target_id TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL, state TEXT NOT NULL,
  total BIGINT NOT NULL, queued BIGINT NOT NULL, last_at BIGINT NOT NULL, last_id TEXT, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE INDEX target_replays_target ON target_replays (tenant_id, target_id, created_at);

CREATE TABLE target_links (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  workspace_id TEXT NOT NULL, target_id TEXT NOT NULL, token_index BYTEA, expires_at BIGINT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX target_links_token ON target_links (tenant_id, token_index) WHERE token_index IS NOT NULL;
CREATE INDEX target_links_expires ON target_links (tenant_id, expires_at);

CREATE TABLE target_revocations (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  kind TEXT NOT NULL, secret BYTEA, attempts BIGINT NOT NULL, created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
-- +goose Down
DROP TABLE target_revocations;
DROP TABLE target_links;
DROP TABLE target_replays;
DROP INDEX captured_changed;
DROP INDEX deliveries_replay;
ALTER TABLE deliveries DROP COLUMN span_until;
ALTER TABLE deliveries DROP COLUMN span_from;
ALTER TABLE deliveries DROP COLUMN begun_at;
ALTER TABLE deliveries DROP COLUMN replay_id;
ALTER TABLE targets DROP COLUMN spanned_until;
ALTER TABLE targets DROP COLUMN due_at;
ALTER TABLE targets DROP COLUMN busy_until;
ALTER TABLE targets DROP COLUMN parked_until;
ALTER TABLE targets DROP COLUMN settings;
