-- What waits is taken in the order of turns, no longer of arrival alone.
CREATE INDEX CONCURRENTLY received_turn ON received (turn, id) WHERE state = 'waiting';
DROP INDEX CONCURRENTLY IF EXISTS received_due;
