-- What a calendar elsewhere told, as ranges that the database can compare: who looks for what is free on some days finds
-- the copies that touch them by an index, without unfolding each.
ALTER TABLE calendar_copy ADD COLUMN taken tstzmultirange NOT NULL DEFAULT '{}';
UPDATE calendar_copy SET taken = coalesce((
    SELECT range_agg(tstzrange((one ->> 0)::timestamptz, (one ->> 1)::timestamptz))
    FROM jsonb_array_elements(ranges) AS one
    WHERE (one ->> 0)::timestamptz < (one ->> 1)::timestamptz), '{}');
ALTER TABLE calendar_copy DROP COLUMN ranges;
CREATE INDEX calendar_copy_taken ON calendar_copy USING gist (taken) WHERE NOT isempty(taken);

-- What is taken on some days, whichever listing it is: few ranges end after today.
CREATE INDEX unavailability_end ON unavailability (ends_at);
CREATE INDEX agreement_live_end ON agreement (ends_at) WHERE state IN ('requested', 'countered', 'agreed');
