-- Answers in words: what tells whoever wrote how to answer, why an answer could not count, and whether it was a yes.
ALTER TABLE exchange_event DROP CONSTRAINT exchange_event_kind_check;
ALTER TABLE exchange_event ADD CONSTRAINT exchange_event_kind_check
    CHECK (kind IN ('requested', 'countered', 'accepted', 'agreed', 'refused', 'withdrawn', 'cancelled', 'expired',
        'out', 'back', 'done', 'verified', 'begins_soon', 'ends_soon', 'returned', 'forgotten', 'last_call', 'contact',
        'thanked', 'said', 'explained', 'unheard', 'asked_again'));

-- Reminders that are still to be told in words, by day, to somebody whose server reads no agreements.
CREATE INDEX exchange_event_owed ON exchange_event (id) WHERE details ? 'owed';

-- A link answers as long as what it answers is on the table.
UPDATE agreement_link l SET expires_at = least(l.expires_at, a.held_until)
FROM agreement a
WHERE a.id = l.agreement_id AND a.offer_uri = l.offer_uri AND a.state IN ('requested', 'countered')
    AND a.held_until IS NOT NULL AND l.used_at IS NULL;
