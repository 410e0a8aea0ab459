-- +goose Up
CREATE TABLE papers (
    tenant_id TEXT NOT NULL, id TEXT NOT NULL,
    kind TEXT NOT NULL,
    paper_key TEXT NOT NULL,
    number BIGINT NOT NULL,
    document TEXT NOT NULL,
    digest TEXT NOT NULL,
    notice_version TEXT NOT NULL,
    flagged TEXT NOT NULL,
    instrument TEXT NOT NULL,
    signed_at BIGINT,
    valid_until BIGINT,
    review_at BIGINT,
    decided_at BIGINT,
    decided_by TEXT,
    withdrawn BOOLEAN NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX papers_number ON papers (tenant_id, kind, paper_key, number);
-- +goose Down
DROP TABLE papers;
