-- May this delivery have arrived at the peer? Not what was never tried and was cancelled, or stayed here on purpose.
CREATE FUNCTION may_have_arrived(attempts smallint, state text, cause text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT NOT ($1 = 0 AND ($2 = 'cancelled' OR $2 = 'failed' AND $3 IS NOT DISTINCT FROM 'withheld'))
$$;
