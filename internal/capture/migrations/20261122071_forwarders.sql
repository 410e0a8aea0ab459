-- +goose Up
CREATE TABLE forwarders (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, subject TEXT,
  address BYTEA, address_index BYTEA, created_at BIGINT,
  PRIMARY KEY (tenant_id, id));
CREATE UNIQUE INDEX forwarders_address ON forwarders (tenant_id, address_index);
-- +goose Down
DROP TABLE forwarders;
