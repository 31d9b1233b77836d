-- The exchange itself: a thread for each listing and person, what the two agree on, what they report as done.
-- The server of the listing's owner is the authority; elsewhere the same rows are a copy that follows it.

-- One thread between the owner of a listing and one other person.
CREATE TABLE exchange (
    id bigint PRIMARY KEY,
    listing_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    owner_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    partner_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    last_id bigint NOT NULL,                        -- of its newest message or event: by it lists are sorted
    owner_read_id bigint NOT NULL DEFAULT 0,        -- read marks never leave the server
    partner_read_id bigint NOT NULL DEFAULT 0,
    owner_muted boolean NOT NULL DEFAULT false,
    partner_muted boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (listing_id, partner_id),
    CHECK (owner_id <> partner_id)
);
CREATE INDEX exchange_owner ON exchange (owner_id, last_id DESC);
CREATE INDEX exchange_partner ON exchange (partner_id, last_id DESC);

-- Private notes under the listing between the two.
CREATE TABLE exchange_message (
    post_id bigint PRIMARY KEY REFERENCES post ON DELETE CASCADE,
    exchange_id bigint NOT NULL REFERENCES exchange ON DELETE CASCADE
);
CREATE INDEX exchange_message_exchange ON exchange_message (exchange_id, post_id DESC);

CREATE TABLE agreement (
    id bigint PRIMARY KEY,
    exchange_id bigint NOT NULL REFERENCES exchange ON DELETE CASCADE,
    listing_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    owner_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    partner_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    uri text UNIQUE,                                -- of the Agreement, once the owner's server gave it one
    request_uri text NOT NULL UNIQUE,               -- of the Offer with which it began
    offer_uri text NOT NULL,                        -- of the Offer that is on the table
    proposed_by bigint NOT NULL REFERENCES actor,   -- whose terms these are
    state text NOT NULL CHECK (state IN ('requested', 'countered', 'agreed', 'done', 'refused', 'withdrawn',
        'cancelled', 'expired')),
    quantity numeric NOT NULL DEFAULT 1 CHECK (quantity > 0),
    unit text NOT NULL DEFAULT 'one',
    begins_at timestamptz,
    ends_at timestamptz,
    place text NOT NULL DEFAULT '',
    in_return text NOT NULL DEFAULT '',             -- what is given for it, in words
    amount numeric,                                 -- and in money, where it has a price
    currency text,
    points integer,                                 -- between members of this cooperative only
    note text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',                -- why it ended, in the words of whoever ended it
    accepted_uri text,                              -- the partner's yes, while the owner's server has not confirmed it
    held_until timestamptz,                         -- an answer is waited for until then
    owner_reported_at timestamptz,
    partner_reported_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL,                -- by the authority's clock, always rising
    agreed_at timestamptz,
    ended_at timestamptz,
    CHECK (ends_at IS NULL OR begins_at < ends_at)
);
-- An agreement as models/agreements reads it.
CREATE VIEW full_agreement AS
SELECT id, exchange_id, listing_id, owner_id, partner_id, uri, request_uri, offer_uri, proposed_by, state, quantity,
    unit, begins_at, ends_at, place, in_return, amount, currency, points, note, reason, accepted_uri, held_until,
    owner_reported_at, partner_reported_at, created_at, updated_at, agreed_at, ended_at
FROM agreement;
CREATE INDEX agreement_exchange ON agreement (exchange_id, id DESC);
CREATE INDEX agreement_listing ON agreement (listing_id) WHERE state IN ('requested', 'countered', 'agreed');
CREATE INDEX agreement_held ON agreement (held_until) WHERE state IN ('requested', 'countered');
CREATE INDEX agreement_begin ON agreement (begins_at) WHERE state = 'agreed';
CREATE INDEX agreement_end ON agreement (ends_at) WHERE state = 'agreed';

-- Every Offer that was made on the way, by which answers are matched with what they answer.
CREATE TABLE agreement_offer (
    uri text PRIMARY KEY,
    agreement_id bigint NOT NULL REFERENCES agreement ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX agreement_offer_agreement ON agreement_offer (agreement_id);

-- What the two report as done. A loan goes out and comes back; everything else is done once.
CREATE TABLE economic_event (
    id bigint PRIMARY KEY,
    uri text NOT NULL UNIQUE,
    agreement_id bigint NOT NULL REFERENCES agreement ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,    -- who reports it
    step text NOT NULL CHECK (step IN ('out', 'back', 'done')),
    happened_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agreement_id, actor_id, step)
);

-- What happened in a thread besides messages, as it is shown there; never sent as such.
CREATE TABLE exchange_event (
    id bigint PRIMARY KEY,
    exchange_id bigint NOT NULL REFERENCES exchange ON DELETE CASCADE,
    agreement_id bigint REFERENCES agreement ON DELETE CASCADE,
    actor_id bigint REFERENCES actor ON DELETE CASCADE,     -- NULL: the clock
    kind text NOT NULL CHECK (kind IN ('requested', 'countered', 'accepted', 'agreed', 'refused', 'withdrawn',
        'cancelled', 'expired', 'out', 'back', 'done', 'verified', 'begins_soon', 'ends_soon', 'returned',
        'forgotten', 'contact', 'thanked')),
    details jsonb NOT NULL DEFAULT '{}',                    -- the terms at that moment, as models/agreements writes them
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX exchange_event_exchange ON exchange_event (exchange_id, id DESC);
CREATE UNIQUE INDEX exchange_event_once ON exchange_event (agreement_id, kind)
    WHERE kind IN ('verified', 'begins_soon', 'ends_soon', 'returned', 'forgotten');

-- Days on which the owner keeps it to herself; those of agreements are not repeated here.
CREATE TABLE unavailability (
    id bigint PRIMARY KEY,
    listing_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (begins_at < ends_at)
);
CREATE INDEX unavailability_listing ON unavailability (listing_id, ends_at);

ALTER TABLE listing
    ADD COLUMN points integer CHECK (points >= 0),              -- asked for among members of this cooperative; never leaves
    ADD COLUMN first_come boolean NOT NULL DEFAULT false;       -- the first who asks gets it; else its author chooses

CREATE OR REPLACE VIEW full_listing AS
SELECT p.id, p.uri, p.kind AS post_kind, p.local, p.author_id, p.url, p.audience, p.content, p.source, p.warning,
    p.sensitive, p.language, p.in_reply_to_uri, p.in_reply_to_id, p.context_uri, p.root_id, p.to_uris, p.cc_uris,
    p.published_at, p.updated_at, p.received_at, p.deleted_at,
    l.kind, l.mode, l.title, l.description, l.category, l.category_uri, l.status, l.closed_reason, l.stream_uri,
    l.territory_uri, l.place_name, l.postcode, l.commune_code, l.latitude, l.longitude, l.radius, l.condition,
    l.quantity, l.unit, l.available_quantity, l.unit_based, l.price, l.currency, l.free_price, l.wants, l.reciprocal,
    l.deposit, l.max_duration, l.begins_at, l.ends_at, l.expires_at, l.repair, l.points, l.first_come
FROM listing l JOIN post p ON p.id = l.post_id;
