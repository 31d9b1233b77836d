-- What a member takes along: all that is hers in one file, made in the background and kept for some days.
CREATE TABLE archive (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL UNIQUE REFERENCES account ON DELETE CASCADE,  -- one at a time
    state text NOT NULL CHECK (state IN ('making', 'ready', 'failed')),
    file_key text UNIQUE,
    byte_size bigint,
    asked_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz
);
