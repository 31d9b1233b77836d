-- What clients do with posts: earlier versions of what was edited, pins, and threads that somebody wants to hear no more of.

CREATE TABLE post_version (
    id bigint PRIMARY KEY,
    post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    content text NOT NULL,
    warning text NOT NULL,
    sensitive boolean NOT NULL,
    media jsonb NOT NULL,               -- [{"id": …, "description": …}] as they hung on it
    options jsonb,                      -- the names of a poll's options
    written_at timestamptz NOT NULL     -- when this version began to stand
);
CREATE INDEX post_version_post ON post_version (post_id, id);

CREATE TABLE pin (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    post_id bigint NOT NULL UNIQUE REFERENCES post ON DELETE CASCADE,   -- only its author pins a post
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX pin_actor ON pin (actor_id, id DESC);

-- When the pinned posts of somebody elsewhere were last asked for.
ALTER TABLE actor ADD COLUMN featured_at timestamptz;

CREATE TABLE thread_mute (
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    root_id bigint NOT NULL,            -- the first post of the thread
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor_id, root_id)
);
