-- +goose Up

-- What a begun minute costs, in hundredths of the currency, and whether the prefix may be dialled while the night rule holds.
alter table prefixes add column price bigint not null default 0 check (price >= 0);
alter table prefixes add column night boolean not null default true;

-- What a call cost, in hundredths of the currency; known at its end.
alter table calls add column cost bigint not null default 0;

-- One row: what keeps a stolen password from costing a fortune.
create table outbound_guard (
    one        boolean primary key default true check (one),
    stopped_at timestamptz,
    stopped_by uuid references users,
    night_from integer not null default 0 check (night_from between 0 and 1439), -- minutes since midnight; equal to night_to: no rule
    night_to   integer not null default 0 check (night_to between 0 and 1439),
    day_limit  bigint not null default 0 check (day_limit >= 0), -- hundredths of the currency; 0: no limit
    currency   text not null default 'RUB' check (currency ~ '^[A-Z]{3}$'),
    version    bigint not null default 1
);
insert into outbound_guard default values;
