-- +goose Up

-- SIP telephones of agents. The login names the endpoint in Asterisk; the password is sealed with the key of the installation for the
-- place desk_phones/USER.
create table desk_phones (
    user_id    uuid primary key references users,
    login      text not null unique check (login ~ '^[0-9a-z]{4,20}$'),
    password   bytea not null,
    transport  text not null default 'udp' check (transport in ('udp', 'tcp')),
    created_at timestamptz not null default now()
);
