-- +goose Up
CREATE TABLE tickets (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    workspace_id TEXT,
    number TEXT NOT NULL,
    title BYTEA,
    state TEXT NOT NULL,
    via TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    solved_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX tickets_number ON tickets (tenant_id, number);
CREATE INDEX tickets_person ON tickets (tenant_id, subject_id, changed_at);
CREATE INDEX tickets_queue ON tickets (tenant_id, state, changed_at);
CREATE TABLE ticket_posts (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    ticket_id TEXT NOT NULL,
    written_by TEXT NOT NULL,
    body BYTEA,
    source TEXT NOT NULL,
    at BIGINT NOT NULL,
    solved_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ticket_posts_ticket ON ticket_posts (tenant_id, ticket_id, at);
CREATE UNIQUE INDEX ticket_posts_source ON ticket_posts (tenant_id, source);
CREATE TABLE support_grants (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    ticket_id TEXT NOT NULL,
    view_key TEXT NOT NULL,
    at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX support_grants_ticket ON support_grants (tenant_id, ticket_id, until_at);
CREATE TABLE support_looks (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    ticket_id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    view_key TEXT NOT NULL,
    reason BYTEA,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX support_looks_ticket ON support_looks (tenant_id, ticket_id, at);
-- +goose Down
DROP TABLE support_looks;
DROP TABLE support_grants;
DROP TABLE ticket_posts;
DROP TABLE tickets;
