-- What is to be published later, and what may become a listing.

CREATE TABLE scheduled_status (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    scheduled_at timestamptz NOT NULL,
    wish jsonb NOT NULL,                -- what the client sent, checked
    media_ids bigint[] NOT NULL DEFAULT '{}',
    application text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX scheduled_status_actor ON scheduled_status (actor_id, id DESC);
CREATE INDEX scheduled_status_due ON scheduled_status (scheduled_at);

-- The same key gives the same answer, also where that is a status to come.
ALTER TABLE idempotency ADD COLUMN scheduled_id bigint REFERENCES scheduled_status ON DELETE SET NULL;

-- A note that began with #offre and the like: the page that publishes listings begins with what it says.
CREATE TABLE listing_draft (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    note_id bigint NOT NULL UNIQUE REFERENCES post ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('offer', 'request', 'repair_call')),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX listing_draft_actor ON listing_draft (actor_id, id DESC);
