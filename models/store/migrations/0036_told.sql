-- What members are told by mail and how often, how each mail fared, and the calendars they follow.

-- What a member chose for one kind of news; NULL is what the server proposes. All up to `told_id` was told, or is not to be.
CREATE TABLE mail_choice (
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('messages', 'exchanges', 'reactions', 'follows', 'posts')),
    rhythm text CHECK (rhythm IN ('now', 'daily', 'weekly', 'never')),
    told_id bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (actor_id, kind)
);

-- When somebody is written to next: something happened that is to be told in this rhythm.
CREATE TABLE mail_round (
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    rhythm text NOT NULL CHECK (rhythm IN ('now', 'daily', 'weekly')),
    due_at timestamptz NOT NULL,
    PRIMARY KEY (actor_id, rhythm)
);
CREATE INDEX mail_round_due ON mail_round (due_at);

-- Up to where it was looked for what happened: ids are in the order of time.
CREATE TABLE mail_cursor (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    last_id bigint NOT NULL
);

-- A mail with news, which names what it tells of and never holds it; of mails about accounts only what went wrong.
CREATE TABLE mail (
    id bigint PRIMARY KEY,
    recipient_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    kind text NOT NULL,
    rhythm text NOT NULL DEFAULT 'now',
    exchange_id bigint REFERENCES exchange ON DELETE CASCADE,       -- all of it is about this thread
    notification_ids bigint[] NOT NULL DEFAULT '{}',
    entry_ids bigint[] NOT NULL DEFAULT '{}',                       -- messages and events of threads
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    cause text,                                                     -- why the last try failed
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE INDEX mail_recipient ON mail (recipient_id);
CREATE INDEX mail_exchange ON mail (exchange_id) WHERE exchange_id IS NOT NULL;
CREATE INDEX mail_trouble ON mail (id DESC) WHERE cause IS NOT NULL;

ALTER TABLE account ADD COLUMN mail_refused_at timestamptz;         -- her mail provider says that there is no such address

-- Keys of this instance, each for one purpose; under the key file where there is one.
CREATE TABLE instance_secret (
    name text PRIMARY KEY,
    secret bytea NOT NULL
);

-- A member's calendar may be followed under an address that holds this number; another number makes the old one useless.
CREATE TABLE calendar_feed (
    actor_id bigint PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    version integer NOT NULL DEFAULT 1
);

-- Notifications that stand in the list of what is new: messages of threads have their threads' lines.
CREATE VIEW listed_notification AS
    SELECT n.id, n.recipient_id, n.type, n.actor_id, n.post_id, n.created_at,
        n.read_at IS NULL AND n.id > coalesce((SELECT last_read_id FROM marker
            WHERE marker.actor_id = n.recipient_id AND timeline = 'notifications'), 0) AS unread
    FROM shown_notification n
    WHERE NOT (n.type = 'mention' AND EXISTS (SELECT FROM exchange_message m WHERE m.post_id = n.post_id));

-- Threads in which something may be new to one of the two; not those that she muted, or with whom she hides.
CREATE VIEW unread_exchange AS
    SELECT e.id, e.listing_id, e.reader_id, e.other_id, e.last_id, e.read_id FROM (
        SELECT id, listing_id, owner_id AS reader_id, partner_id AS other_id, last_id, owner_read_id AS read_id
        FROM exchange WHERE last_id > owner_read_id AND NOT owner_muted
        UNION ALL
        SELECT id, listing_id, partner_id, owner_id, last_id, partner_read_id
        FROM exchange WHERE last_id > partner_read_id AND NOT partner_muted
    ) AS e
    JOIN actor other ON other.id = e.other_id AND other.suspended_at IS NULL AND other.deleted_at IS NULL
    WHERE NOT EXISTS (SELECT FROM barred b WHERE b.reader_id = e.reader_id AND b.author_id = e.other_id OFFSET 0)
        AND NOT EXISTS (SELECT FROM mute m WHERE m.actor_id = e.reader_id AND m.target_id = e.other_id
            AND m.notifications AND (m.until IS NULL OR m.until > now()));
