-- This instance was made again of a backup: what happened between the two moments is known to others only, who hear it.
CREATE TABLE restoration (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    lost_from timestamptz NOT NULL,    -- of when the backup is
    restored_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,               -- when other servers were told, and what is missed of others was asked for
    names smallint NOT NULL DEFAULT 0  -- of accounts of ours that others know and we do not: taken for ever
);

-- A backup of before this table, where the command could write it nowhere else.
INSERT INTO restoration (lost_from, restored_at)
    SELECT (value ->> 'lost_from')::timestamptz, (value ->> 'restored_at')::timestamptz
    FROM preference WHERE key = 'restored';
DELETE FROM preference WHERE key = 'restored';

-- Other servers that said the same of themselves: what they had had from us since was sent again.
CREATE TABLE peer_restoration (
    host text PRIMARY KEY,
    lost_from timestamptz NOT NULL,
    restored_at timestamptz NOT NULL,
    heard_at timestamptz NOT NULL DEFAULT now(),
    sent_again integer NOT NULL
);
