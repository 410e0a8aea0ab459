-- +goose Up
CREATE TABLE notifications (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    message_key TEXT NOT NULL,
    args BYTEA,
    link TEXT NOT NULL,
    once_key TEXT NOT NULL,
    tone TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT,
    mailed_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX notifications_once ON notifications (tenant_id, subject_id, once_key);
CREATE INDEX notifications_unread ON notifications (tenant_id, subject_id, read_at);
-- +goose Down
DROP TABLE notifications;
