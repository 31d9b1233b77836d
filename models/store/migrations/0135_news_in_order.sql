-- Who reacted to one thing of hers, the newest first: pages tell of the first hundred together.
CREATE INDEX notification_reaction ON notification (recipient_id, post_id, type, id DESC)
    WHERE type IN ('favourite', 'reblog');
