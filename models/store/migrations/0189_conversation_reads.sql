-- Somebody of the team opened a whole private talk, of which a message was reported: which one, and both sides see it.
ALTER TABLE case_step ADD COLUMN post_id bigint REFERENCES post(id) ON DELETE SET NULL;
CREATE INDEX case_step_post ON case_step (post_id) WHERE post_id IS NOT NULL;

ALTER TABLE exchange_event
    DROP CONSTRAINT exchange_event_kind_check,
    ADD CONSTRAINT exchange_event_kind_check CHECK (kind IN ('requested', 'countered', 'accepted', 'agreed', 'refused',
        'withdrawn', 'cancelled', 'expired', 'out', 'back', 'done', 'verified', 'begins_soon', 'ends_soon', 'returned',
        'forgotten', 'last_call', 'contact', 'thanked', 'said', 'explained', 'unheard', 'asked_again', 'stopped',
        'resumed', 'read_by_team'));
