-- What is hidden is for its author alone: `audience` says so, and every read that asks for whom a post is
-- leaves it out.
-- The audience that its author gave it waits in `hidden_audience`, and comes back when it is shown again.
ALTER TABLE post
    DROP CONSTRAINT post_audience_check,
    ADD CONSTRAINT post_audience_check CHECK (audience IN ('network', 'unlisted', 'coop', 'territories', 'followers',
        'direct', 'author')),
    ADD COLUMN hidden_audience text,
    ADD COLUMN withheld boolean NOT NULL DEFAULT false;   -- those elsewhere who have it were told that it is put away
CREATE INDEX post_untold ON post (author_id) WHERE local AND (hidden_at IS NOT NULL) <> withheld;

CREATE FUNCTION narrow_hidden() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.hidden_at IS NULL THEN
        NEW.audience := coalesce(NEW.hidden_audience, NEW.audience);
        NEW.hidden_audience := NULL;
    ELSIF NEW.audience <> 'author' THEN
        NEW.hidden_audience := NEW.audience;
        NEW.audience := 'author';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION narrow_hidden() IS
    'A post that is hidden is for its author alone, and for whom it was meant once it is shown again: whichever way '
    'it was hidden, no read that asks for its audience can forget it.';
CREATE TRIGGER post_hidden_alone BEFORE INSERT OR UPDATE OF hidden_at, audience ON post FOR EACH ROW
    WHEN (NEW.hidden_at IS NOT NULL OR NEW.audience = 'author') EXECUTE FUNCTION narrow_hidden();
COMMENT ON TRIGGER post_hidden_alone ON post IS
    'What the team hides or holds leaves every list at once, and its indexes too.';

CREATE OR REPLACE VIEW full_post AS
SELECT id, uri, kind, local, author_id, url, audience, content, source, warning, sensitive, language,
    in_reply_to_uri, in_reply_to_id, context_uri, root_id, to_uris, cc_uris, published_at, updated_at,
    received_at, deleted_at, thanks_for, hidden_at, hidden_audience
FROM post;

CREATE OR REPLACE VIEW full_listing AS
SELECT p.id, p.uri, p.kind AS post_kind, p.local, p.author_id, p.url, p.audience, p.content, p.source, p.warning,
    p.sensitive, p.language, p.in_reply_to_uri, p.in_reply_to_id, p.context_uri, p.root_id, p.to_uris, p.cc_uris,
    p.published_at, p.updated_at, p.received_at, p.deleted_at,
    l.kind, l.mode, l.title, l.description, l.category, l.category_uri, l.status, l.closed_reason, l.stream_uri,
    l.territory_uri, l.place_name, l.postcode, l.commune_code, l.latitude, l.longitude, l.radius, l.condition,
    l.quantity, l.unit, l.available_quantity, l.unit_based, l.price, l.currency, l.free_price, l.wants, l.reciprocal,
    l.deposit, l.max_duration, l.begins_at, l.ends_at, l.expires_at, l.repair, l.points, l.first_come, l.calendar_uri,
    p.hidden_at, p.hidden_audience
FROM listing l JOIN post p ON p.id = l.post_id;

CREATE OR REPLACE VIEW full_actor AS
SELECT id, uri, type, local, username, host, name, summary, url, inbox, shared_inbox, outbox, followers_uri,
    following_uri, featured_uri, icon_media_id, image_media_id, locked, discoverable, indexable, fields,
    also_known_as, moved_to, implements, territory_uri, category, place_name, postcode, commune_code, latitude,
    longitude, radius, published_at, created_at, updated_at, fetched_at, suspended_at, deleted_at, automatic,
    away_until, street, hours, limited_at, excluded_at
FROM actor;

-- Who has not confirmed her address, or waits to be let in, is not there yet for anybody else.
CREATE FUNCTION is_unpublished(actor_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM account a
        WHERE a.actor_id = $1 AND (a.confirmed_at IS NULL OR a.waits_since IS NOT NULL))
$$;
COMMENT ON FUNCTION is_unpublished(bigint) IS
    'Whether this is a member who has not confirmed her address or waits to be let in: others, here and elsewhere, '
    'are answered as if she did not exist, which is another thing than being suspended.';

-- Who is suspended keeps her sessions and apps, which are then told why nothing opens; only those that stand open
-- (streams) are told to look again. Who is excluded is erased, which ends them.
CREATE FUNCTION recheck_access_of_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('declic_tokens', json_build_object('actor', NEW.id)::text);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION recheck_access_of_actor() IS
    'Tells whoever holds streams of a member open that she was suspended.';
DROP TRIGGER access_of_suspended ON actor;
CREATE TRIGGER access_of_deleted AFTER UPDATE OF deleted_at ON actor FOR EACH ROW
    WHEN (NEW.local AND OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
    EXECUTE FUNCTION end_access_of_actor();
COMMENT ON TRIGGER access_of_deleted ON actor IS
    'Whoever is deleted is out of every session and app at once, whichever way it was done.';
COMMENT ON FUNCTION end_access_of_actor() IS
    'Ends the access of an account whose actor was deleted, see `end_access`.';
CREATE TRIGGER access_of_suspended AFTER UPDATE OF suspended_at ON actor FOR EACH ROW
    WHEN (NEW.local AND OLD.suspended_at IS NULL AND NEW.suspended_at IS NOT NULL)
    EXECUTE FUNCTION recheck_access_of_actor();
COMMENT ON TRIGGER access_of_suspended ON actor IS
    'Streams of whoever is suspended close at once, whichever way it was done; her sessions and apps are told why.';

CREATE OR REPLACE VIEW shown_filtered_notification AS
    SELECT n.id, n.recipient_id, n.type, n.actor_id, n.post_id, n.created_at FROM filtered_notification n
    WHERE EXISTS (SELECT FROM actor a WHERE a.id = n.actor_id AND a.suspended_at IS NULL AND a.deleted_at IS NULL)
        AND NOT EXISTS (SELECT FROM barred b WHERE b.reader_id = n.recipient_id AND b.author_id = n.actor_id OFFSET 0)
        AND NOT EXISTS (SELECT FROM mute m WHERE m.actor_id = n.recipient_id AND m.target_id = n.actor_id
            AND m.notifications AND (m.until IS NULL OR m.until > now()))
        AND (n.post_id IS NULL OR EXISTS (SELECT FROM post p WHERE p.id = n.post_id AND p.deleted_at IS NULL
            AND (p.hidden_at IS NULL OR p.author_id = n.recipient_id)))
        AND (n.type <> 'favourite'
            OR EXISTS (SELECT FROM favourite f WHERE f.actor_id = n.actor_id AND f.post_id = n.post_id))
        AND (n.type <> 'reblog'
            OR EXISTS (SELECT FROM share s WHERE s.actor_id = n.actor_id AND s.post_id = n.post_id))
        AND (n.type NOT IN ('follow', 'follow_request')
            OR EXISTS (SELECT FROM follow f WHERE f.follower_id = n.actor_id AND f.followed_id = n.recipient_id));

CREATE OR REPLACE VIEW shown_notification AS
    SELECT n.id, n.recipient_id, n.type, n.actor_id, n.post_id, n.created_at, n.read_at FROM notification n
    WHERE EXISTS (SELECT FROM actor a WHERE a.id = n.actor_id AND a.suspended_at IS NULL
            AND (a.limited_at IS NULL OR a.id = n.recipient_id
                OR n.type NOT IN ('mention', 'status', 'reblog', 'follow', 'favourite', 'quote', 'poll', 'update',
                    'repair_call')
                OR EXISTS (SELECT FROM follow f WHERE f.follower_id = n.recipient_id AND f.followed_id = a.id
                    AND f.state = 'accepted')
                OR EXISTS (SELECT FROM exchange e WHERE e.owner_id = n.recipient_id AND e.partner_id = a.id)
                OR EXISTS (SELECT FROM exchange e WHERE e.partner_id = n.recipient_id AND e.owner_id = a.id)))
        AND (n.post_id IS NULL OR NOT EXISTS (SELECT FROM post p WHERE p.id = n.post_id AND p.hidden_at IS NOT NULL
            AND p.author_id <> n.recipient_id OFFSET 0))
        AND NOT EXISTS (SELECT FROM barred b WHERE b.reader_id = n.recipient_id AND b.author_id = n.actor_id OFFSET 0)
        AND NOT EXISTS (SELECT FROM mute m WHERE m.actor_id = n.recipient_id AND m.target_id = n.actor_id
            AND m.notifications AND (m.until IS NULL OR m.until > now()));
COMMENT ON VIEW shown_notification IS
    'What somebody is told of, without what those did who are suspended, limited (unless she follows them or is in '
    'an exchange with them), blocked or muted since, and what is hidden: decided when it is read, so that lifting any '
    'of it brings it back; OFFSET 0 keeps the question about `barred` a look-up.';

-- A decision whose time is over is lifted once, whoever looks.
ALTER TABLE moderation_decision ADD COLUMN lifted_at timestamptz;
DROP INDEX moderation_decision_ending;
CREATE INDEX moderation_decision_ending ON moderation_decision (ends_at)
    WHERE ends_at IS NOT NULL AND taken_back_at IS NULL AND lifted_at IS NULL;
CREATE INDEX moderation_decision_exclusion ON moderation_decision (effective_at)
    WHERE kind = 'exclude' AND taken_back_at IS NULL;
