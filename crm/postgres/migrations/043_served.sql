-- +goose Up

-- Which versions have worked with this database, by the newest migration that they know. One that knows less than has been at work
-- here is refused: it would not understand what the newer one wrote.
create table served (
    level   bigint primary key,
    version text not null,
    at      timestamptz not null default now()
);
