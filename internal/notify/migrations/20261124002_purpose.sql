-- +goose Up
ALTER TABLE notifications ADD COLUMN purpose TEXT NOT NULL DEFAULT 'notify';
