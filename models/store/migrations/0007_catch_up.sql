-- What somebody published before we followed them, or while we were away, fetched from their outbox.

CREATE TABLE backfill (
    actor_id bigint PRIMARY KEY REFERENCES actor ON DELETE CASCADE,
    since timestamptz NOT NULL,             -- nothing older is fetched
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    found integer NOT NULL DEFAULT 0,       -- how many entries there are to look at
    looked integer NOT NULL DEFAULT 0,      -- how many were looked at
    kept integer NOT NULL DEFAULT 0,        -- how many are here now that were not
    error text,                             -- the cause, as pages explain it
    asked_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE INDEX backfill_state ON backfill (state) WHERE state IN ('waiting', 'running');

-- When this instance last lived: one row. After a longer absence, what was missed is fetched.
CREATE TABLE last_alive (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    at timestamptz NOT NULL
);
