-- What was taken back, for those who look every night for what of it may go: few among all that was written.
CREATE INDEX CONCURRENTLY post_withdrawn ON post (deleted_at) WHERE deleted_at IS NOT NULL;
