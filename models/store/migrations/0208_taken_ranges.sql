-- What a calendar elsewhere told, one row for each range: who looks for what is free on some days finds those that
-- touch them by an index, whichever listing they are of.
CREATE TABLE calendar_copy_range (
    listing_id bigint NOT NULL REFERENCES calendar_copy(listing_id) ON DELETE CASCADE,
    held tstzrange NOT NULL CHECK (NOT isempty(held))
);
INSERT INTO calendar_copy_range (listing_id, held)
SELECT listing_id, tstzrange((one ->> 0)::timestamptz, (one ->> 1)::timestamptz)
FROM calendar_copy, jsonb_array_elements(ranges) AS one
WHERE (one ->> 0)::timestamptz < (one ->> 1)::timestamptz;
ALTER TABLE calendar_copy DROP COLUMN ranges;

CREATE INDEX calendar_copy_range_listing ON calendar_copy_range (listing_id);
CREATE INDEX calendar_copy_range_held ON calendar_copy_range USING gist (held);
CREATE INDEX unavailability_held ON unavailability USING gist (tstzrange(begins_at, ends_at));
CREATE INDEX agreement_live_held ON agreement USING gist (tstzrange(begins_at, ends_at))
    WHERE state IN ('requested', 'countered', 'agreed') AND begins_at IS NOT NULL AND ends_at IS NOT NULL;

CREATE FUNCTION is_free_between(listing_id bigint, free_from timestamptz, free_until timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1 AS $$
BEGIN
    RETURN (SELECT CASE l.mode
        WHEN 'loan' THEN
            NOT EXISTS (SELECT FROM unavailability u
                WHERE u.listing_id = l.post_id AND u.begins_at < $3 AND u.ends_at > $2)
            AND NOT EXISTS (SELECT FROM calendar_copy_range r
                WHERE r.listing_id = l.post_id AND r.held && tstzrange($2, $3))
            AND (n.uncounted OR coalesce((
                -- the most are gone where an agreement begins, or where the days do
                SELECT max(gone.quantity) FROM agreement a CROSS JOIN LATERAL (
                    SELECT sum(b.quantity) AS quantity FROM agreement b
                    WHERE b.listing_id = l.post_id AND is_live_state(b.state)
                        AND b.begins_at <= greatest(a.begins_at, $2) AND b.ends_at > greatest(a.begins_at, $2)) AS gone
                WHERE a.listing_id = l.post_id AND is_live_state(a.state) AND a.begins_at < $3 AND a.ends_at > $2
                ), 0) + n.wanted <= n.there)
        ELSE
            NOT coalesce((SELECT range_agg(taken.held) @> tstzrange($2, $3) FROM (
                SELECT tstzrange(u.begins_at, u.ends_at) AS held FROM unavailability u
                WHERE u.listing_id = l.post_id AND u.begins_at < $3 AND u.ends_at > $2
                UNION ALL
                SELECT r.held FROM calendar_copy_range r WHERE r.listing_id = l.post_id
                UNION ALL
                SELECT tstzrange(a.begins_at, a.ends_at) FROM agreement a
                WHERE a.listing_id = l.post_id AND is_live_state(a.state) AND a.begins_at < $3 AND a.ends_at > $2
                    AND NOT n.uncounted AND a.quantity + n.wanted > n.there) AS taken), false)
        END
        FROM listing l, LATERAL (SELECT
            -- only its author can count the hours of what she does
            l.unit_based AND l.available_quantity IS NULL AS uncounted,
            coalesce(l.available_quantity, l.quantity) AS there,
            CASE WHEN l.unit_based THEN 1 ELSE l.quantity END AS wanted) AS n
        WHERE l.post_id = $1);
END $$;
COMMENT ON FUNCTION is_free_between(bigint, timestamptz, timestamptz) IS
    'Whether an offer that is lent or done is to be had between two moments: what is lent all the time, of what '
    'somebody does a part of it; owners'' days, calendars told by other servers, and agreements asked for or settled '
    'count. In SQL because searches hold many listings against the same days; the pages of one are '
    'models/listings/unavailabilities.';
