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

-- Where each repairer is: the place that her profile shows, else the middle of the commune that she named. It stands
-- with what she wants, so that whom a call is told to is found by one index, however many want to be told.
ALTER TABLE repair_watch
    ADD COLUMN latitude double precision,
    ADD COLUMN longitude double precision,
    ADD COLUMN epci_code text;
CREATE INDEX repair_watch_place ON repair_watch (latitude, longitude);

CREATE FUNCTION place_repair_watch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT coalesce(m.latitude, c.latitude), coalesce(m.longitude, c.longitude), c.epci_code
    INTO NEW.latitude, NEW.longitude, NEW.epci_code
    FROM account a JOIN actor m ON m.id = a.actor_id LEFT JOIN commune c ON c.code = a.default_commune_code
    WHERE a.actor_id = NEW.actor_id;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION place_repair_watch() IS
    'Keeps where a repairer is beside what she wants to be told of; nobody else reads this place.';
CREATE TRIGGER repair_watch_placed BEFORE INSERT OR UPDATE ON repair_watch
    FOR EACH ROW EXECUTE FUNCTION place_repair_watch();
COMMENT ON TRIGGER repair_watch_placed ON repair_watch IS
    'Nobody wants to be told of calls without it being known where she is, if she said so.';

CREATE FUNCTION move_repair_watch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE repair_watch SET actor_id = actor_id WHERE actor_id = (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION move_repair_watch() IS
    'Whoever says another place or commune is told of calls from there on, whichever verb changed it.';
CREATE TRIGGER actor_moves_repair_watch AFTER UPDATE OF latitude, longitude ON actor FOR EACH ROW
    WHEN (NEW.local AND (OLD.latitude, OLD.longitude) IS DISTINCT FROM (NEW.latitude, NEW.longitude))
    EXECUTE FUNCTION move_repair_watch('id');
CREATE TRIGGER account_moves_repair_watch AFTER UPDATE OF default_commune_code ON account FOR EACH ROW
    WHEN (OLD.default_commune_code IS DISTINCT FROM NEW.default_commune_code)
    EXECUTE FUNCTION move_repair_watch('actor_id');
COMMENT ON TRIGGER actor_moves_repair_watch ON actor IS
    'Where a repairer is follows the place that her profile shows.';
COMMENT ON TRIGGER account_moves_repair_watch ON account IS
    'Where a repairer is follows the commune that she named.';

UPDATE repair_watch SET actor_id = actor_id;

CREATE OR REPLACE VIEW watching_repairer AS
SELECT w.actor_id, w.latitude, w.longitude, w.epci_code, w.furthest, w.organs, w.bike_types
FROM repair_watch w JOIN account a ON a.actor_id = w.actor_id JOIN actor m ON m.id = w.actor_id
WHERE a.disabled_at IS NULL AND a.confirmed_at IS NOT NULL AND m.deleted_at IS NULL AND m.suspended_at IS NULL
    AND (m.away_until IS NULL OR m.away_until <= now()) AND (w.paused_until IS NULL OR w.paused_until <= now());
COMMENT ON VIEW watching_repairer IS
    'Members who are told of repair calls nearby and can be told now, with the place that distances count from: '
    'whom a new call is told to and who is counted on pages are the same people.';
