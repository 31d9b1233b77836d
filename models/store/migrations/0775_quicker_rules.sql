-- Asked for every reaction and every notification, so they cost as little as they can: the same answers as before.
CREATE OR REPLACE FUNCTION domains_of(host text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    found text[] := ARRAY[host];
    rest text := CASE WHEN strpos(host, ':') > 0 THEN regexp_replace(host, ':\d+$', '') ELSE host END;
    dot integer;
BEGIN
    IF rest = '' OR rest IS NULL THEN
        RETURN found;
    END IF;
    LOOP
        found := found || rest;
        dot := strpos(rest, '.');
        EXIT WHEN dot = 0;
        rest := substr(rest, dot + 1);
    END LOOP;
    RETURN found;
END
$$;

CREATE OR REPLACE FUNCTION sort_notification() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chosen notification_policy;
    answer text;
BEGIN
    SELECT * INTO chosen FROM notification_policy WHERE actor_id = NEW.recipient_id;
    IF NOT FOUND THEN  -- a condition of its own: with the others it would be a query
        RETURN NEW;
    END IF;
    IF NEW.type NOT IN ('mention', 'quote', 'reblog', 'favourite', 'follow', 'follow_request')
        OR EXISTS (SELECT FROM notification_permission p
            WHERE p.actor_id = NEW.recipient_id AND p.from_id = NEW.actor_id)
        OR EXISTS (SELECT FROM exchange e WHERE e.owner_id = NEW.recipient_id AND e.partner_id = NEW.actor_id)
        OR EXISTS (SELECT FROM exchange e WHERE e.partner_id = NEW.recipient_id AND e.owner_id = NEW.actor_id)
        OR EXISTS (SELECT FROM actor a LEFT JOIN account c ON c.actor_id = a.id
            WHERE a.id = NEW.actor_id AND a.local
                AND (c.actor_id IS NULL OR c.roles && ARRAY['moderator', 'admin']))
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
