-- What pages look for first: the newest post of each person followed that stands in homes; communes around a place.
CREATE INDEX CONCURRENTLY post_at_home ON post (author_id, id DESC)
    WHERE deleted_at IS NULL AND in_reply_to_uri IS NULL AND audience NOT IN ('direct', 'author', 'community');
CREATE INDEX CONCURRENTLY commune_place ON commune (latitude, longitude);
