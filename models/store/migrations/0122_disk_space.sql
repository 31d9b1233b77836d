-- The disk of the data folder while there is little room on it: one row, gone when there is room again.
CREATE TABLE disk_space (
    alone boolean PRIMARY KEY DEFAULT true CHECK (alone),
    free bigint NOT NULL,               -- bytes that the server may still write
    total bigint NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    looked_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz                 -- when administrators had a mail about it
);
