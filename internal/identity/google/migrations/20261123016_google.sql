-- +goose Up
CREATE TABLE google_links (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    google_id BYTEA,
    google_index BYTEA,
    linked_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX google_links_google ON google_links (tenant_id, google_index);
CREATE TABLE google_tries (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    ticket_hash BYTEA,
    state TEXT NOT NULL,
    next TEXT NOT NULL,
    google_id BYTEA,
    email BYTEA,
    name BYTEA,
    ends_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX google_tries_ticket ON google_tries (tenant_id, ticket_hash);
-- +goose Down
DROP TABLE google_tries;
DROP TABLE google_links;
