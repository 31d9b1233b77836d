-- Territories that members propose the cooperative to follow, and what became of each proposal; gone with the account.
CREATE TABLE territory_proposal (
    id bigint PRIMARY KEY,
    host text NOT NULL,
    member_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    reason text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'followed', 'declined')),
    answer text NOT NULL DEFAULT '',  -- a sentence of the team, where it declined
    created_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    CHECK ((state = 'waiting') = (settled_at IS NULL))
);
CREATE UNIQUE INDEX territory_proposal_waiting ON territory_proposal (host, member_id) WHERE state = 'waiting';
CREATE INDEX territory_proposal_member ON territory_proposal (member_id, id DESC);

-- Two more kinds of news, added to those that there are, whatever other migrations added before.
DO $$
DECLARE
    kinds text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = 'notification'::regclass AND conname = 'notification_type_check');
BEGIN
    ALTER TABLE notification DROP CONSTRAINT notification_type_check;
    EXECUTE 'ALTER TABLE notification ADD CONSTRAINT notification_type_check '
        || replace(kinds, 'ARRAY[', 'ARRAY[''territory_proposed''::text, ''territory_answered''::text, ');
END
$$;
