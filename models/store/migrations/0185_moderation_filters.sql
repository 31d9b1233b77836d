-- What the cooperative wants to look at before it appears: words and patterns, a line each, by whole words.
CREATE TABLE moderation_filter (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    patterns text[] NOT NULL,
    action text NOT NULL CHECK (action IN ('hold', 'tell')),
    on_local boolean NOT NULL,
    on_remote boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    paused_at timestamptz,
    matched bigint NOT NULL DEFAULT 0,
    matched_at timestamptz,
    CHECK (on_local OR on_remote)
);

-- Photos that shall not come back: each as it stands, turned and mirrored.
CREATE TABLE removed_picture (
    id bigint PRIMARY KEY,
    likenesses bigint[] NOT NULL,
    description text NOT NULL DEFAULT '',
    added_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    matched bigint NOT NULL DEFAULT 0,
    matched_at timestamptz
);
CREATE INDEX removed_picture_added_by ON removed_picture (added_by);

-- How a picture looks, in 64 bits: two that look alike differ in few.
ALTER TABLE media ADD COLUMN likeness bigint;

-- With a draft the post stands as it was, and its new version waits. `keys` are what was found, for the release.
ALTER TABLE held_post
    ADD COLUMN draft jsonb,
    ADD COLUMN keys text[] NOT NULL DEFAULT '{}',
    ADD COLUMN escalated_at timestamptz;
CREATE INDEX held_post_waiting ON held_post (held_at, post_id);

-- What was found in a post and released holds no later version of it.
CREATE TABLE released_match (
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    key text NOT NULL,
    PRIMARY KEY (post_id, key)
);
CREATE INDEX notification_held_case ON notification (case_id) WHERE type = 'held_post';
