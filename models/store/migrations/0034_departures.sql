-- Members who are about to leave: until the day comes they may change their minds.
CREATE TABLE departure (
    actor_id bigint PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    asked_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL,
    reminded_at timestamptz,
    paused_ids bigint[] NOT NULL DEFAULT '{}'   -- the listings that were open; they open again when she stays
);
CREATE INDEX departure_due ON departure (due_at);
