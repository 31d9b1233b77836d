-- In which languages somebody wants to read those whom she follows; NULL: in all of them.
ALTER TABLE follow ADD COLUMN languages text[];
CREATE INDEX follow_languages ON follow (follower_id, followed_id) WHERE languages IS NOT NULL;
