-- What ended lately is found by when it was changed, without reading all listings of ours.
CREATE INDEX CONCURRENTLY post_changed ON post (updated_at)
    WHERE local AND kind = 'listing' AND deleted_at IS NULL AND updated_at IS NOT NULL;
