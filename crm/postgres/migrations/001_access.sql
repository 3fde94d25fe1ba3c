-- +goose Up
create table teams (
    id         uuid primary key,
    name       text not null unique check (name <> ''),
    created_at timestamptz not null default now()
);

-- The rights of the built-in roles stand in the program; those of a role of one's own stand here, as object.action.scope.
create table roles (
    name     text primary key check (name ~ '^[a-z][a-z0-9_]*$'),
    built_in boolean not null default false,
    rights   text[] not null default '{}'
);
insert into roles (name, built_in) values ('operator', true), ('supervisor', true), ('head', true), ('administrator', true);

create table users (
    id         uuid primary key,
    email      text not null constraint users_email_unique unique check (email = lower(email) and email like '%_@_%'),
    name       text not null check (name <> ''),
    password   text, -- argon2id; null: cannot log in
    role       text not null references roles,
    team_id    uuid references teams,
    active     boolean not null default true,
    language   text not null default '' check (language in ('', 'en', 'ru')),
    version    bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index users_team on users (team_id);

create table sessions (
    id         uuid primary key,
    token      bytea not null unique, -- SHA-256 of the cookie
    user_id    uuid not null references users,
    address    text not null default '',
    agent      text not null default '',
    created_at timestamptz not null default now(),
    seen_at    timestamptz not null default now(),
    expires_at timestamptz not null,
    ended_at   timestamptz
);
create index sessions_user on sessions (user_id) where ended_at is null;

create table api_tokens (
    id         uuid primary key,
    token      bytea not null unique, -- SHA-256 of the bearer token
    user_id    uuid not null references users,
    name       text not null default '',
    created_at timestamptz not null default now(),
    seen_at    timestamptz,
    ended_at   timestamptz
);
create index api_tokens_user on api_tokens (user_id) where ended_at is null;

create table login_failures (
    at      timestamptz not null,
    address text not null,
    email   text not null
);
create index login_failures_address on login_failures (address, at);
create index login_failures_email on login_failures (email, at);
create index login_failures_at on login_failures (at);

-- One row: the company whose book this is.
create table company (
    one            boolean primary key default true check (one),
    name           text not null default '',
    country        text not null default 'RU' check (country ~ '^[A-Z]{2}$'),
    time_zone      text not null default 'Europe/Moscow' check (time_zone <> ''),
    target_seconds integer not null default 30 check (target_seconds between 1 and 86400),
    version        bigint not null default 1,
    updated_at     timestamptz not null default now()
);
insert into company default values;

create table audit (
    id         uuid primary key,
    at         timestamptz not null default now(),
    actor      uuid references users,
    actor_name text not null default '',
    action     text not null check (action ~ '^[a-z_]+(\.[a-z_]+)+$'),
    object     text not null default '',
    object_id  text not null default '',
    address    text not null default '',
    data       jsonb not null default '{}'
);
create index audit_at on audit (at desc, id desc);
create index audit_object on audit (object, object_id);
