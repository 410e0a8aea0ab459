-- +goose Up
CREATE TABLE inbox_messages (
    tenant_id TEXT NOT NULL, id TEXT NOT NULL,
    subject TEXT,
    channel TEXT NOT NULL,
    source TEXT NOT NULL,
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    received_at BIGINT,
    raw BYTEA,
    file TEXT,
    size BIGINT NOT NULL,
    sender BYTEA,
    auth BYTEA,
    state TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT,
    done_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX inbox_messages_source ON inbox_messages (tenant_id, channel, source);
CREATE INDEX inbox_messages_waiting ON inbox_messages (tenant_id, conversation, seq) WHERE state = 'waiting';
CREATE TABLE inbox_conversations (
    tenant_id TEXT NOT NULL, id TEXT NOT NULL,
    subject TEXT,
    channel TEXT NOT NULL,
    service TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at BIGINT,
    owner TEXT NOT NULL,
    lease_until BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX inbox_conversations_key ON inbox_conversations (tenant_id, channel, key);
-- +goose Down
DROP TABLE inbox_messages;
DROP TABLE inbox_conversations;
