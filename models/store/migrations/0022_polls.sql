-- Polls of others, the votes of our people in them, and what becomes known of their figures.

CREATE TABLE poll (
    post_id bigint PRIMARY KEY REFERENCES post ON DELETE CASCADE,
    multiple boolean NOT NULL,
    options text[] NOT NULL,
    votes integer[] NOT NULL,           -- of each option
    voters integer,
    ends_at timestamptz,
    closed_at timestamptz,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz                 -- when those who voted here were told that it is over
);
CREATE INDEX poll_untold ON poll (ends_at) WHERE told_at IS NULL;

CREATE TABLE poll_vote (
    post_id bigint NOT NULL REFERENCES poll ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    choice smallint NOT NULL,
    uri text NOT NULL,                  -- of the Note that told it
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (post_id, actor_id, choice)
);
CREATE INDEX poll_vote_actor ON poll_vote (actor_id);
