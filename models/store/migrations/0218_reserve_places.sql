-- Who would have it if it were free: after somebody else was chosen, or while it is out. In the order of `since`.
CREATE TABLE reserve_place (
    id bigint PRIMARY KEY,
    listing_id bigint NOT NULL REFERENCES listing(post_id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('offered', 'waiting', 'called')),
    since timestamptz NOT NULL,               -- when she first asked for it
    begins_at timestamptz,                    -- the days that she wants; NULL for any
    ends_at timestamptz,
    until timestamptz,                        -- how long she may say whether she stays, or whether she still wants it
    agreement_id bigint REFERENCES agreement(id) ON DELETE SET NULL,  -- the terms that she was asked about
    due boolean NOT NULL DEFAULT false,       -- something became free since it was last looked at
    CONSTRAINT reserve_place_once UNIQUE (listing_id, actor_id),
    CONSTRAINT reserve_place_days CHECK ((begins_at IS NULL) = (ends_at IS NULL) AND begins_at < ends_at),
    CONSTRAINT reserve_place_until CHECK ((until IS NULL) = (state = 'waiting'))
);
CREATE INDEX reserve_place_actor ON reserve_place (actor_id);
CREATE INDEX reserve_place_agreement ON reserve_place (agreement_id) WHERE agreement_id IS NOT NULL;
CREATE INDEX reserve_place_until ON reserve_place (until) WHERE until IS NOT NULL;
CREATE INDEX reserve_place_due ON reserve_place (listing_id) WHERE due;
CREATE UNIQUE INDEX reserve_place_called ON reserve_place (listing_id) WHERE state = 'called';

ALTER TABLE exchange_event
    DROP CONSTRAINT exchange_event_kind_check,
    ADD CONSTRAINT exchange_event_kind_check CHECK (kind IN ('requested', 'countered', 'accepted', 'agreed', 'refused',
        'withdrawn', 'cancelled', 'expired', 'out', 'back', 'done', 'verified', 'begins_soon', 'ends_soon', 'returned',
        'forgotten', 'last_call', 'contact', 'thanked', 'said', 'explained', 'unheard', 'asked_again', 'stopped',
        'resumed', 'read_by_team', 'listing_ended', 'reserve_joined', 'reserve_left', 'reserve_next', 'reserve_passed',
        'reserve_closed', 'unreported'));
