-- Deliveries that can be watched: how each server answers, which of its inboxes fail, and what was paused by hand.

ALTER TABLE server
    ADD COLUMN latency_ms integer,          -- how long it takes to accept a delivery: a moving figure
    ADD COLUMN clock_seconds integer,       -- by how much its clock is ahead of ours, by the Date of its answers
    ADD COLUMN clock_at timestamptz,
    ADD COLUMN failure_cause text,          -- federation.errors.Cause of `failure`, for pages to translate
    ADD COLUMN failing_inboxes text[] NOT NULL DEFAULT '{}',    -- the success of one of these ends the failure (HT7)
    ADD COLUMN paused_at timestamptz;       -- an administrator holds its deliveries
ALTER TABLE server ADD COLUMN holding boolean NOT NULL
    GENERATED ALWAYS AS (unavailable_since IS NOT NULL OR paused_at IS NOT NULL) STORED;

ALTER TABLE delivery
    ADD COLUMN cause text,                  -- as server.failure_cause
    ADD COLUMN requeued_at timestamptz;     -- somebody asked to send it again: the schedule starts anew
CREATE INDEX delivery_failed ON delivery (host, id) WHERE state = 'failed';

-- A 410 and a 404 are counted apart: the first ends a follow after a day, the second after thirty (HT8).
ALTER TABLE actor ADD COLUMN missing_since timestamptz;
