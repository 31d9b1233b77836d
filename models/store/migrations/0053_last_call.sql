-- Three weeks after its end an agreement that nobody closes is asked after once more; a week later it ends by itself.
ALTER TABLE exchange_event DROP CONSTRAINT exchange_event_kind_check;
ALTER TABLE exchange_event ADD CONSTRAINT exchange_event_kind_check
    CHECK (kind IN ('requested', 'countered', 'accepted', 'agreed', 'refused', 'withdrawn', 'cancelled', 'expired',
        'out', 'back', 'done', 'verified', 'begins_soon', 'ends_soon', 'returned', 'forgotten', 'last_call', 'contact',
        'thanked', 'said'));
CREATE UNIQUE INDEX exchange_event_once_each ON exchange_event (agreement_id, kind)
    WHERE kind IN ('verified', 'begins_soon', 'ends_soon', 'returned', 'forgotten', 'last_call');
DROP INDEX exchange_event_once;
