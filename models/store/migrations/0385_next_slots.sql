-- The first time at which a shop has room, so that a list of many shops need not work it out: of ours renewed when
-- something changes and every quarter of an hour, of others as their server told it.
CREATE TABLE next_slot (
    actor_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,
    begins_at timestamptz,  -- none: no room for now
    looked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX next_slot_looked ON next_slot (looked_at);
