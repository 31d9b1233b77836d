-- How far the cooperative trusts each server, and whom a person does not want to see.

ALTER TABLE server
    ADD COLUMN listed boolean NOT NULL DEFAULT false,   -- let in while the federation is restricted
    ADD COLUMN note text NOT NULL DEFAULT '',           -- for those who run the cooperative
    ADD COLUMN public_reason text NOT NULL DEFAULT '',  -- for everybody
    ADD COLUMN level_at timestamptz,                    -- when somebody last decided about it
    ADD COLUMN released_at timestamptz;                 -- what strangers of it wrote need not be held any more
CREATE INDEX server_level_at ON server (level_at) WHERE level_at IS NOT NULL;

-- A host, and every domain above it, with and without its port: what is decided about one of them counts for it.
CREATE FUNCTION domains_of(host text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT host || ARRAY(
        SELECT array_to_string(labels[first:], '.') FROM generate_subscripts(labels, 1) AS first ORDER BY first)
    FROM string_to_array(regexp_replace(host, ':\d+$', ''), '.') AS labels
$$;

-- Does the cooperative deal with this host? What is nearest to the name does not win: whoever stands under a domain
-- that is set aside is set aside too.
CREATE FUNCTION is_welcome(host text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT NOT coalesce(bool_or(s.level = 'aside'), false) AND (
        coalesce(bool_or(s.level = 'friend' OR s.listed), false)
        OR coalesce((SELECT value <> 'true'::jsonb FROM preference WHERE key = 'limited_federation'), true))
    FROM server s WHERE s.host = ANY (domains_of($1))
$$;

-- People of hosts that are not welcome are suspended with them, and come back with them: everything that hides a
-- suspended person hides them, and nothing of theirs is lost.
ALTER TABLE actor ADD COLUMN suspended_with_server boolean NOT NULL DEFAULT false;

CREATE FUNCTION suspend_with_server() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT is_welcome(NEW.host) THEN
        NEW.suspended_at := now();
        NEW.suspended_with_server := true;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER actor_of_unwelcome_host BEFORE INSERT ON actor FOR EACH ROW WHEN (NOT NEW.local)
    EXECUTE FUNCTION suspend_with_server();

-- Whoever came to the door while the federation was restricted. Nobody is verified here: these are names.
CREATE TABLE knock (
    host text PRIMARY KEY,
    knocks bigint NOT NULL,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX knock_last ON knock (last_at);

-- What people do not want to see ------------------------------------------------------------------------------

CREATE TABLE mute (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    notifications boolean NOT NULL DEFAULT true,    -- not told of what they do either
    until timestamptz,                              -- NULL: for good
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, target_id)
);
CREATE INDEX mute_target ON mute (target_id);

-- A whole server, for one person.
CREATE TABLE domain_block (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    domain text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, domain)
);

-- Who may not see whom, both ways: blocks of persons, and of whole servers.
CREATE VIEW barred AS
    SELECT actor_id AS reader_id, target_id AS author_id FROM block
    UNION ALL SELECT target_id, actor_id FROM block
    UNION ALL SELECT d.actor_id, a.id FROM domain_block d JOIN actor a ON d.domain = ANY (domains_of(a.host)) AND NOT a.local
    UNION ALL SELECT a.id, d.actor_id FROM domain_block d JOIN actor a ON d.domain = ANY (domains_of(a.host)) AND NOT a.local;

-- Whom a reader's lists leave out: those, and whom the reader wants to hear nothing of for now.
CREATE VIEW hidden AS
    SELECT reader_id, author_id FROM barred
    UNION ALL SELECT actor_id, target_id FROM mute WHERE until IS NULL OR until > now();

-- Letters of strangers ----------------------------------------------------------------------------------------

ALTER TABLE received DROP CONSTRAINT received_state_check;
ALTER TABLE received ADD CONSTRAINT received_state_check
    CHECK (state IN ('waiting', 'done', 'ignored', 'failed', 'held'));
CREATE INDEX received_held ON received (host, id) WHERE state = 'held';

-- What somebody is told of, without what those did who are suspended, blocked or muted since.
CREATE VIEW shown_notification AS
    SELECT n.id, n.recipient_id, n.type, n.actor_id, n.post_id, n.created_at, n.read_at FROM notification n
    WHERE EXISTS (SELECT FROM actor a WHERE a.id = n.actor_id AND a.suspended_at IS NULL)
        AND NOT EXISTS (SELECT FROM barred b WHERE b.reader_id = n.recipient_id AND b.author_id = n.actor_id)
        AND NOT EXISTS (SELECT FROM mute m WHERE m.actor_id = n.recipient_id AND m.target_id = n.actor_id
            AND m.notifications AND (m.until IS NULL OR m.until > now()));
