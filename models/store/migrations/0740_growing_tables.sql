-- Meetings that are open, for the chore that ends them: one listing in many is a meeting.
CREATE INDEX CONCURRENTLY listing_meeting ON listing (post_id) WHERE meeting AND status IN ('open', 'reserved');
-- What is due, as delivery_due was, for statements that ask when it is due and for no other: PostgreSQL, which believes
-- that nothing waits, took it for those that ask of one lane, and read all that waits for each.
CREATE INDEX CONCURRENTLY delivery_next ON delivery (due_at, priority, id)
    WHERE state = 'waiting' AND due_at IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS delivery_due;
-- What others said and we passed on, from the oldest on.
CREATE INDEX CONCURRENTLY activity_passed_on ON activity (id)
    WHERE object_uri IS NULL AND type IN ('Announce', 'Create', 'Delete', 'Update');
-- What may be forgotten of what we said, from the oldest on.
CREATE INDEX CONCURRENTLY activity_passing ON activity (id)
    WHERE type IN ('Accept', 'Like', 'Reject', 'Undo', 'Update');
