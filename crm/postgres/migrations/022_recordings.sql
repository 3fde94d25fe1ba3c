-- +goose Up

-- One recording a call, under the call's ID. The states and their order stand in package recording.
create table recordings (
    id          uuid primary key,
    call_id     uuid not null unique references calls,
    state       text not null check (state in ('capturing', 'spooled', 'uploading', 'verified', 'held', 'redacted', 'purged', 'failed')),
    reason      text not null default '', -- of a failure, a hold or a deletion
    path        text not null default '', -- the spool file, until the copy in the bucket is verified
    key         text not null default '', -- in the bucket
    started_at  timestamptz not null, -- the time of the file's first sample
    duration_ms bigint not null default 0 check (duration_ms >= 0),
    size        bigint not null default 0,
    sha256      text not null default '' check (sha256 ~ '^([0-9a-f]{64})?$'),
    peaks       bytea, -- see recording.Peaks
    gaps        jsonb not null default '[]', -- silence where nobody was there to hear
    attempts    integer not null default 0,
    error       text not null default '', -- of the last attempt to upload
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    check (state not in ('verified', 'held') or (key <> '' and sha256 <> '')),
    check (state not in ('failed', 'purged') or reason <> '')
);
create index recordings_unfinished on recordings (created_at) where state in ('capturing', 'spooled', 'uploading', 'failed');

-- The chain of custody: each state with its time.
create table recording_states (
    recording_id uuid not null references recordings,
    position     integer not null,
    state        text not null,
    at           timestamptz not null,
    reason       text not null default '',
    actor        uuid references users,
    primary key (recording_id, position)
);

-- What was played, as the player reports it, in milliseconds of the file. One row is one stretch without a jump.
create table listening_log (
    id           uuid primary key,
    recording_id uuid not null references recordings,
    user_id      uuid not null references users,
    from_ms      bigint not null check (from_ms >= 0),
    to_ms        bigint not null check (to_ms > from_ms),
    started_at   timestamptz not null,
    heard_at     timestamptz not null
);
create index listening_log_recording on listening_log (recording_id, user_id, heard_at desc);

-- Which bytes left the server: more than was played, for browsers read ahead.
create table audio_fetches (
    id           bigint generated always as identity primary key,
    recording_id uuid not null references recordings,
    user_id      uuid not null references users,
    at           timestamptz not null default now(),
    from_byte    bigint not null,
    to_byte      bigint not null
);
create index audio_fetches_recording on audio_fetches (recording_id, at);
