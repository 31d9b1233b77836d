-- "A friend looks in": what a friendly cooperative saw of ours from outside when it was asked. Forgotten after a month.
CREATE TABLE asked_look (
    id bigint PRIMARY KEY,
    host text NOT NULL,          -- the friend that was asked
    asked_at timestamptz NOT NULL DEFAULT now(),
    asked_by bigint REFERENCES actor(id) ON DELETE SET NULL,  -- NULL: by a command, or somebody who left
    ended_at timestamptz,        -- NULL: no answer yet
    failure text,                -- why nothing was seen
    clock integer,               -- seconds by which the friend's clock is ahead of ours
    seen jsonb                   -- what it saw, as it said it, of what we can read alone
);
CREATE INDEX asked_look_time ON asked_look (asked_at DESC);
CREATE INDEX asked_look_asker ON asked_look (asked_by) WHERE asked_by IS NOT NULL;

-- Friends for whom we looked, and what we saw.
CREATE TABLE given_look (
    id bigint PRIMARY KEY,
    host text NOT NULL,
    uri text NOT NULL,           -- the request's own id: the same one gets the same answer, and no second look
    asked_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    seen jsonb,
    UNIQUE (host, uri)
);
CREATE INDEX given_look_time ON given_look (asked_at DESC);
