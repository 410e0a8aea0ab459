-- +goose Up
ALTER TABLE captured ADD COLUMN source TEXT NOT NULL DEFAULT 'mail';
ALTER TABLE captured ADD COLUMN told_id TEXT;
ALTER TABLE captured ADD COLUMN told_direction TEXT NOT NULL DEFAULT '';
ALTER TABLE captured ADD COLUMN told_category TEXT NOT NULL DEFAULT '';
ALTER TABLE captured ADD COLUMN inward BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE captured ADD COLUMN edited TEXT NOT NULL DEFAULT '';
ALTER TABLE captured ADD COLUMN filled TEXT NOT NULL DEFAULT '';
ALTER TABLE captured ADD COLUMN decided TEXT NOT NULL DEFAULT '';
ALTER TABLE captured ADD COLUMN sure BIGINT NOT NULL DEFAULT 0;
ALTER TABLE captured ADD COLUMN words BYTEA;
ALTER TABLE captured ADD COLUMN learned_id TEXT;
CREATE INDEX captured_twin ON captured (tenant_id, twin) WHERE twin IS NOT NULL;

CREATE TABLE capture_transfers (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  out_id TEXT NOT NULL, in_id TEXT NOT NULL, state TEXT NOT NULL, hint TEXT NOT NULL,
  out_direction TEXT NOT NULL, out_category TEXT NOT NULL, out_fee BIGINT NOT NULL,
  in_direction TEXT NOT NULL, in_category TEXT NOT NULL, created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX capture_transfers_pair ON capture_transfers (tenant_id, out_id, in_id);
CREATE INDEX capture_transfers_in ON capture_transfers (tenant_id, in_id);
CREATE INDEX capture_transfers_state ON capture_transfers (tenant_id, state);
