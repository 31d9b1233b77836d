-- What its author was told of a listing's end: once before, once when it came; another end is told anew.
CREATE TABLE listing_end_notice (
    listing_id bigint NOT NULL REFERENCES listing (post_id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('before', 'ended')),
    ends_at timestamptz NOT NULL,
    post_id bigint REFERENCES post (id) ON DELETE SET NULL,   -- the message that says so, of several listings together
    PRIMARY KEY (listing_id, kind, ends_at)
);
CREATE INDEX listing_end_notice_post ON listing_end_notice (post_id) WHERE post_id IS NOT NULL;

-- What ended before today is not told any more.
INSERT INTO listing_end_notice (listing_id, kind, ends_at)
SELECT l.post_id, 'ended', l.expires_at FROM listing l JOIN post p ON p.id = l.post_id
WHERE p.local AND l.status = 'expired' AND l.expires_at IS NOT NULL;

-- The stemmer leaves the plural of words in -o, -ou, -u and -i as it is ("vélos", "clous", "jeux"): it is taken off
-- first, in what is looked through and in what is asked for.
CREATE FUNCTION fold_plurals(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(regexp_replace(value, '([aiouâàîïôûùü])s\M', '\1', 'gi'), '(eu|ou|eau)x\M', '\1', 'gi');

ALTER TABLE listing DROP COLUMN search;
ALTER TABLE listing ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('public.fr', fold_plurals(title)), 'A')
    || setweight(to_tsvector('public.fr', fold_plurals(regexp_replace(description, '<[^>]*>', ' ', 'g'))), 'B')
    || setweight(to_tsvector('public.fr', fold_plurals(coalesce(place_name, ''))), 'C')
) STORED;
CREATE INDEX listing_search ON listing USING gin (search);
