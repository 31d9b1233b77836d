-- Servers that are asked for what they hold of ours after a restoration, and whether they answered: until all did, or
-- for an hour, no new name is given out.
ALTER TABLE restoration_word ADD COLUMN asked boolean NOT NULL DEFAULT false;
ALTER TABLE restoration_word ADD COLUMN answered_at timestamptz;

-- What members had published in the time that was lost and other servers gave back, by its author's own proof, and what
-- the team had done with it then, as those servers were told.
CREATE TABLE returned_post (
    post_uri text PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    told_by text NOT NULL,             -- the server that gave it back, or spoke of it first
    came_at timestamptz NOT NULL DEFAULT now(),
    restored_at timestamptz,           -- it stands again since then
    withheld_at timestamptz,           -- when it was put away, the last time
    shown_at timestamptz,              -- when its author's key last said what it says
    held_at timestamptz                -- it was hidden here for the team to look at: once
);
CREATE INDEX returned_post_actor ON returned_post (actor_id);
