-- +goose Up
create table calls (
    id             uuid primary key, -- UUIDv7: the time is in it
    version        bigint not null, -- the switchboard's; the newer one wins
    direction      text not null check (direction in ('inbound', 'outbound', 'internal')),
    state          text not null check (state in ('greeting', 'waiting', 'ringing', 'dialing', 'talking', 'held', 'away', 'message', 'ended')),
    phone          text not null default '', -- E.164, empty when withheld or not to be parsed
    caller         text not null default '',
    name           text not null default '',
    number         text not null default '',
    source_id      uuid references sources, -- of the number at that moment
    queue          text not null default '',
    client_id      uuid references clients,
    match          text not null default '', -- why this client
    agent_id       uuid references users, -- whoever talks, or talked last; nobody for an inbound call that was not answered
    why            text not null default '',
    started_at     timestamptz not null,
    waiting_at     timestamptz,
    answered_at    timestamptz,
    ended_at       timestamptz,
    until          timestamptz,
    end_reason     text check (end_reason in ('client_hung_up', 'agent_hung_up', 'abandoned', 'nobody_answered', 'closed', 'no_route',
                       'cancelled', 'busy', 'no_answer', 'declined', 'wrong_number', 'failed', 'agent_unreached', 'leg_lost',
                       'asterisk_lost', 'vanished', 'fallback')),
    sip_code       integer not null default 0,
    cause          integer not null default 0,
    wait_seconds   integer not null default 0 check (wait_seconds >= 0), -- whole seconds, cut off: 0.9 s is 0
    talk_seconds   integer not null default 0 check (talk_seconds >= 0),
    hold_seconds   integer not null default 0 check (hold_seconds >= 0),
    first_time     boolean not null default false, -- nobody had called from, or been called at, this phone before
    missed_id      uuid, -- the debt that this call opened or added to
    called_back_at timestamptz, -- the first call out to a missed client
    outcome_id     uuid references outcomes,
    notes          text not null default '',
    next_step      text not null default '',
    edits          bigint not null default 0, -- grows with what people write
    segments       jsonb not null default '[]',
    live           jsonb, -- the switchboard's own value while the call lives: what a new process goes on from
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    missed         boolean not null generated always as (direction = 'inbound' and state = 'ended' and answered_at is null) stored,
    check ((state = 'ended') = (ended_at is not null)),
    check ((state = 'ended') = (end_reason is not null)),
    check (live is null or state <> 'ended')
);
create index calls_started on calls (started_at desc, id desc);
create index calls_phone on calls (phone, started_at desc) where phone <> '';
create index calls_client on calls (client_id, started_at desc) where client_id is not null;
create index calls_agent on calls (agent_id, started_at desc) where agent_id is not null;
create index calls_number on calls (number, started_at desc);
create index calls_missed_debt on calls (missed_id) where missed_id is not null;
create index calls_live on calls (id) where state <> 'ended';
create index calls_report on calls (started_at) include (direction, phone, answered_at, wait_seconds, talk_seconds) where state = 'ended';

-- The trail of an ended call. Seconds are cut so that those of a kind add up to the call's.
create table call_segments (
    call_id  uuid not null references calls on delete cascade,
    position integer not null,
    kind     text not null check (kind in ('greeting', 'waiting', 'ringing', 'dialing', 'talk', 'hold', 'away', 'message')),
    agent_id uuid references users,
    queue    text not null default '',
    from_at  timestamptz not null,
    to_at    timestamptz not null,
    seconds  integer not null check (seconds >= 0),
    result   text not null default '',
    primary key (call_id, position),
    check (to_at >= from_at)
);
create index call_segments_agent on call_segments (agent_id, from_at) where agent_id is not null;

-- Every change of an agent. The last row of a person has no end.
create table agent_states (
    agent_id uuid not null references users,
    from_at  timestamptz not null,
    to_at    timestamptz,
    state    text not null check (state in ('offline', 'available', 'ringing', 'talking', 'wrap_up', 'paused', 'not_responding')),
    reason   text not null default '',
    call_id  uuid,
    live     jsonb, -- the switchboard's own value, of the last row only
    primary key (agent_id, from_at),
    check (to_at is null or to_at >= from_at)
);
create unique index agent_states_now on agent_states (agent_id) where to_at is null;

-- A missed call is a debt until somebody has talked to that client: one at a time for each client.
create table missed_calls (
    id               uuid primary key, -- the ID of the call that opened it
    client_id        uuid references clients,
    phone            text not null check (phone <> ''),
    number           text not null default '',
    source_id        uuid references sources,
    owner_id         uuid references users,
    opened_at        timestamptz not null,
    deadline         timestamptz not null,
    rings            integer not null default 1 check (rings > 0), -- how often the client rang in vain
    last_call        uuid not null references calls,
    last_at          timestamptz not null,
    attempts         integer not null default 0, -- calls of ours that reached nobody
    first_attempt_at timestamptz,
    last_attempt_at  timestamptz,
    closed_at        timestamptz,
    closed_by        uuid references calls, -- the talk that settled it
    closed_user      uuid references users, -- who closed it by hand
    reason           text not null default '' check (reason in ('', 'talked', 'spam', 'wrong_number', 'other_channel', 'unreachable', 'merged', 'other')),
    comment          text not null default '',
    check ((closed_at is null) = (reason = ''))
);
create unique index missed_calls_client on missed_calls (client_id) where closed_at is null and client_id is not null;
create unique index missed_calls_phone on missed_calls (phone) where closed_at is null and client_id is null;
create index missed_calls_open on missed_calls (deadline) where closed_at is null;
create index missed_calls_closed on missed_calls (closed_at desc) where closed_at is not null;
alter table calls add foreign key (missed_id) references missed_calls deferrable initially deferred;
