-- Quotes (FEP-044f): which post quotes which, and whether whoever is quoted agreed. Both posts may be from anywhere, and
-- the one that quotes need not be held here: what was granted is served by its id alone.
CREATE TABLE quote (
    id bigint PRIMARY KEY,
    quoting_uri text NOT NULL UNIQUE,               -- one post quotes one thing
    quoting_id bigint UNIQUE REFERENCES post ON DELETE CASCADE,
    quoting_actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    quoted_uri text NOT NULL,
    quoted_id bigint REFERENCES post ON DELETE SET NULL,
    state text NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected', 'revoked')),
    request_uri text UNIQUE,                        -- the QuoteRequest, ours or theirs
    stamp_uri text,                                 -- the QuoteAuthorization, ours or theirs
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX quote_quoted ON quote (quoted_id, id DESC) WHERE state = 'accepted';
CREATE INDEX quote_stamp ON quote (stamp_uri) WHERE stamp_uri IS NOT NULL;
CREATE INDEX quote_actor ON quote (quoting_actor_id);
CREATE INDEX quote_named ON quote (quoted_uri);

-- Who may quote a public post of ours without asking, where that is not everybody.
CREATE TABLE quote_policy (
    post_id bigint PRIMARY KEY REFERENCES post ON DELETE CASCADE,
    policy text NOT NULL CHECK (policy IN ('followers', 'nobody'))
);

-- The same for what a member writes from now on.
ALTER TABLE account ADD COLUMN default_quote_policy text NOT NULL DEFAULT 'public'
    CHECK (default_quote_policy IN ('public', 'followers', 'nobody'));

ALTER TABLE notification DROP CONSTRAINT notification_type_check;
ALTER TABLE notification ADD CONSTRAINT notification_type_check CHECK (type IN
    ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update', 'move', 'quote'));
