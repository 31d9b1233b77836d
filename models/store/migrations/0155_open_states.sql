-- What is open, said once for all statements (in Python: models/listings/listings, models/exchanges/exchanges,
-- models/exchanges/agreements/state_machine). A function of one expression is put in its place before a statement is
-- planned, so the partial indexes on these states serve as before.

-- A listing that may be found and asked for.
CREATE FUNCTION is_open_status(status text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN status IN ('open', 'reserved');

-- A listing that has not ended: open, or paused by its author.
CREATE FUNCTION is_standing_status(status text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN status IN ('open', 'reserved', 'paused');

-- An agreement whose terms wait for an answer.
CREATE FUNCTION is_open_state(state text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN state IN ('requested', 'countered');

-- An agreement that takes its dates: asked for, or settled and not over.
CREATE FUNCTION is_live_state(state text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN state IN ('requested', 'countered', 'agreed');

-- An agreement to whose terms both said yes.
CREATE FUNCTION is_bound_state(state text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN state IN ('agreed', 'done');

-- An event of a thread that put terms on the table.
CREATE FUNCTION is_asking_kind(kind text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN kind IN ('requested', 'countered');

COMMENT ON FUNCTION is_open_status IS
    'A listing that may be found and asked for; said once, in SQL for the partial indexes';
COMMENT ON FUNCTION is_standing_status IS
    'A listing that has not ended: open, or paused by its author; said once, in SQL for the partial indexes';
COMMENT ON FUNCTION is_open_state IS
    'An agreement whose terms wait for an answer; said once, in SQL for the partial indexes';
COMMENT ON FUNCTION is_live_state IS
    'An agreement that takes its dates: asked for, or settled and not over; said once, in SQL for the partial indexes';
COMMENT ON FUNCTION is_bound_state IS
    'An agreement to whose terms both said yes; said once, in SQL for the partial indexes';
COMMENT ON FUNCTION is_asking_kind IS
    'An event of a thread that put terms on the table; said once, in SQL for the partial indexes';
