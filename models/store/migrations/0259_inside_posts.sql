-- What stays inside a community: its members read it, and nobody else. A post whose community is gone is its author's.
ALTER TABLE post
    DROP CONSTRAINT post_audience_check,
    ADD CONSTRAINT post_audience_check CHECK (audience IN ('network', 'unlisted', 'coop', 'territories', 'followers',
        'direct', 'author', 'community')),
    ADD COLUMN community_id bigint REFERENCES community(actor_id) ON DELETE SET NULL,
    ADD CONSTRAINT post_community CHECK (
        community_id IS NULL OR coalesce(hidden_audience, audience) = 'community');
CREATE INDEX post_community ON post (community_id, author_id) WHERE community_id IS NOT NULL;

CREATE OR REPLACE VIEW full_post AS
SELECT id, uri, kind, local, author_id, url, audience, content, source, warning, sensitive, language,
    in_reply_to_uri, in_reply_to_id, context_uri, root_id, to_uris, cc_uris, published_at, updated_at,
    received_at, deleted_at, thanks_for, hidden_at, hidden_audience, community_id
FROM post;

CREATE OR REPLACE VIEW full_listing AS
SELECT p.id, p.uri, p.kind AS post_kind, p.local, p.author_id, p.url, p.audience, p.content, p.source, p.warning,
    p.sensitive, p.language, p.in_reply_to_uri, p.in_reply_to_id, p.context_uri, p.root_id, p.to_uris, p.cc_uris,
    p.published_at, p.updated_at, p.received_at, p.deleted_at,
    l.kind, l.mode, l.title, l.description, l.category, l.category_uri, l.status, l.closed_reason, l.stream_uri,
    l.territory_uri, l.place_name, l.postcode, l.commune_code, l.latitude, l.longitude, l.radius, l.condition,
    l.quantity, l.unit, l.available_quantity, l.unit_based, l.price, l.currency, l.free_price, l.wants, l.reciprocal,
    l.deposit, l.max_duration, l.begins_at, l.ends_at, l.expires_at, l.repair, l.points, l.first_come, l.calendar_uri,
    p.hidden_at, p.hidden_audience, p.community_id
FROM listing l JOIN post p ON p.id = l.post_id;

CREATE VIEW insider AS
SELECT m.community_id, m.actor_id, a.local, a.host
FROM membership m JOIN actor a ON a.id = m.actor_id
WHERE m.state = 'member' AND NOT m.public_only AND a.deleted_at IS NULL AND a.suspended_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now());
COMMENT ON VIEW insider IS
    'Who reads what stays inside a community, here and elsewhere: members whose time is not over, whose server keeps '
    'such things; every read, list, address and delivery asks it, so that the rule is said once.';
