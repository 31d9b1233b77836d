-- The instance ends for ever: how far its end has come. When it ends is the preference shutdown_at, which pages read.
CREATE TABLE instance_shutdown (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    begun_at timestamptz NOT NULL DEFAULT now(),
    begun_by bigint REFERENCES actor(id) ON DELETE SET NULL,  -- NULL: a command
    told_through bigint NOT NULL DEFAULT 0,      -- members whose ids are not above were told
    copied_at timestamptz,                       -- the public pages were written as files
    archived_through bigint NOT NULL DEFAULT 0,  -- archives of members whose ids are not above were asked for
    offered_until timestamptz,                   -- until when these archives are kept, once they are made
    ended_at timestamptz                         -- every actor is gone
);
CREATE INDEX instance_shutdown_by ON instance_shutdown (begun_by);

-- Two more kinds of news, added to those that there are, whatever other migrations added before.
DO $$
DECLARE
    kinds text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = 'notification'::regclass AND conname = 'notification_type_check');
BEGIN
    ALTER TABLE notification DROP CONSTRAINT notification_type_check;
    EXECUTE 'ALTER TABLE notification ADD CONSTRAINT notification_type_check '
        || replace(kinds, 'ARRAY[', 'ARRAY[''shutdown''::text, ''shutdown_over''::text, ');
END
$$;
