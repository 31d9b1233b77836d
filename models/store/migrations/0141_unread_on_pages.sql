-- What only pages tell is not read because an app was read up to there: the app never showed it.
CREATE OR REPLACE VIEW listed_notification AS
    SELECT n.id, n.recipient_id, n.type, n.actor_id, n.post_id, n.created_at,
        n.read_at IS NULL AND (n.type IN ('move', 'sign_up', 'coop_follow', 'report_settled')
            OR n.id > coalesce((SELECT last_read_id FROM marker
                WHERE marker.actor_id = n.recipient_id AND timeline = 'notifications'), 0)) AS unread
    FROM shown_notification n
    WHERE NOT (n.type = 'mention' AND (
        EXISTS (SELECT FROM exchange_message m WHERE m.post_id = n.post_id)
        OR EXISTS (SELECT FROM thanks t WHERE t.post_id = n.post_id AND t.thanked_id = n.recipient_id)
        OR EXISTS (SELECT FROM exchange_notice x WHERE x.post_id = n.post_id)));
