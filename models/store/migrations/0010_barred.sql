-- OFFSET 0 keeps each question about `barred` a look-up by reader and author. As a join, whoever blocks one server would
-- have every actor that is known compared with it.
CREATE OR REPLACE VIEW shown_notification AS
    SELECT n.id, n.recipient_id, n.type, n.actor_id, n.post_id, n.created_at, n.read_at FROM notification n
    WHERE EXISTS (SELECT FROM actor a WHERE a.id = n.actor_id AND a.suspended_at IS NULL)
        AND NOT EXISTS (SELECT FROM barred b WHERE b.reader_id = n.recipient_id AND b.author_id = n.actor_id OFFSET 0)
        AND NOT EXISTS (SELECT FROM mute m WHERE m.actor_id = n.recipient_id AND m.target_id = n.actor_id
            AND m.notifications AND (m.until IS NULL OR m.until > now()));
