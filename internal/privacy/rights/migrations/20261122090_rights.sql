-- +goose Up
CREATE TABLE rights_downloads (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject TEXT NOT NULL,
    at BIGINT NOT NULL,
    records BIGINT NOT NULL,
    files BIGINT NOT NULL,
    size BIGINT NOT NULL,
    manifest TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX rights_downloads_subject ON rights_downloads (tenant_id, subject, id);
CREATE INDEX rights_downloads_at ON rights_downloads (tenant_id, at);
-- +goose Down
DROP TABLE rights_downloads;
