-- People without any account who take part by mail. A guest is an actor whose host is the empty string, which no
-- server can have: it has no inbox, nobody can name it, and nothing is ever sent to it but mails.
CREATE TABLE guest (
    id bigint PRIMARY KEY,
    listing_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    actor_id bigint UNIQUE REFERENCES actor ON DELETE CASCADE,  -- NULL until the address is confirmed
    email text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    turn integer NOT NULL DEFAULT 1,                -- of the private link: a new one ends those before
    message text NOT NULL DEFAULT '',               -- typed, and not yet in the thread
    terms jsonb,                                    -- and asked for with it, as models/agreements writes them
    told_id bigint NOT NULL DEFAULT 0,              -- the newest entry of the thread that went by mail
    created_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    stopped_at timestamptz,                         -- wants no more mails
    CHECK ((actor_id IS NULL) = (confirmed_at IS NULL))
);
CREATE UNIQUE INDEX guest_of_listing ON guest (listing_id, lower(email));
CREATE INDEX guest_unconfirmed ON guest (created_at) WHERE confirmed_at IS NULL;
CREATE INDEX actor_guest ON actor (id) WHERE host = '';

-- Words between a member and a guest are lines of the thread itself: no post, so that nothing can show or send them.
ALTER TABLE exchange_event DROP CONSTRAINT exchange_event_kind_check;
ALTER TABLE exchange_event ADD CONSTRAINT exchange_event_kind_check
    CHECK (kind IN ('requested', 'countered', 'accepted', 'agreed', 'refused', 'withdrawn', 'cancelled', 'expired',
        'out', 'back', 'done', 'verified', 'begins_soon', 'ends_soon', 'returned', 'forgotten', 'contact', 'thanked',
        'said'));

-- Guests are of no server: what is decided about servers does not concern them.
CREATE OR REPLACE FUNCTION is_welcome(host text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT $1 = '' OR NOT coalesce(bool_or(s.level = 'aside'), false) AND (
        coalesce(bool_or(s.level = 'friend' OR s.listed), false)
        OR coalesce((SELECT value <> 'true'::jsonb FROM preference WHERE key = 'limited_federation'), true))
    FROM server s WHERE s.host = ANY (domains_of($1))
$$;
