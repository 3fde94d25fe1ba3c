-- +goose Up

-- Calls are found by the first and by the last digits of a number while it is typed.
create index calls_phone_first on calls (phone text_pattern_ops, started_at desc) where phone <> '';
create index calls_phone_last on calls (reverse(phone) text_pattern_ops, started_at desc) where phone <> '';
