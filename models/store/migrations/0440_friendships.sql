-- Cooperatives that follow ours, propose to be friends, or are: how far it is with each. The level of its server is
-- another decision.
CREATE TABLE friendship (
    actor_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,  -- the other cooperative
    state text NOT NULL CHECK (state IN ('met', 'proposed', 'asked', 'confirmed', 'refused', 'declined', 'ended')),
    our_offer_uri text,    -- the Offer of ours that counts, where we proposed it
    their_offer_uri text,  -- theirs, where they did
    member_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- who of ours said the last word
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX friendship_state ON friendship (state, changed_at DESC);
CREATE INDEX friendship_waiting ON friendship (changed_at) WHERE state IN ('met', 'asked', 'ended');
CREATE INDEX friendship_member ON friendship (member_id) WHERE member_id IS NOT NULL;

-- Those that follow ours already: the team decides about each of them too.
INSERT INTO friendship (actor_id, state, changed_at)
SELECT theirs.id, 'met', min(f.created_at) FROM actor theirs JOIN follow f ON f.follower_id = theirs.id
JOIN actor ours ON ours.id = f.followed_id
WHERE NOT theirs.local AND theirs.type = 'Organization' AND lower(theirs.username) = 'coop'
    AND theirs.deleted_at IS NULL AND ours.local AND ours.type IN ('Group', 'Organization') AND f.state = 'accepted'
GROUP BY theirs.id;

-- One more kind of news, added to those that there are, whatever other migrations added before.
DO $$
DECLARE
    kinds text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = 'notification'::regclass AND conname = 'notification_type_check');
BEGIN
    ALTER TABLE notification DROP CONSTRAINT notification_type_check;
    EXECUTE 'ALTER TABLE notification ADD CONSTRAINT notification_type_check '
        || replace(kinds, 'ARRAY[', 'ARRAY[''coop_friendship''::text, ');
END
$$;
