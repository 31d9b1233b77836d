-- Servers that are asked for what they hold of ours after a restoration, and whether they answered: until all did, or
-- for an hour, no new name is given out.
ALTER TABLE restoration_word ADD COLUMN asked boolean NOT NULL DEFAULT false;
ALTER TABLE restoration_word ADD COLUMN answered_at timestamptz;

-- What members had published in the time that was lost and other servers gave back: it stands again where its author's
-- own proof holds (`restored_at`); else she is asked, with `document` as it came.
CREATE TABLE returned_post (
    post_uri text PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    told_by text NOT NULL,             -- the server that gave it back
    document jsonb,                    -- NULL once it stands again
    came_at timestamptz NOT NULL DEFAULT now(),
    restored_at timestamptz
);
CREATE INDEX returned_post_actor ON returned_post (actor_id);
CREATE INDEX returned_post_told ON returned_post (told_by);
