-- Reads that were looked at on a full database: deletes by post and by actor, a local actor by its name, and listings
-- without the search vector, which nobody reads.

CREATE INDEX notification_post ON notification (post_id);
CREATE INDEX notification_actor ON notification (actor_id);
CREATE INDEX idempotency_post ON idempotency (post_id);

DROP INDEX actor_local;
CREATE INDEX actor_local ON actor (lower(username)) WHERE local;
CREATE INDEX actor_icon ON actor (icon_media_id) WHERE icon_media_id IS NOT NULL;
CREATE INDEX actor_image ON actor (image_media_id) WHERE image_media_id IS NOT NULL;

DROP VIEW full_listing;
CREATE VIEW full_listing AS
SELECT p.id, p.uri, p.kind AS post_kind, p.local, p.author_id, p.url, p.audience, p.content, p.source, p.warning,
    p.sensitive, p.language, p.in_reply_to_uri, p.in_reply_to_id, p.context_uri, p.root_id, p.to_uris, p.cc_uris,
    p.published_at, p.updated_at, p.received_at, p.deleted_at,
    l.kind, l.mode, l.title, l.description, l.category, l.category_uri, l.status, l.closed_reason, l.stream_uri,
    l.territory_uri, l.place_name, l.postcode, l.commune_code, l.latitude, l.longitude, l.radius, l.condition,
    l.quantity, l.unit, l.available_quantity, l.unit_based, l.price, l.currency, l.free_price, l.wants, l.reciprocal,
    l.deposit, l.max_duration, l.begins_at, l.ends_at, l.expires_at, l.repair
FROM listing l JOIN post p ON p.id = l.post_id;
