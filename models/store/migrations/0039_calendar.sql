-- When people are away, when places are open, and what is known here of the calendars of listings elsewhere.

ALTER TABLE actor
    ADD COLUMN away_until timestamptz,      -- her offers rest until that moment
    ADD COLUMN street text,                 -- of an organization that shows its address; never of a person
    ADD COLUMN hours jsonb;                 -- when a place is open, as models/hours writes it

CREATE INDEX actor_away ON actor (away_until) WHERE away_until IS NOT NULL AND local;

CREATE OR REPLACE VIEW full_actor AS
SELECT id, uri, type, local, username, host, name, summary, url, inbox, shared_inbox, outbox, followers_uri,
    following_uri, featured_uri, icon_media_id, image_media_id, locked, discoverable, indexable, fields,
    also_known_as, moved_to, implements, territory_uri, category, place_name, postcode, commune_code, latitude,
    longitude, radius, published_at, created_at, updated_at, fetched_at, suspended_at, deleted_at, automatic,
    away_until, street, hours
FROM actor;

ALTER TABLE listing ADD COLUMN calendar_uri text;   -- where a listing from elsewhere tells when it is not to be had

CREATE OR REPLACE VIEW full_listing AS
SELECT p.id, p.uri, p.kind AS post_kind, p.local, p.author_id, p.url, p.audience, p.content, p.source, p.warning,
    p.sensitive, p.language, p.in_reply_to_uri, p.in_reply_to_id, p.context_uri, p.root_id, p.to_uris, p.cc_uris,
    p.published_at, p.updated_at, p.received_at, p.deleted_at,
    l.kind, l.mode, l.title, l.description, l.category, l.category_uri, l.status, l.closed_reason, l.stream_uri,
    l.territory_uri, l.place_name, l.postcode, l.commune_code, l.latitude, l.longitude, l.radius, l.condition,
    l.quantity, l.unit, l.available_quantity, l.unit_based, l.price, l.currency, l.free_price, l.wants, l.reciprocal,
    l.deposit, l.max_duration, l.begins_at, l.ends_at, l.expires_at, l.repair, l.points, l.first_come, l.calendar_uri
FROM listing l JOIN post p ON p.id = l.post_id;

-- The calendar of a listing from elsewhere, as its own server told it last.
CREATE TABLE calendar_copy (
    listing_id bigint PRIMARY KEY REFERENCES post ON DELETE CASCADE,
    asked_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,                    -- NULL: it has not answered yet
    etag text NOT NULL DEFAULT '',
    ranges jsonb NOT NULL DEFAULT '[]'      -- [begins_at, ends_at] of each, by time
);
