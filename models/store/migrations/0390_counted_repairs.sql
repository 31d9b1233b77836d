-- Which repairs are counted, and how many walked in once their names are forgotten.
CREATE FUNCTION repair_word_rank(author_id bigint, repairer_id bigint, cyclist_id bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN author_id = repairer_id THEN 0
    WHEN author_id IS NOT NULL AND author_id IS DISTINCT FROM cyclist_id THEN 1
    ELSE 2 END;
COMMENT ON FUNCTION repair_word_rank IS
    'Whose word about a repair counts first: who repaired it, somebody for the shop, then the cyclist.';

CREATE VIEW counted_repair AS
SELECT r.id, r.agreement_id, r.repairer_id, r.bike_type, r.organ, r.outcome, r.barrier, r.minutes, r.parts, r.problem,
    r.brand, r.commune_code, r.repaired_on, r.noted_at
FROM repair_result r
WHERE NOT EXISTS (
        SELECT FROM repair_result o WHERE o.agreement_id = r.agreement_id
            AND (repair_word_rank(o.author_id, o.repairer_id, o.cyclist_id), o.noted_at, o.id)
                < (repair_word_rank(r.author_id, r.repairer_id, r.cyclist_id), r.noted_at, r.id))
    AND NOT EXISTS (
        SELECT FROM actor a JOIN server s ON s.host = a.host
        WHERE a.id = r.repairer_id AND NOT a.local AND s.software = 'declic');
COMMENT ON VIEW counted_repair IS
    'The repairs that this cooperative counts: of two words about one agreement the repairer''s, and nothing that the '
    'server of a repairer elsewhere counts itself, so that territories add up without a centre.';

-- Who walked in is forgotten after a month; that somebody did stays.
CREATE TABLE walk_in_month (
    month date PRIMARY KEY,                   -- its first day
    total integer NOT NULL CHECK (total > 0)
);

CREATE FUNCTION count_walk_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO walk_in_month AS m (month, total)
    VALUES (date_trunc('month', OLD.begins_at AT TIME ZONE 'Europe/Paris')::date, 1)
    ON CONFLICT (month) DO UPDATE SET total = m.total + 1;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION count_walk_in IS
    'The month keeps the number: who came more than a week ago is forgotten, not struck out.';

CREATE TRIGGER walk_in_forgotten AFTER DELETE ON walk_in
    FOR EACH ROW WHEN (OLD.ends_at < now() - interval '7 days') EXECUTE FUNCTION count_walk_in();
COMMENT ON TRIGGER walk_in_forgotten ON walk_in IS
    'The chore that forgets lines, and a book that ends with those in it, leave the number of who came behind.';
