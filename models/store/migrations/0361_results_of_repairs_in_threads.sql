-- In a thread: what came out of a repair was noted after it was reported, or noted anew.
ALTER TABLE exchange_event
    DROP CONSTRAINT exchange_event_kind_check,
    ADD CONSTRAINT exchange_event_kind_check CHECK (kind IN ('requested', 'countered', 'accepted', 'agreed', 'refused',
        'withdrawn', 'cancelled', 'expired', 'out', 'back', 'done', 'verified', 'begins_soon', 'ends_soon', 'returned',
        'forgotten', 'last_call', 'contact', 'thanked', 'said', 'explained', 'unheard', 'asked_again', 'stopped',
        'resumed', 'read_by_team', 'listing_ended', 'reserve_asked', 'reserve_joined', 'reserve_left', 'reserve_next',
        'reserve_passed', 'reserve_closed', 'reserve_freed', 'reserve_lapsed', 'reserve_past', 'reserve_refused',
        'unreported', 'noted'));
