-- Polls of our own: figures that may stay hidden until the end, and an id for each vote that counts once.
ALTER TABLE poll ADD COLUMN hide_totals boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX poll_vote_uri ON poll_vote (uri);
