-- +goose Up
-- A person's one-time codes (RFC 6238). The secret is sealed; pending is one that no code has proved yet.
create table second_steps (
    user_id    uuid primary key references users,
    secret     bytea,
    since      timestamptz,
    last_step  bigint not null default 0, -- of the last code that was taken: none is taken twice
    pending    bytea,
    pending_at timestamptz,
    check ((secret is null) = (since is null)),
    check ((pending is null) = (pending_at is null))
);

create table recovery_codes (
    user_id uuid not null references users,
    code    bytea not null, -- SHA-256 of 80 random bits
    used_at timestamptz,
    primary key (user_id, code)
);

alter table company add column second_step_roles text[] not null default '{}';
