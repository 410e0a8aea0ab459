-- +goose Up
CREATE TABLE cookie_choices (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    classes TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX cookie_choices_person ON cookie_choices (tenant_id, subject_id);
-- +goose Down
DROP TABLE cookie_choices;
