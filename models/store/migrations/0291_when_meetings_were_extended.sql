-- When the times of what comes again were last written out ahead: each is looked at once a day, the one that waits
-- longest first, whether its rule has an end or not.
ALTER TABLE meeting ADD COLUMN extended_at timestamptz;
CREATE INDEX meeting_extended ON meeting (extended_at NULLS FIRST, post_id) WHERE rrule IS NOT NULL;
