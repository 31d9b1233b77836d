-- Who is in an exchange with somebody whom the cooperative suspended is told so in their thread, and reads on there.
ALTER TABLE exchange_event
    DROP CONSTRAINT exchange_event_kind_check,
    ADD CONSTRAINT exchange_event_kind_check CHECK (kind IN ('requested', 'countered', 'accepted', 'agreed', 'refused',
        'withdrawn', 'cancelled', 'expired', 'out', 'back', 'done', 'verified', 'begins_soon', 'ends_soon', 'returned',
        'forgotten', 'last_call', 'contact', 'thanked', 'said', 'explained', 'unheard', 'asked_again', 'stopped',
        'resumed'));

CREATE OR REPLACE VIEW unread_exchange AS
    SELECT e.id, e.listing_id, e.reader_id, e.other_id, e.last_id, e.read_id FROM (
        SELECT id, listing_id, owner_id AS reader_id, partner_id AS other_id, last_id, owner_read_id AS read_id
        FROM exchange WHERE last_id > owner_read_id AND NOT owner_muted
        UNION ALL
        SELECT id, listing_id, partner_id, owner_id, last_id, partner_read_id
        FROM exchange WHERE last_id > partner_read_id AND NOT partner_muted
    ) AS e
    JOIN actor other ON other.id = e.other_id AND other.deleted_at IS NULL
        AND (other.suspended_at IS NULL OR NOT other.suspended_with_server)
    WHERE NOT EXISTS (SELECT FROM barred b WHERE b.reader_id = e.reader_id AND b.author_id = e.other_id OFFSET 0)
        AND NOT EXISTS (SELECT FROM mute m WHERE m.actor_id = e.reader_id AND m.target_id = e.other_id
            AND m.notifications AND (m.until IS NULL OR m.until > now()));
COMMENT ON VIEW unread_exchange IS
    'Threads with something that one of the two has not read, unless she muted the thread or hides from the other, or '
    'the server of the other is set aside: a view, so that the list and the numbers beside it agree. Whoever is in an '
    'exchange with somebody who was suspended is told so.';
