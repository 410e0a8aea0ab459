-- +goose Up
CREATE TABLE analytics_figures (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    day TEXT NOT NULL,
    feature TEXT NOT NULL,
    part TEXT NOT NULL,
    people BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX analytics_figures_once ON analytics_figures (tenant_id, day, feature, part);
CREATE TABLE analytics_signals (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    day TEXT NOT NULL,
    part TEXT NOT NULL,
    answers BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX analytics_signals_once ON analytics_signals (tenant_id, day, part);
-- +goose Down
DROP TABLE analytics_signals;
DROP TABLE analytics_figures;
