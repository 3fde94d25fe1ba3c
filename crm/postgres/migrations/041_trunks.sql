-- +goose Up

-- Lines to providers. One of Asterisk's own configuration is only named (endpoint); of ours everything is set here. The password is
-- sealed with the key of the installation for the place trunks/ID.
create table trunks (
    id           uuid primary key,
    name         text not null check (name <> ''),
    enabled      boolean not null default true,
    endpoint     text not null default '' check (endpoint ~ '^[A-Za-z0-9_.-]*$'),
    host         text not null default '',
    transport    text not null default 'udp' check (transport in ('udp', 'tcp', 'tls')),
    secure       boolean not null default false, -- SRTP
    login        text not null default '',
    password     bytea,
    register     boolean not null default false,
    probe        boolean not null default true, -- ask by OPTIONS whether the provider is there
    realm        text not null default '',
    domain       text not null default '',
    proxy        text not null default '',
    codecs       text[] not null default '{alaw,ulaw}',
    sources      text[] not null default '{}', -- addresses and networks that its calls come from; none: the host
    called       text not null default 'request_uri' check (called in ('request_uri', 'to', 'diversion', 'p_called_party_id')),
    home         text not null default 'plus' check (home in ('plus', 'digits', 'national', 'bare')),
    abroad       text not null default 'plus' check (abroad in ('plus', 'digits', 'prefix')),
    identity     text not null default 'from' check (identity in ('from', 'pai')),
    prefixes     text[] not null default '{}', -- what it carries; none: everything
    position     integer not null default 0,   -- the lowest is tried first
    max_calls    integer not null default 0 check (max_calls between 0 and 10000), -- 0: no limit
    shows        jsonb not null default '[]',  -- [{number, as}]: which of our numbers it may show, and how; none: all, as it writes numbers
    version      bigint not null default 1,
    created_at   timestamptz not null default now(),
    archived_at  timestamptz,
    check (endpoint <> '' or host <> '')
);
create unique index trunks_name on trunks (lower(name)) where archived_at is null;

-- How providers reach an Asterisk that stands behind NAT.
create table trunk_network (
    id               boolean primary key default true check (id),
    external_address text not null default '',
    local_networks   text[] not null default '{10.0.0.0/8,172.16.0.0/12,192.168.0.0/16}',
    version          bigint not null default 1
);
insert into trunk_network default values;

alter table calls add column trunk_id uuid; -- of an earlier trunk too, so no reference
create index calls_trunk on calls (trunk_id, started_at) where trunk_id is not null;
alter table call_segments add column trunk_id uuid;
