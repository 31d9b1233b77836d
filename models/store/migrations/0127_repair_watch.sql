-- Members who want to be told of repair calls near them.
CREATE TABLE repair_watch (
    actor_id bigint PRIMARY KEY REFERENCES account (actor_id) ON DELETE CASCADE,
    by_mail boolean NOT NULL DEFAULT true,
    at_night boolean NOT NULL DEFAULT false,    -- mails about a call that cannot wait may come at night too
    since timestamptz NOT NULL DEFAULT now()
);

-- Whom a call was told to: each once, whatever becomes of the call, and its author sees how many.
CREATE TABLE repair_call_told (
    post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (post_id, actor_id)
);
CREATE INDEX repair_call_told_actor ON repair_call_told (actor_id);
CREATE INDEX repair_call_told_at ON repair_call_told (at);

CREATE INDEX listing_repair_call ON listing (post_id) WHERE kind = 'repair_call' AND status = 'open';
