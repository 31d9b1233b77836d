-- What becomes of a place on a list is said in its thread: it is free again for everybody, she did not say that she
-- stays, or the days that she waited for are over.
ALTER TABLE exchange_event
    DROP CONSTRAINT exchange_event_kind_check,
    ADD CONSTRAINT exchange_event_kind_check CHECK (kind IN ('requested', 'countered', 'accepted', 'agreed', 'refused',
        'withdrawn', 'cancelled', 'expired', 'out', 'back', 'done', 'verified', 'begins_soon', 'ends_soon', 'returned',
        'forgotten', 'last_call', 'contact', 'thanked', 'said', 'explained', 'unheard', 'asked_again', 'stopped',
        'resumed', 'read_by_team', 'listing_ended', 'reserve_joined', 'reserve_left', 'reserve_next', 'reserve_passed',
        'reserve_closed', 'reserve_freed', 'reserve_lapsed', 'reserve_past', 'unreported'));
