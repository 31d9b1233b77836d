-- Meetings are listings with a second row: what is found, read, answered, hidden and withdrawn like a listing, and has
-- besides a day, a place to come to and seats. Events from elsewhere were kept as listings alone.
ALTER TABLE listing ADD COLUMN meeting boolean NOT NULL DEFAULT false;

CREATE TABLE meeting (
    post_id bigint PRIMARY KEY REFERENCES listing(post_id) ON DELETE CASCADE,
    begins_at timestamptz NOT NULL,           -- of the first time; what comes next stands in the listing
    ends_at timestamptz,
    timezone text NOT NULL DEFAULT 'Europe/Paris',
    venue text NOT NULL DEFAULT '',           -- the hall; the commune stands in the listing
    street text NOT NULL DEFAULT '',
    registration text NOT NULL DEFAULT 'none' CHECK (registration IN ('none', 'members', 'everybody', 'external')),
    external_url text,                        -- where one registers, for 'external'
    on_request boolean NOT NULL DEFAULT false,  -- whoever organises elsewhere says yes to each (joinMode restricted)
    capacity integer CHECK (capacity > 0),    -- NULL: as many as come
    waiting_list boolean NOT NULL DEFAULT true,
    status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'tentative', 'cancelled')),
    rrule text,                               -- RFC 5545 §3.8.5.3, of the parts that models/meetings/recurrence takes
    excluded timestamptz[] NOT NULL DEFAULT '{}',  -- EXDATE
    sequence integer NOT NULL DEFAULT 0,      -- rises with each change (RFC 5545 §3.8.7.4)
    participants integer,                     -- as whoever organises elsewhere says
    remaining integer
);

-- Each time that a meeting takes place, as far ahead as is told; one of its own for a meeting that does not come again.
-- It is what is locked while seats are given.
CREATE TABLE meeting_occurrence (
    id bigint PRIMARY KEY,
    meeting_id bigint NOT NULL REFERENCES meeting(post_id) ON DELETE CASCADE,
    recurs_at timestamptz NOT NULL,           -- when it was to be by the rule: its name (RFC 5545 §3.8.4.4)
    begins_at timestamptz NOT NULL,
    ends_at timestamptz,
    own boolean NOT NULL DEFAULT false,       -- this one alone was changed: a change of all leaves it
    cancelled boolean NOT NULL DEFAULT false,
    venue text NOT NULL DEFAULT '',           -- where it is elsewhere than the others
    capacity integer CHECK (capacity > 0),
    UNIQUE (meeting_id, recurs_at)
);
CREATE INDEX meeting_occurrence_begins ON meeting_occurrence (begins_at, id);

-- Somebody comes, or wants to. A guest has a mail address and no actor. `line` orders those who wait.
CREATE TABLE meeting_registration (
    id bigint PRIMARY KEY,
    occurrence_id bigint NOT NULL REFERENCES meeting_occurrence(id) ON DELETE CASCADE,
    actor_id bigint REFERENCES actor(id) ON DELETE CASCADE,
    email text,
    name text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'fr',
    uri text UNIQUE,                          -- of the Join
    state text NOT NULL CHECK (state IN ('asked', 'seat', 'waiting', 'cancelled', 'refused')),
    people integer NOT NULL DEFAULT 1 CHECK (people > 0),
    message text NOT NULL DEFAULT '',         -- what she brings
    line bigint,
    turn integer NOT NULL DEFAULT 1,          -- of a guest's link: a new one ends those before
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,                 -- a guest opened her link
    reminded_at timestamptz,
    CONSTRAINT meeting_registration_of_somebody CHECK ((actor_id IS NULL) <> (email IS NULL)),
    CONSTRAINT meeting_registration_in_line CHECK ((state = 'waiting') = (line IS NOT NULL)),
    UNIQUE (occurrence_id, actor_id)
);
CREATE INDEX meeting_registration_actor ON meeting_registration (actor_id) WHERE actor_id IS NOT NULL;
CREATE UNIQUE INDEX meeting_registration_guest ON meeting_registration (occurrence_id, lower(email))
    WHERE email IS NOT NULL;
CREATE INDEX meeting_registration_line ON meeting_registration (occurrence_id, line) WHERE state = 'waiting';
CREATE INDEX meeting_registration_taken ON meeting_registration (occurrence_id) INCLUDE (people) WHERE state = 'seat';

CREATE OR REPLACE VIEW full_listing AS
SELECT p.id, p.uri, p.kind AS post_kind, p.local, p.author_id, p.url, p.audience, p.content, p.source, p.warning,
    p.sensitive, p.language, p.in_reply_to_uri, p.in_reply_to_id, p.context_uri, p.root_id, p.to_uris, p.cc_uris,
    p.published_at, p.updated_at, p.received_at, p.deleted_at,
    l.kind, l.mode, l.title, l.description, l.category, l.category_uri, l.status, l.closed_reason, l.stream_uri,
    l.territory_uri, l.place_name, l.postcode, l.commune_code, l.latitude, l.longitude, l.radius, l.condition,
    l.quantity, l.unit, l.available_quantity, l.unit_based, l.price, l.currency, l.free_price, l.wants, l.reciprocal,
    l.deposit, l.max_duration, l.begins_at, l.ends_at, l.expires_at, l.repair, l.points, l.first_come, l.calendar_uri,
    p.hidden_at, p.hidden_audience, l.meeting
FROM listing l JOIN post p ON p.id = l.post_id;

-- What came before: events with a beginning are meetings from now on; their next version tells the rest.
UPDATE listing l SET meeting = true FROM post p
    WHERE p.id = l.post_id AND NOT p.local AND p.raw->>'type' = 'Event' AND l.begins_at IS NOT NULL;
INSERT INTO meeting (post_id, begins_at, ends_at, status)
    SELECT post_id, begins_at, ends_at, CASE status WHEN 'cancelled' THEN 'cancelled' ELSE 'confirmed' END
    FROM listing WHERE meeting;
INSERT INTO meeting_occurrence (id, meeting_id, recurs_at, begins_at, ends_at, cancelled)
    SELECT post_id, post_id, begins_at, begins_at, ends_at, status = 'cancelled' FROM meeting;
