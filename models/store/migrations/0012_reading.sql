-- How members read: what they keep, whom they gather in lists, which tags they follow, how far they read, what they
-- filter out, and with whom they write in private. Nobody else sees any of it but featured tags.

CREATE TABLE bookmark (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, post_id)
);
CREATE INDEX bookmark_actor ON bookmark (actor_id, id DESC);
CREATE INDEX bookmark_post ON bookmark (post_id);

CREATE TABLE list (
    id bigint PRIMARY KEY,
    owner_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    title text NOT NULL,
    replies_policy text NOT NULL DEFAULT 'list' CHECK (replies_policy IN ('followed', 'list', 'none')),
    exclusive boolean NOT NULL DEFAULT false,   -- its people are read here, and not in the home timeline
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX list_owner ON list (owner_id, id);

-- Whoever is followed no longer leaves the lists by that.
CREATE TABLE list_member (
    id bigint PRIMARY KEY,
    list_id bigint NOT NULL REFERENCES list ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    follow_id bigint NOT NULL REFERENCES follow ON DELETE CASCADE,
    UNIQUE (list_id, actor_id)
);
CREATE INDEX list_member_actor ON list_member (actor_id);
CREATE INDEX list_member_follow ON list_member (follow_id);

CREATE TABLE followed_tag (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    tag text NOT NULL,                  -- folded, as in post_tag
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, tag)
);
CREATE INDEX followed_tag_tag ON followed_tag (tag);

CREATE TABLE featured_tag (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    tag text NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, tag)
);

CREATE TABLE marker (
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    timeline text NOT NULL CHECK (timeline IN ('home', 'notifications')),
    last_read_id bigint NOT NULL,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor_id, timeline)
);

CREATE TABLE filter (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    title text NOT NULL,
    context text[] NOT NULL,            -- of home, notifications, public, thread, account
    action text NOT NULL CHECK (action IN ('warn', 'hide')),
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX filter_actor ON filter (actor_id, id);

CREATE TABLE filter_keyword (
    id bigint PRIMARY KEY,
    filter_id bigint NOT NULL REFERENCES filter ON DELETE CASCADE,
    keyword text NOT NULL,
    whole_word boolean NOT NULL
);
CREATE INDEX filter_keyword_filter ON filter_keyword (filter_id, id);

CREATE TABLE filter_status (
    id bigint PRIMARY KEY,
    filter_id bigint NOT NULL REFERENCES filter ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    UNIQUE (filter_id, post_id)
);
CREATE INDEX filter_status_post ON filter_status (post_id);

-- A thread of private notes among the same people, as one of them sees it.
CREATE TABLE conversation (
    id bigint PRIMARY KEY,
    owner_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    root_id bigint NOT NULL,            -- post.root_id of its notes
    participant_ids bigint[] NOT NULL,  -- in order, without the owner
    last_post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    unread boolean NOT NULL,
    UNIQUE (owner_id, root_id, participant_ids)
);
CREATE INDEX conversation_owner ON conversation (owner_id, last_post_id DESC);
CREATE INDEX conversation_last ON conversation (last_post_id);

CREATE TABLE conversation_post (
    conversation_id bigint NOT NULL REFERENCES conversation ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    PRIMARY KEY (conversation_id, post_id)
);
CREATE INDEX conversation_post_post ON conversation_post (post_id);
