-- What members asked about a frame number, here and at the friends of their cooperative; never the number itself.
CREATE TABLE frame_inquiry (
    id bigint PRIMARY KEY,
    member_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- NULL once she left
    asked_at timestamptz NOT NULL DEFAULT now(),
    ending text NOT NULL CHECK (length(ending) = 3),           -- the last signs of the number
    may_write boolean NOT NULL                                 -- whether the owner may write to her
);
CREATE INDEX frame_inquiry_member ON frame_inquiry (member_id, asked_at DESC) WHERE member_id IS NOT NULL;
CREATE INDEX frame_inquiry_time ON frame_inquiry (asked_at DESC);

CREATE TABLE frame_answer (
    inquiry_id bigint NOT NULL REFERENCES frame_inquiry(id) ON DELETE CASCADE,
    host text NOT NULL,
    name text NOT NULL,   -- what that cooperative was called then
    stolen boolean,       -- NULL: no answer came
    PRIMARY KEY (inquiry_id, host)
);

-- What servers of friends asked us, and what we answered; never the number itself.
CREATE TABLE frame_question (
    id bigint PRIMARY KEY,
    host text NOT NULL,
    uri text NOT NULL,    -- the question's own id: the same one is answered alike and told to nobody anew
    asked_at timestamptz NOT NULL DEFAULT now(),
    ending text NOT NULL CHECK (length(ending) = 3),
    stolen boolean NOT NULL,
    UNIQUE (host, uri)
);
CREATE INDEX frame_question_time ON frame_question (asked_at DESC);
CREATE INDEX frame_question_host ON frame_question (host, asked_at DESC);

-- What the owner of a bike that she said was stolen is told: somebody asked about its number.
CREATE TABLE frame_sighting (
    id bigint PRIMARY KEY,
    bike_id bigint NOT NULL REFERENCES bike(id) ON DELETE CASCADE,
    host text NOT NULL,               -- of whose members somebody asked
    asked_at timestamptz NOT NULL DEFAULT now(),
    contact text NOT NULL DEFAULT ''  -- name@host of who asked, where she wants to be written to
);
CREATE INDEX frame_sighting_bike ON frame_sighting (bike_id, asked_at DESC);
CREATE INDEX frame_sighting_contact ON frame_sighting (contact) WHERE contact <> '';

-- One more kind of news, added to those that there are, whatever other migrations added before.
DO $$
DECLARE
    kinds text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = 'notification'::regclass AND conname = 'notification_type_check');
BEGIN
    ALTER TABLE notification DROP CONSTRAINT notification_type_check;
    EXECUTE 'ALTER TABLE notification ADD CONSTRAINT notification_type_check '
        || replace(kinds, 'ARRAY[', 'ARRAY[''bike_asked''::text, ');
END
$$;
