-- What a listing is called stands in it when it is written, so that a search asks for one name and not for all twenty
-- words that a thing has: 't=velo' where it is a bike or a kind of one, 's=velo' where it is called so itself,
-- 'u=deplac' where it serves for that. Nobody can type these, as 'c=' and 'k='.
ALTER TABLE listing ALTER COLUMN search DROP EXPRESSION;

-- Words are looked for by the first of their stems, and things by their kinds.
CREATE INDEX everyday_word_first ON everyday_word (split_part(key, ' ', 1));
CREATE INDEX everyday_relation_other ON everyday_relation (other, relation);

-- Up to which listing things are named as the list of words has them; NULL where they are in all.
ALTER TABLE known_word_count ADD COLUMN named_id bigint;
UPDATE known_word_count SET named_id = 0 WHERE EXISTS (SELECT FROM everyday_word);
DELETE FROM shipped_data WHERE name = 'everyday_words';

CREATE FUNCTION search_words(title text, description text, place_name text, category text, kind text, mode text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN setweight(to_tsvector('public.fr', search_text(title)), 'A')
    || setweight(to_tsvector('public.fr', search_text(
        regexp_replace(description, '<[^>]*>|&#?[A-Za-z0-9]+;', ' ', 'g'))), 'B')
    || setweight(to_tsvector('public.fr', search_text(coalesce(place_name, ''))), 'C')
    || array_to_tsvector(ARRAY[search_head(title), 'c=' || coalesce(category, ''), 'k=' || kind, 'm=' || mode]);
COMMENT ON FUNCTION search_words(text, text, text, text, text, text) IS
    'The words of a listing as they are looked through, those of its title first, with what it is.';

CREATE FUNCTION name_things(words tsvector) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH stem AS MATERIALIZED (SELECT * FROM unnest($1)),
    said AS MATERIALIZED (
        SELECT w.thing, stem.positions, stem.weights
        FROM stem JOIN everyday_word w ON split_part(w.key, ' ', 1) = stem.lexeme
        WHERE w.key NOT LIKE '% %' OR $1 @@ w.match::tsquery),
    -- An expression stands where its first word does, and a category in no place: the last one there is.
    named AS (
        SELECT thing, positions, weights FROM said
        UNION ALL SELECT r.thing, positions, weights
        FROM said JOIN everyday_relation r ON r.other = said.thing AND relation = 'kind'
        UNION ALL SELECT r.thing, ARRAY[16383], ARRAY['D']
        FROM stem JOIN everyday_relation r ON r.other = stem.lexeme AND relation = 'category'),
    written AS (
        SELECT 't=' || thing AS name, ':' || string_agg(place || weight, ',') AS places
        FROM named, unnest(positions, weights) AS at (place, weight) GROUP BY thing
        UNION ALL SELECT 's=' || thing, '' FROM said
        WHERE EXISTS (SELECT FROM everyday_relation r WHERE r.other = said.thing AND relation = 'wider')
        UNION ALL SELECT 'u=' || r.thing, ''
        FROM said JOIN everyday_relation r ON r.other = said.thing AND relation = 'use')
    SELECT coalesce(string_agg('''' || replace(replace(name, '\', '\\'), '''', '''''') || '''' || places, ' '), '')
        ::tsvector FROM written
$$;
COMMENT ON FUNCTION name_things(tsvector) IS
    'What a listing with these words is called: the things of the shipped list with all that they are a kind or in the '
    'category of (''t=velo'', where the words stand that say so), what it is called itself where that has kinds '
    '(''s=velo''), and what it serves for (''u=sport'').';

CREATE FUNCTION read_listing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- While the list is loaded nothing is named by half of it, nor by what it was.
    PERFORM pg_advisory_xact_lock_shared(hashtext('everyday_words'));
    NEW.search := search_words(NEW.title, NEW.description, NEW.place_name, NEW.category, NEW.kind, NEW.mode);
    NEW.search := NEW.search || name_things(NEW.search);
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION read_listing() IS
    'A listing keeps its words and what these name, so that a search asks for one name instead of all that a thing is '
    'called; a trigger, since listings come in by many ways and the list of words is a table.';
CREATE TRIGGER listing_read BEFORE INSERT OR UPDATE OF title, description, place_name, category, kind, mode ON listing
    FOR EACH ROW EXECUTE FUNCTION read_listing();
COMMENT ON TRIGGER listing_read ON listing IS 'What a listing says is read when it is written, see `read_listing`.';
