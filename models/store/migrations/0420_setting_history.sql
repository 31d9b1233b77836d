-- Each change of a setting of the cooperative: who, when, from what, to what.
CREATE TABLE preference_change (
    id bigint PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    by_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    by_member boolean NOT NULL,  -- false: a command, or the first run; true with no by_id: somebody who is gone
    key text NOT NULL,
    before jsonb NOT NULL,
    after jsonb NOT NULL
);
CREATE INDEX preference_change_key ON preference_change (key, id);
CREATE INDEX preference_change_by ON preference_change (by_id);
