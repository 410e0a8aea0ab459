-- +goose Up
CREATE TABLE family_relatives (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, workspace_id TEXT, invitation_id TEXT,
  name BYTEA, email BYTEA, relation BYTEA, created_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX family_relatives_invitation ON family_relatives (tenant_id, invitation_id);
CREATE INDEX family_relatives_subject ON family_relatives (tenant_id, subject);

CREATE TABLE family_leavings (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT, workspace_id TEXT, own_id TEXT,
  fate TEXT NOT NULL, asked_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX family_leavings_subject ON family_leavings (tenant_id, subject, workspace_id);
