-- +goose Up
CREATE TABLE notice_versions (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    source TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    effective_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    is_first BOOLEAN NOT NULL,
    begun_at BIGINT,
    told_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX notice_versions_one ON notice_versions (tenant_id, version);
CREATE TABLE notice_tellings (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    version TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX notice_tellings_one ON notice_tellings (tenant_id, subject_id, version);
-- +goose Down
DROP TABLE notice_tellings;
DROP TABLE notice_versions;
