-- Which listings are taken on the days that somebody wants is read from the index alone: several statements of one
-- search ask for it.
DROP INDEX calendar_copy_range_held;
CREATE INDEX calendar_copy_range_held ON calendar_copy_range USING gist (held) INCLUDE (listing_id);
DROP INDEX unavailability_held;
CREATE INDEX unavailability_held ON unavailability USING gist (tstzrange(begins_at, ends_at))
    INCLUDE (listing_id, begins_at, ends_at);
