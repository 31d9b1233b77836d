-- Chores that fail, for administrators: gone again once they went well for two hours.
CREATE TABLE chore_trouble (
    name text PRIMARY KEY,
    failures integer NOT NULL DEFAULT 1,        -- since then
    cause text NOT NULL,                        -- of the last one
    since timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now()
);
