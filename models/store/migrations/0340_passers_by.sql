-- Somebody without any account calls for help with her bike: a person of ours for this one call, who has no password
-- and comes by a private link alone. Her call is a listing like any other, and so are its answers.
ALTER TABLE account ADD COLUMN passing boolean NOT NULL DEFAULT false;

CREATE TABLE repair_passer_by (
    actor_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    listing_id bigint REFERENCES post(id) ON DELETE SET NULL,  -- NULL: not published yet
    email text NOT NULL DEFAULT '',           -- where she is told of answers; empty: on her page alone
    writer_hash bytea NOT NULL UNIQUE,        -- of the page that her form stands in: sent twice it is one call
    fields jsonb,                             -- the form as she typed it, until it is published
    turn integer NOT NULL DEFAULT 1,          -- of her link: a new one ends those before
    told_id bigint NOT NULL DEFAULT 0,        -- the newest line of a thread that a mail told her of
    created_at timestamptz NOT NULL DEFAULT now(),
    stopped_at timestamptz                    -- from then on she gets no more mails
);
CREATE INDEX repair_passer_by_listing ON repair_passer_by (listing_id);
CREATE INDEX repair_passer_by_unpublished ON repair_passer_by (created_at) WHERE listing_id IS NULL;

CREATE OR REPLACE FUNCTION is_unpublished(actor_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM account a
        WHERE a.actor_id = $1 AND (a.confirmed_at IS NULL OR a.waits_since IS NOT NULL)
            AND NOT EXISTS (SELECT FROM repair_passer_by w WHERE w.actor_id = $1 AND w.listing_id IS NOT NULL))
        OR EXISTS (SELECT FROM community c WHERE c.actor_id = $1 AND c.hidden)
$$;
COMMENT ON FUNCTION is_unpublished(bigint) IS
    'Whether this is a member who has not confirmed her address or waits to be let in, somebody who passes by and has '
    'published nothing yet, or a hidden community: others, here and elsewhere, are answered as if there were none, '
    'which is another thing than being suspended.';
