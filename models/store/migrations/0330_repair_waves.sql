-- Repairers say what they repair, how far they go, when they rest; a call is told in waves, and each server counts.
ALTER TABLE repair_watch
    ADD COLUMN organs text[] NOT NULL DEFAULT '{}',       -- interventions that she does; none named: all
    ADD COLUMN bike_types text[] NOT NULL DEFAULT '{}',   -- none named: all
    ADD COLUMN furthest smallint NOT NULL DEFAULT 8 CHECK (furthest IN (3, 8, 15, 30)),   -- kilometres
    ADD COLUMN paused_until timestamptz,
    ADD COLUMN quiet_from smallint NOT NULL DEFAULT 22 CHECK (quiet_from BETWEEN 0 AND 23),  -- hours in Paris;
    ADD COLUMN quiet_until smallint NOT NULL DEFAULT 7 CHECK (quiet_until BETWEEN 0 AND 23); -- both alike: never

ALTER TABLE repair_call_told ADD COLUMN opened_at timestamptz;  -- when that person first opened the call

-- How far a call of ours is told, and when that is looked at again: the next wave, or a word to its author.
CREATE TABLE repair_call_wave (
    post_id bigint PRIMARY KEY REFERENCES post ON DELETE CASCADE,
    reach text NOT NULL DEFAULT '3km' CHECK (reach IN ('3km', '8km', 'epci', 'friends')),
    since timestamptz NOT NULL DEFAULT now(),
    told integer NOT NULL DEFAULT 0,    -- people here whom this wave reached
    next_at timestamptz,                -- NULL: nothing follows by itself
    unanswered_at timestamptz,          -- its author was told that nobody came forward
    renewed_at timestamptz
);
CREATE INDEX repair_call_wave_next ON repair_call_wave (next_at) WHERE next_at IS NOT NULL;

-- What other servers say of whom they told of a call of ours: numbers, one row a server.
CREATE TABLE repair_call_view (
    post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    host text NOT NULL,
    notified integer NOT NULL CHECK (notified BETWEEN 0 AND 10000),
    opened integer NOT NULL CHECK (opened BETWEEN 0 AND notified),
    updated_at timestamptz NOT NULL,    -- by that server's clock, always rising
    PRIMARY KEY (post_id, host)
);

-- What we last said to the server of a call from elsewhere.
CREATE TABLE repair_call_report (
    post_id bigint PRIMARY KEY REFERENCES post ON DELETE CASCADE,
    notified integer NOT NULL,
    opened integer NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now()
);

CREATE OR REPLACE VIEW watching_repairer AS
SELECT w.actor_id, coalesce(m.latitude, c.latitude) AS latitude, coalesce(m.longitude, c.longitude) AS longitude,
    c.epci_code, w.furthest, w.organs, w.bike_types
FROM repair_watch w JOIN account a ON a.actor_id = w.actor_id JOIN actor m ON m.id = w.actor_id
LEFT JOIN commune c ON c.code = a.default_commune_code
WHERE a.disabled_at IS NULL AND a.confirmed_at IS NOT NULL AND m.deleted_at IS NULL AND m.suspended_at IS NULL
    AND (m.away_until IS NULL OR m.away_until <= now()) AND (w.paused_until IS NULL OR w.paused_until <= now());
COMMENT ON VIEW watching_repairer IS
    'Members who are told of repair calls nearby and can be told now, with the place that distances count from: '
    'whom a new call is told to and who is counted on pages are the same people.';
