-- +goose Up
CREATE TABLE workspaces (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name BYTEA,
    zone TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX workspaces_owner ON workspaces (tenant_id, owner_id);
CREATE TABLE members (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    role TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX members_place ON members (tenant_id, workspace_id, subject_id);
CREATE INDEX members_person ON members (tenant_id, subject_id);
-- +goose Down
DROP TABLE members;
DROP TABLE workspaces;
