-- +goose Up

-- How far Asterisk's own record of calls was read, for each file of it.
create table cdr_places (
    file       text primary key,
    inode      bigint not null,
    position   bigint not null check (position >= 0),
    updated_at timestamptz not null default now()
);
