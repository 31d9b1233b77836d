-- What happens in a thread is told to a member's apps as a private message of this server's own making: a post of the
-- kind `notice`, by the other one, seen by nobody but her, sent to nobody.
ALTER TABLE post DROP CONSTRAINT post_kind_check;
ALTER TABLE post ADD CONSTRAINT post_kind_check CHECK (kind IN ('note', 'listing', 'notice'));

CREATE TABLE exchange_notice (
    post_id bigint PRIMARY KEY REFERENCES post ON DELETE CASCADE,
    exchange_id bigint NOT NULL REFERENCES exchange ON DELETE CASCADE,
    event_id bigint REFERENCES exchange_event ON DELETE CASCADE,    -- NULL where it only says what her words did
    reader_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE
);
CREATE INDEX exchange_notice_exchange ON exchange_notice (exchange_id, post_id DESC);
CREATE INDEX exchange_notice_event ON exchange_notice (event_id);
CREATE INDEX exchange_notice_reader ON exchange_notice (reader_id);

CREATE OR REPLACE VIEW listed_notification AS
    SELECT n.id, n.recipient_id, n.type, n.actor_id, n.post_id, n.created_at,
        n.read_at IS NULL AND n.id > coalesce((SELECT last_read_id FROM marker
            WHERE marker.actor_id = n.recipient_id AND timeline = 'notifications'), 0) AS unread
    FROM shown_notification n
    WHERE NOT (n.type = 'mention' AND (
        EXISTS (SELECT FROM exchange_message m WHERE m.post_id = n.post_id)
        OR EXISTS (SELECT FROM thanks t WHERE t.post_id = n.post_id AND t.thanked_id = n.recipient_id)
        OR EXISTS (SELECT FROM exchange_notice x WHERE x.post_id = n.post_id)));

-- Has a member read in one of her apps what this event says?
CREATE FUNCTION was_told_in_an_app(event_id bigint, reader_id bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM exchange_notice x
        WHERE x.event_id = $1 AND x.reader_id = $2 AND was_read_in_an_app(x.post_id, $2))
$$;
