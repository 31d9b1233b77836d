-- When the database and the pictures were last written to a backup or a backup was verified, and what failed.
CREATE TABLE backup_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('backup', 'verification')),
    ended_at timestamptz NOT NULL DEFAULT now(),
    folder text NOT NULL,                       -- of the backup, or where it was to be
    failure text,                               -- NULL: it went well
    byte_size bigint,
    seconds double precision NOT NULL
);
