-- +goose Up

-- Where calls come from: advertising, a site, word of mouth. What is no longer used is archived, so that old calls keep it.
create table sources (
    id          uuid primary key,
    name        text not null check (name <> ''),
    position    integer not null default 0,
    created_at  timestamptz not null default now(),
    archived_at timestamptz
);
create unique index sources_name on sources (lower(name)) where archived_at is null;

-- What a caller hears. The file lies in the greetings folder under this ID, 8 kHz 16-bit mono.
create table greetings (
    id          uuid primary key,
    name        text not null check (name <> ''),
    seconds     double precision not null check (seconds > 0),
    size        bigint not null,
    created_at  timestamptz not null default now(),
    archived_at timestamptz
);
create unique index greetings_name on greetings (lower(name)) where archived_at is null;

-- Our numbers (DID) with the short route of each: hours, greeting, queue.
create table numbers (
    id                 uuid primary key,
    e164               text not null check (e164 ~ '^\+[0-9]{3,17}$'),
    name               text not null check (name <> ''),
    queue              text not null default 'main' check (queue ~ '^[a-z0-9_-]{1,40}$'),
    source_id          uuid references sources,
    owner_id           uuid references users, -- who owns the missed calls of clients that nobody owns
    members            uuid[] not null default '{}', -- who is offered its calls; empty: everybody on shift
    greeting_id        uuid references greetings,
    closed_greeting_id uuid references greetings, -- outside the hours
    nobody_greeting_id uuid references greetings, -- when the longest wait is over
    max_wait_seconds   integer check (max_wait_seconds between 5 and 3600), -- null: the general one
    hours              jsonb, -- null: the general ones
    version            bigint not null default 1,
    created_at         timestamptz not null default now(),
    archived_at        timestamptz
);
create unique index numbers_e164 on numbers (e164) where archived_at is null;

-- What may be dialled: a call out is denied unless one of these begins the number.
create table prefixes (
    id         uuid primary key,
    prefix     text not null unique check (prefix ~ '^(\+[0-9]{1,15}|[0-9]{2,4})$'),
    name       text not null default '',
    created_at timestamptz not null default now()
);

create table pause_reasons (
    id          uuid primary key,
    name        text not null check (name <> ''),
    position    integer not null default 0,
    created_at  timestamptz not null default now(),
    archived_at timestamptz
);
create unique index pause_reasons_name on pause_reasons (lower(name)) where archived_at is null;

-- How a call ended for the business. The key is the digit that chooses it together with Alt.
create table outcomes (
    id          uuid primary key,
    name        text not null check (name <> ''),
    position    integer not null default 0,
    created_at  timestamptz not null default now(),
    key         text not null default '' check (key ~ '^[1-9]?$'),
    archived_at timestamptz
);
create unique index outcomes_name on outcomes (lower(name)) where archived_at is null;
create unique index outcomes_key on outcomes (key) where archived_at is null and key <> '';

-- One row: how the telephone behaves.
create table telephony_settings (
    one              boolean primary key default true check (one),
    ring_seconds     integer not null default 20 check (ring_seconds between 5 and 120),
    wrap_seconds     integer not null default 30 check (wrap_seconds between 0 and 3600),
    away_seconds     integer not null default 15 check (away_seconds between 3 and 300),
    max_wait_seconds integer not null default 120 check (max_wait_seconds between 5 and 3600),
    max_outbound     integer not null default 10 check (max_outbound between 0 and 1000),
    missed_minutes   integer not null default 15 check (missed_minutes between 1 and 10080), -- time to call a missed client back
    caller_id        uuid references numbers, -- shown to those we call when nothing better is known
    hours            jsonb not null default '[[],[],[],[],[],[],[]]', -- by weekday from Sunday: spans of minutes; all empty: always open
    seeded           boolean not null default false, -- the prefixes, reasons and outcomes of a new company are there
    version          bigint not null default 1,
    updated_at       timestamptz not null default now()
);
insert into telephony_settings default values;
