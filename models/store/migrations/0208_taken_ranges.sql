-- What a calendar elsewhere told, one row for each range: who looks for what is free on some days finds those that touch
-- them by an index, whichever listing they are of.
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
