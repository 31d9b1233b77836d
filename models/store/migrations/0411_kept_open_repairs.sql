-- The published files of repairs as they were last written: whoever asks gets the same bytes for an hour, and nobody
-- makes the server write a whole file each time.
CREATE TABLE kept_open_repairs (
    file text PRIMARY KEY CHECK (file IN ('ord', 'velos')),
    made_at timestamptz NOT NULL,
    body bytea NOT NULL
);
