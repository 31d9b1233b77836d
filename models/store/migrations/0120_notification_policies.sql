-- Of whose acts a member is told at once, which of them wait apart until she looks, and which she is never told of.
CREATE TABLE notification_policy (
    actor_id bigint PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    for_not_following text NOT NULL CHECK (for_not_following IN ('accept', 'filter', 'drop')),
    for_not_followers text NOT NULL CHECK (for_not_followers IN ('accept', 'filter', 'drop')),
    for_new_accounts text NOT NULL CHECK (for_new_accounts IN ('accept', 'filter', 'drop')),
    for_private_mentions text NOT NULL CHECK (for_private_mentions IN ('accept', 'filter', 'drop')),
    for_limited_accounts text NOT NULL CHECK (for_limited_accounts IN ('accept', 'filter', 'drop'))
);

-- Whom she let in: what they do is told from then on.
CREATE TABLE notification_permission (
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    from_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    PRIMARY KEY (actor_id, from_id)
);
CREATE INDEX notification_permission_from ON notification_permission (from_id);

-- What waits apart. A table of its own: nothing that reads notifications has to know of it.
CREATE TABLE filtered_notification (
    id bigint PRIMARY KEY,
    recipient_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    type text NOT NULL,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    post_id bigint REFERENCES post ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (recipient_id, type, actor_id, post_id)
);
CREATE INDEX filtered_notification_recipient ON filtered_notification (recipient_id, id DESC);
CREATE INDEX filtered_notification_actor ON filtered_notification (actor_id);
CREATE INDEX filtered_notification_post ON filtered_notification (post_id);

-- Without what was taken back, and what those did who are suspended, blocked or muted since.
CREATE VIEW shown_filtered_notification AS
    SELECT n.id, n.recipient_id, n.type, n.actor_id, n.post_id, n.created_at FROM filtered_notification n
    WHERE EXISTS (SELECT FROM actor a WHERE a.id = n.actor_id AND a.suspended_at IS NULL AND a.deleted_at IS NULL)
        AND NOT EXISTS (SELECT FROM barred b WHERE b.reader_id = n.recipient_id AND b.author_id = n.actor_id OFFSET 0)
        AND NOT EXISTS (SELECT FROM mute m WHERE m.actor_id = n.recipient_id AND m.target_id = n.actor_id
            AND m.notifications AND (m.until IS NULL OR m.until > now()))
        AND (n.post_id IS NULL OR EXISTS (SELECT FROM post p WHERE p.id = n.post_id AND p.deleted_at IS NULL))
        AND (n.type <> 'favourite'
            OR EXISTS (SELECT FROM favourite f WHERE f.actor_id = n.actor_id AND f.post_id = n.post_id))
        AND (n.type <> 'reblog'
            OR EXISTS (SELECT FROM share s WHERE s.actor_id = n.actor_id AND s.post_id = n.post_id))
        AND (n.type NOT IN ('follow', 'follow_request')
            OR EXISTS (SELECT FROM follow f WHERE f.follower_id = n.actor_id AND f.followed_id = n.recipient_id));

-- A new notification is told, set apart or dropped, as its recipient chose. The strictest answer that applies counts.
-- Only what people do to her is sorted, never what she asked to be told of (repair calls too), what concerns an exchange
-- of hers, what the cooperative writes, and what those are told who look after it.
-- Follows count from three days on and accounts are new for thirty, as on Mastodon.
CREATE FUNCTION sort_notification() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chosen notification_policy;
    answer text;
BEGIN
    SELECT * INTO chosen FROM notification_policy WHERE actor_id = NEW.recipient_id;
    IF NOT FOUND OR NEW.type NOT IN ('mention', 'quote', 'reblog', 'favourite', 'follow', 'follow_request')
        OR EXISTS (SELECT FROM notification_permission p
            WHERE p.actor_id = NEW.recipient_id AND p.from_id = NEW.actor_id)
        OR EXISTS (SELECT FROM exchange e WHERE e.owner_id = NEW.recipient_id AND e.partner_id = NEW.actor_id)
        OR EXISTS (SELECT FROM exchange e WHERE e.partner_id = NEW.recipient_id AND e.owner_id = NEW.actor_id)
        OR EXISTS (SELECT FROM actor a LEFT JOIN account c ON c.actor_id = a.id
            WHERE a.id = NEW.actor_id AND a.local AND (c.actor_id IS NULL OR c.role IN ('moderator', 'admin')))
    THEN
        RETURN NEW;
    END IF;
    SELECT CASE WHEN bool_or(rule.answer = 'drop') THEN 'drop' WHEN bool_or(rule.answer = 'filter') THEN 'filter' END
    INTO answer
    FROM (SELECT EXISTS (SELECT FROM follow f WHERE f.follower_id = NEW.recipient_id
            AND f.followed_id = NEW.actor_id AND f.state = 'accepted') AS followed) AS known
    CROSS JOIN LATERAL (VALUES
        (chosen.for_not_following, NOT known.followed),
        (chosen.for_not_followers, NOT EXISTS (SELECT FROM follow f WHERE f.follower_id = NEW.actor_id
            AND f.followed_id = NEW.recipient_id AND f.state = 'accepted'
            AND f.created_at < now() - interval '3 days')),
        (chosen.for_new_accounts, NOT known.followed AND EXISTS (SELECT FROM actor a WHERE a.id = NEW.actor_id
            AND coalesce(a.published_at, a.created_at) > now() - interval '30 days')),
        (chosen.for_private_mentions, NOT known.followed AND NEW.type = 'mention'
            AND EXISTS (SELECT FROM post p WHERE p.id = NEW.post_id AND p.audience = 'direct'
                AND NOT EXISTS (SELECT FROM post answered
                    WHERE answered.id = p.in_reply_to_id AND answered.author_id = NEW.recipient_id)))
    ) AS rule (answer, applies)
    WHERE rule.applies;
    IF answer IS NULL THEN
        RETURN NEW;
    END IF;
    IF answer = 'filter' THEN
        INSERT INTO filtered_notification (id, recipient_id, type, actor_id, post_id, created_at)
        VALUES (NEW.id, NEW.recipient_id, NEW.type, NEW.actor_id, NEW.post_id, NEW.created_at)
        ON CONFLICT DO NOTHING;
        DELETE FROM filtered_notification
        WHERE recipient_id = NEW.recipient_id AND created_at < now() - interval '90 days';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER sorted_notification BEFORE INSERT ON notification FOR EACH ROW EXECUTE FUNCTION sort_notification();
