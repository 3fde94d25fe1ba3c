-- +goose Up
create extension if not exists pg_trgm;

create table clients (
    id           uuid primary key,
    kind         text not null default 'person' check (kind in ('person', 'company')),
    name         text not null default '', -- empty: made by a call and not named yet
    first_name   text not null default '',
    last_name    text not null default '',
    middle_name  text not null default '',
    company      text not null default '',
    city         text not null default '',
    owner_id     uuid references users,
    tags         text[] not null default '{}',
    preferences  text not null default '',
    claims       text not null default '',
    source       text not null default '',
    how          text not null default '' check (how in ('', 'call', 'typed', 'import', 'api', 'demo')),
    calls_count  integer not null default 0,
    last_call_at timestamptz,
    talked       boolean not null default false, -- somebody has talked to them
    version      bigint not null default 1,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    deleted_at   timestamptz,
    listed       boolean not null generated always as (deleted_at is null and (name <> '' or talked)) stored,
    search       text not null generated always as (lower(name || ' ' || last_name || ' ' || first_name || ' ' || middle_name || ' ' || company)) stored
);
create index clients_search on clients using gin (search gin_trgm_ops);
create index clients_tags on clients using gin (tags);
create index clients_owner on clients (owner_id, id);
create index clients_listed on clients (id) where listed;
create index clients_name on clients (lower(name), id) where listed;
create index clients_last_call on clients (coalesce(last_call_at, '-infinity'::timestamptz), id) where listed;

create table client_phones (
    id        uuid primary key,
    client_id uuid not null references clients,
    position  integer not null default 0,
    typed     text not null check (typed <> ''),
    e164      text not null default '' check (e164 = '' or e164 ~ '^\+[0-9]{5,17}$'),
    ext       text not null default '',
    digits    text not null, -- of the E.164 form, else of what was typed
    label     text not null default '',
    since     timestamptz not null default now()
);
create index client_phones_client on client_phones (client_id);
create index client_phones_e164 on client_phones (e164) include (client_id) where e164 <> '';
create index client_phones_suffix on client_phones (reverse(digits) text_pattern_ops);
create index client_phones_prefix on client_phones (digits text_pattern_ops);

create table client_emails (
    id        uuid primary key,
    client_id uuid not null references clients,
    position  integer not null default 0,
    email     text not null check (email like '%_@_%'),
    label     text not null default ''
);
create index client_emails_client on client_emails (client_id);
create index client_emails_email on client_emails (lower(email) text_pattern_ops);

create table client_notes (
    id         uuid primary key,
    client_id  uuid not null references clients,
    text       text not null check (text <> ''),
    author     uuid references users,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index client_notes_client on client_notes (client_id);

-- What happened to a client, from every slice: each writes its entries in its own transactions.
create table timeline (
    id        uuid primary key,
    client_id uuid not null references clients,
    at        timestamptz not null,
    kind      text not null check (kind ~ '^[a-z_]+$'),
    object_id uuid, -- the call, the note ... that the entry is about
    actor     uuid references users,
    data      jsonb not null default '{}'
);
create index timeline_client on timeline (client_id, at desc, id desc);
create unique index timeline_object on timeline (kind, object_id) where object_id is not null;
