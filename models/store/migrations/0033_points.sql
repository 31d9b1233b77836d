-- The points of the cooperative, where it keeps them: a ledger of its own in double entry, which never leaves.
-- Each movement has two lines that sum to zero. Nothing is ever changed or removed: what was wrong is corrected by
-- another movement. Listings and agreements are named without a reference, since the ledger outlives them.

CREATE TABLE points_movement (
    id bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('joining', 'monthly', 'deposit', 'taken_back', 'exchange', 'correction',
        'departure')),
    member_id bigint REFERENCES actor,              -- whom it concerns, where the cooperative is the other side
    month date,                                     -- the first day of the month that is given for
    listing_id bigint,
    listing_key bytea,                              -- by which the same object is known again without keeping its title
    agreement_id bigint,
    reason text NOT NULL DEFAULT '',
    by_id bigint REFERENCES actor,                  -- the administrator who corrected
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((kind = 'exchange') = (member_id IS NULL)),
    CHECK ((kind = 'exchange') = (agreement_id IS NOT NULL)),
    CHECK ((kind = 'monthly') = (month IS NOT NULL)),
    CHECK ((kind IN ('deposit', 'taken_back')) = (listing_id IS NOT NULL)),
    CHECK ((kind = 'correction') = (by_id IS NOT NULL)),
    CHECK (kind <> 'correction' OR reason <> '')
);
CREATE UNIQUE INDEX points_movement_joining ON points_movement (member_id) WHERE kind = 'joining';
CREATE UNIQUE INDEX points_movement_monthly ON points_movement (member_id, month) WHERE kind = 'monthly';
CREATE UNIQUE INDEX points_movement_deposit ON points_movement (listing_id) WHERE kind = 'deposit';
CREATE UNIQUE INDEX points_movement_exchange ON points_movement (agreement_id) WHERE kind = 'exchange';
CREATE INDEX points_movement_taken_back ON points_movement (listing_id) WHERE kind = 'taken_back';
CREATE INDEX points_movement_member ON points_movement (member_id, created_at);

CREATE TABLE points_line (
    movement_id bigint NOT NULL REFERENCES points_movement,
    member_id bigint REFERENCES actor,              -- NULL: the cooperative itself
    amount integer NOT NULL CHECK (amount <> 0),
    UNIQUE NULLS NOT DISTINCT (movement_id, member_id)
);
CREATE INDEX points_line_member ON points_line (member_id, movement_id DESC);

-- Looked at when the transaction ends, when both lines are there.
CREATE FUNCTION require_balanced_points() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    movement bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
BEGIN
    IF (SELECT count(*) <> 2 OR sum(amount) <> 0 FROM points_line WHERE movement_id = movement) THEN
        RAISE EXCEPTION 'A movement of points has two lines that sum to zero.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER points_movement_balanced AFTER INSERT ON points_movement DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION require_balanced_points('id');
CREATE CONSTRAINT TRIGGER points_line_balanced AFTER INSERT ON points_line DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION require_balanced_points('movement_id');

CREATE FUNCTION keep_points() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Movements of points are never changed nor removed; another one corrects them.'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER points_movement_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON points_movement
    FOR EACH STATEMENT EXECUTE FUNCTION keep_points();
CREATE TRIGGER points_line_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON points_line
    FOR EACH STATEMENT EXECUTE FUNCTION keep_points();

-- What is spoken for: agreed, and not done yet.
CREATE INDEX agreement_points_owner ON agreement (owner_id) WHERE state = 'agreed' AND points > 0;
CREATE INDEX agreement_points_partner ON agreement (partner_id) WHERE state = 'agreed' AND points > 0;
