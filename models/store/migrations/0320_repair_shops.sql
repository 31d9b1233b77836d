-- Repair shops: workshops of associations and artisans, and repairers who come by. A shop is an Organization; the rows
-- of ours are the truth, those of others what their servers told.
CREATE TABLE repair_shop (
    actor_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,
    types text[] NOT NULL DEFAULT '{}',  -- codes of models/repairs/shops/shop_types, or a cooperative's own words
    bike_types text[] NOT NULL DEFAULT '{}',
    interventions text[] NOT NULL DEFAULT '{}',
    by_appointment boolean NOT NULL DEFAULT false,
    workshop boolean NOT NULL DEFAULT true,  -- else it comes by, and nothing names where it lives
    commune_codes text[] NOT NULL DEFAULT '{}' CHECK (cardinality(commune_codes) <= 200),  -- to which it comes
    words text NOT NULL DEFAULT '',
    prices_uri text,  -- of one elsewhere, on its own origin
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX repair_shop_communes ON repair_shop USING gin (commune_codes);

-- The posted prices of a shop, in its order.
CREATE TABLE repair_price (
    shop_id bigint NOT NULL REFERENCES repair_shop(actor_id) ON DELETE CASCADE,
    position integer NOT NULL CHECK (position BETWEEN 1 AND 100),
    label text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('fixed', 'from', 'free')),
    cents integer CHECK (cents BETWEEN 0 AND 1000000),
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (shop_id, position),
    CONSTRAINT repair_price_cents CHECK ((cents IS NULL) = (kind = 'free'))
);

-- How old the copy of the prices of a shop elsewhere is.
CREATE TABLE repair_price_copy (
    shop_id bigint PRIMARY KEY REFERENCES repair_shop(actor_id) ON DELETE CASCADE,
    asked_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,
    etag text NOT NULL DEFAULT ''
);

-- Where the cooperative named no collective, its team says which shops of ours appear: each question and its answer.
CREATE TABLE repair_shop_request (
    id bigint PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES repair_shop(actor_id) ON DELETE CASCADE,
    asked_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    message text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn', 'left', 'ended')),
    decided_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    decided_at timestamptz,
    reason text NOT NULL DEFAULT ''
);
CREATE INDEX repair_shop_request_shop ON repair_shop_request (shop_id, id);
CREATE UNIQUE INDEX repair_shop_request_open ON repair_shop_request (shop_id) WHERE state IN ('asked', 'approved');
CREATE INDEX repair_shop_request_asked ON repair_shop_request (asked_at) WHERE state = 'asked';
CREATE INDEX repair_shop_request_asked_by ON repair_shop_request (asked_by);
CREATE INDEX repair_shop_request_decided_by ON repair_shop_request (decided_by);

-- When the list of the shops of a friend cooperative was read, and is to be read next.
CREATE TABLE repair_shop_source (
    cooperative_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,
    next_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,
    uri text,
    etag text NOT NULL DEFAULT ''
);

-- The shops that a friend cooperative lists: whoever is on its list no more goes from here.
CREATE TABLE repair_shop_copy (
    cooperative_id bigint NOT NULL REFERENCES repair_shop_source(cooperative_id) ON DELETE CASCADE,
    shop_id bigint NOT NULL UNIQUE REFERENCES repair_shop(actor_id) ON DELETE CASCADE,
    collective_uri text,
    charter_version integer,
    published_at timestamptz,
    PRIMARY KEY (cooperative_id, shop_id)
);

-- Who does what in a place: a manager all of it, the others take part in a shop.
ALTER TABLE place_keeper
    ADD COLUMN role text NOT NULL DEFAULT 'manager' CHECK (role IN ('manager', 'employee', 'volunteer')),
    ADD COLUMN shown boolean NOT NULL DEFAULT false;  -- she agreed to be named on the page of the shop

CREATE VIEW repair_collective AS
SELECT c.id, c.uri FROM actor c JOIN community g ON g.actor_id = c.id AND g.ended_at IS NULL AND NOT g.hidden
WHERE c.uri = (SELECT value #>> '{}' FROM preference WHERE key = 'repair_collective')
    AND c.deleted_at IS NULL AND c.suspended_at IS NULL;
COMMENT ON VIEW repair_collective IS
    'The community that the cooperative named as its collective of repairers, while it goes on and may be seen: it '
    'says which shops appear. Where there is none the team does.';

CREATE VIEW appearing_shop AS
SELECT s.actor_id, c.uri AS collective_uri, m.accepted_version AS charter_version, m.since,
    NULL::bigint AS cooperative_id
FROM repair_shop s JOIN actor a ON a.id = s.actor_id AND a.local
JOIN membership m ON m.actor_id = s.actor_id AND m.state = 'member' AND (m.expires_at IS NULL OR m.expires_at > now())
JOIN repair_collective c ON c.id = m.community_id
WHERE a.deleted_at IS NULL AND a.suspended_at IS NULL AND NOT is_unpublished(a.id)
    AND EXISTS (SELECT FROM account k WHERE k.actor_id = a.id AND k.disabled_at IS NULL)
    AND NOT EXISTS (SELECT FROM community_charter h WHERE h.community_id = c.id AND h.version > m.accepted_version
        AND (h.due_at IS NULL OR h.due_at <= now())
        AND h.version = (SELECT max(n.version) FROM community_charter n WHERE n.community_id = c.id))
UNION ALL
SELECT s.actor_id, NULL, NULL, q.decided_at, NULL
FROM repair_shop s JOIN actor a ON a.id = s.actor_id AND a.local
JOIN repair_shop_request q ON q.shop_id = s.actor_id AND q.state = 'approved'
WHERE NOT EXISTS (SELECT FROM repair_collective)
    AND a.deleted_at IS NULL AND a.suspended_at IS NULL AND NOT is_unpublished(a.id)
    AND EXISTS (SELECT FROM account k WHERE k.actor_id = a.id AND k.disabled_at IS NULL)
UNION ALL
SELECT s.actor_id, p.collective_uri, p.charter_version, coalesce(p.published_at, f.told_at), p.cooperative_id
FROM repair_shop_copy p JOIN repair_shop s ON s.actor_id = p.shop_id
JOIN repair_shop_source f ON f.cooperative_id = p.cooperative_id AND f.told_at > now() - interval '3 days'
JOIN actor a ON a.id = s.actor_id AND NOT a.local AND a.deleted_at IS NULL AND a.suspended_at IS NULL
JOIN actor o ON o.id = p.cooperative_id AND o.host = a.host AND o.deleted_at IS NULL AND o.suspended_at IS NULL
JOIN server v ON v.host = o.host AND v.level = 'friend'
WHERE is_welcome(a.host);
COMMENT ON VIEW appearing_shop IS
    'Which shops stand in lists: of ours those in the collective that the cooperative named, by a version of its '
    'charter that is in force, or without a collective those that its team said yes to; of others those that a friend '
    'cooperative listed within three days. Lists, maps, the collection for peers and pages ask it, so that whoever '
    'leaves is gone from all of them at once.';
