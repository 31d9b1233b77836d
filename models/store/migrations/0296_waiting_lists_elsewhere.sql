-- People stand on waiting lists of other cooperatives too: by a Join, which the server of the listing answers.
ALTER TABLE reserve_place
    ADD COLUMN join_uri text,  -- the Join by which she stands here from elsewhere, or one of ours there
    DROP CONSTRAINT reserve_place_state_check,
    ADD CONSTRAINT reserve_place_state_check CHECK (state IN ('asked', 'offered', 'waiting', 'called')),
    DROP CONSTRAINT reserve_place_until,
    ADD CONSTRAINT reserve_place_until CHECK ((until IS NULL) = (state IN ('asked', 'waiting')));
CREATE UNIQUE INDEX reserve_place_join ON reserve_place (join_uri) WHERE join_uri IS NOT NULL;

ALTER TABLE exchange_event
    DROP CONSTRAINT exchange_event_kind_check,
    ADD CONSTRAINT exchange_event_kind_check CHECK (kind IN ('requested', 'countered', 'accepted', 'agreed', 'refused',
        'withdrawn', 'cancelled', 'expired', 'out', 'back', 'done', 'verified', 'begins_soon', 'ends_soon', 'returned',
        'forgotten', 'last_call', 'contact', 'thanked', 'said', 'explained', 'unheard', 'asked_again', 'stopped',
        'resumed', 'read_by_team', 'listing_ended', 'reserve_asked', 'reserve_joined', 'reserve_left', 'reserve_next',
        'reserve_passed', 'reserve_closed', 'reserve_freed', 'reserve_lapsed', 'reserve_past', 'reserve_refused',
        'unreported'));
