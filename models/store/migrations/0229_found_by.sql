-- What counting and finding ask of the post and of its author, once more with the listing: a search looks at hundreds
-- of listings, and to look each of them up in two other tables took longer than to find them. What is shown is asked
-- of the post and its author all the same: a copy never shows what they hide.
CREATE FUNCTION who_finds(audience text, deleted_at timestamptz, suspended_at timestamptz, limited_at timestamptz,
    away_until timestamptz) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN num_nonnulls(deleted_at, suspended_at) > 0
            OR audience NOT IN ('network', 'coop', 'territories', 'community') THEN 'nobody'
        WHEN audience = 'network' AND num_nonnulls(limited_at, away_until) = 0 THEN 'everybody'
        ELSE 'some' END;
COMMENT ON FUNCTION who_finds(text, timestamptz, timestamptz, timestamptz, timestamptz) IS
    'Who finds a listing in searches, unless one blocks the other: where it is some, it depends on who asks and when, '
    'and the post and its author are looked at';

ALTER TABLE listing
    ADD COLUMN author_id bigint,  -- of its post
    ADD COLUMN found_by text CHECK (found_by IN ('everybody', 'some', 'nobody'));  -- see who_finds; kept by triggers

UPDATE listing l SET author_id = p.author_id,
    found_by = who_finds(p.audience, p.deleted_at, a.suspended_at, a.limited_at, a.away_until)
FROM post p JOIN actor a ON a.id = p.author_id WHERE p.id = l.post_id;

ALTER TABLE listing ALTER COLUMN author_id SET NOT NULL, ALTER COLUMN found_by SET NOT NULL;

CREATE FUNCTION copy_of_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT p.author_id, who_finds(p.audience, p.deleted_at, a.suspended_at, a.limited_at, a.away_until)
        INTO NEW.author_id, NEW.found_by
        FROM post p JOIN actor a ON a.id = p.author_id WHERE p.id = NEW.post_id;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION copy_of_post() IS
    'Listings keep who wrote them and who finds them (`who_finds`), for searches to count by.';

CREATE FUNCTION copy_to_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'post' THEN
        UPDATE listing l
        SET found_by = who_finds(NEW.audience, NEW.deleted_at, a.suspended_at, a.limited_at, a.away_until)
        FROM actor a WHERE l.post_id = NEW.id AND a.id = NEW.author_id;
    ELSE
        UPDATE listing l
        SET found_by
            = who_finds(p.audience, p.deleted_at, NEW.suspended_at, NEW.limited_at, NEW.away_until)
        FROM post p WHERE p.author_id = NEW.id AND p.deleted_at IS NULL AND l.post_id = p.id;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION copy_to_listings() IS
    'What changed of a post or of its author changes what its listing keeps of them, see `who_finds`.';

CREATE TRIGGER listing_of_post BEFORE INSERT ON listing FOR EACH ROW EXECUTE FUNCTION copy_of_post();
COMMENT ON TRIGGER listing_of_post ON listing IS
    'A listing has what it keeps of its post and of its author from the first moment, see `copy_of_post`.';

CREATE TRIGGER post_found_by AFTER UPDATE ON post FOR EACH ROW
    WHEN (NEW.kind = 'listing' AND (OLD.audience, OLD.deleted_at) IS DISTINCT FROM (NEW.audience, NEW.deleted_at))
    EXECUTE FUNCTION copy_to_listings();
COMMENT ON TRIGGER post_found_by ON post IS
    'A listing that is hidden, removed or meant for others now is counted so, whichever way it was done.';

CREATE TRIGGER author_found_by AFTER UPDATE ON actor FOR EACH ROW
    WHEN ((OLD.suspended_at IS NULL, num_nonnulls(OLD.limited_at, OLD.away_until) = 0)
        <> (NEW.suspended_at IS NULL, num_nonnulls(NEW.limited_at, NEW.away_until) = 0))
    EXECUTE FUNCTION copy_to_listings();
COMMENT ON TRIGGER author_found_by ON actor IS
    'Nobody finds the listings of whoever is suspended, and some those of who is limited or away, however it was done.';
