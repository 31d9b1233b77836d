-- Appointments of a shop: one listing of its account, which is asked for by slots of its opening hours. How many come
-- at once is the quantity of the listing.
CREATE TABLE appointment_book (
    listing_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    actor_id bigint NOT NULL UNIQUE REFERENCES actor(id) ON DELETE CASCADE,
    slot_minutes integer NOT NULL CHECK (slot_minutes BETWEEN 15 AND 480),
    notice_hours integer NOT NULL CHECK (notice_hours BETWEEN 0 AND 336),
    ahead_days integer NOT NULL CHECK (ahead_days BETWEEN 1 AND 180)
);

-- Who came by or rang up, and has no account: the shop alone reads who it is.
CREATE TABLE walk_in (
    id bigint PRIMARY KEY,
    listing_id bigint NOT NULL REFERENCES appointment_book(listing_id) ON DELETE CASCADE,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    name text NOT NULL,
    phone text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    CHECK (begins_at < ends_at)
);
CREATE INDEX walk_in_listing ON walk_in (listing_id, begins_at);
CREATE INDEX walk_in_over ON walk_in (ends_at);

-- What a shop elsewhere said last of its slots: [[begins_at, ends_at, left], …].
CREATE TABLE slot_copy (
    listing_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    slots jsonb NOT NULL DEFAULT '[]',
    etag text NOT NULL DEFAULT '',
    asked_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz
);

ALTER TABLE repair_shop ADD COLUMN appointments_uri text;  -- of one elsewhere: the listing by which one asks for one

ALTER TABLE listing ADD COLUMN slots_uri text;  -- where it is told at which times appointments are to be had

CREATE OR REPLACE VIEW full_listing AS
SELECT p.id, p.uri, p.kind AS post_kind, p.local, p.author_id, p.url, p.audience, p.content, p.source, p.warning,
    p.sensitive, p.language, p.in_reply_to_uri, p.in_reply_to_id, p.context_uri, p.root_id, p.to_uris, p.cc_uris,
    p.published_at, p.updated_at, p.received_at, p.deleted_at,
    l.kind, l.mode, l.title, l.description, l.category, l.category_uri, l.status, l.closed_reason, l.stream_uri,
    l.territory_uri, l.place_name, l.postcode, l.commune_code, l.latitude, l.longitude, l.radius, l.condition,
    l.quantity, l.unit, l.available_quantity, l.unit_based, l.price, l.currency, l.free_price, l.wants, l.reciprocal,
    l.deposit, l.max_duration, l.begins_at, l.ends_at, l.expires_at, l.repair, l.points, l.first_come, l.calendar_uri,
    p.hidden_at, p.hidden_audience, l.meeting, p.community_id, l.slots_uri
FROM listing l JOIN post p ON p.id = l.post_id;
