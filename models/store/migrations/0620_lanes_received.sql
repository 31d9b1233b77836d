-- Earlier activities of an actor are found by an index that is used for nothing else, whatever PostgreSQL expects.
CREATE INDEX CONCURRENTLY received_lane ON received (actor_uri, id) WHERE finished_at IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS received_waiting;
