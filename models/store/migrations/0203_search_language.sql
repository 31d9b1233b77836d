-- A text as it is looked through and asked for: small letters without accents, "porte-vélos" and "24/26" as words of
-- their own, figures apart from letters ("18V", "700x28c"), and without plurals: the stemmer leaves some of them, and
-- takes "rollers" for another word than "roller".
CREATE FUNCTION search_text(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN fold_plurals(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        translate(fold(value), '-/.:_@&*•', '         '),
        '([0-9]) ?("|'''')', '\1 pouce ', 'g'),
        '([0-9])([a-z])', '\1 \2', 'g'),
        '([a-z])([0-9])', '\1 \2', 'g'),
        '([a-z]{2,}[a-rt-z])s\M(?<!\m(?:dans|nous|vous|mais|elles|leurs|avons|avez|sommes|etes))', '\1', 'g'));
COMMENT ON FUNCTION search_text(text) IS
    'A text as searching reads it: without accents, hyphens and plurals, figures apart from letters; the column '
    '`listing.search` is generated with it, and what is asked for is read in the same way.';

CREATE FUNCTION search_key(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN array_to_string(ARRAY(SELECT stem[1] FROM regexp_matches(
        phraseto_tsquery('public.fr', search_text(value))::text, '''([^'']*)''', 'g') AS stem), ' ');
COMMENT ON FUNCTION search_key(text) IS
    'The stems of a word or expression with a space between, in whatever number and spelling it is written: by it a '
    'word that is typed meets the shipped list of words (`everyday_word`).';

CREATE FUNCTION search_head(title text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN 'h=' || coalesce((ts_lexize('pg_catalog.french_stem', fold_plurals(regexp_replace(substring(fold(title) FROM
        '^[^a-z]*(?:(?:(?:re)?cherche|donner?|don|preter?|vends?|echange|troc|propose|offre|loue|location|besoin|lots?|'
        'paires?|grande?s?|petite?s?|beau|belles?|vieux|vieille|deux|trois|quatre|six|tres|bon|bonne|super|jolie?s?|'
        'urgent|bonjour|quelques|appareil|je|j|un|une|de|du|d|des|le|la|les|l|mon|ma|mes|a|pour)[^a-z]+)*([a-z]+)'),
        '([a-z]{2}[a-rt-z])s$', '\1'))))[1], '');
COMMENT ON FUNCTION search_head(text) IS
    'The first word of a title that says what the thing is ("h=perceus"; in French it comes first: a drill, not the '
    'bits for it): who looks for the thing finds it before what belongs to it; the column `listing.search` is '
    'generated with it.';

-- What a listing is stands in it beside its words ('c=velo-enfant', 'k=offer', 'm=loan'), so that one index answers
-- both, and so that a word may stand for a category in what is kept of a search. Nobody can type these: they have
-- punctuation.
DROP INDEX listing_search;
ALTER TABLE listing DROP COLUMN search;
ALTER TABLE listing ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('public.fr', search_text(title)), 'A')
    || setweight(to_tsvector('public.fr', search_text(
        regexp_replace(description, '<[^>]*>|&#?[A-Za-z0-9]+;', ' ', 'g'))), 'B')
    || setweight(to_tsvector('public.fr', search_text(coalesce(place_name, ''))), 'C')
    || array_to_tsvector(ARRAY[search_head(title), 'c=' || coalesce(category, ''), 'k=' || kind, 'm=' || mode])
) STORED;
CREATE INDEX listing_search ON listing USING gin (search);

-- The nearest first, without looking at all. Longitudes count as in the middle of France; who reads corrects it.
CREATE INDEX listing_point ON listing USING gist (point(longitude * 0.7, latitude))
    WHERE status IN ('open', 'reserved');
CREATE INDEX listing_ends ON listing (expires_at, post_id DESC) WHERE status IN ('open', 'reserved');

-- What everyday things are called: shipped (models/data/everyday_words.tsv), and the labels of categories. Words that
-- mean the same have one `thing`, which is the most usual of them; a category is a thing that is called by its slug and
-- matched as such.
CREATE TABLE everyday_word (
    key text NOT NULL,         -- the stems of what somebody types: "toil tent"; '' for a category
    word text NOT NULL,        -- the same as it is written
    thing text NOT NULL,
    match text NOT NULL,       -- a tsquery that finds it
    found boolean NOT NULL DEFAULT true,  -- false: no open listing had it when all words were counted last
    PRIMARY KEY (key, thing, word)
);
CREATE INDEX everyday_word_thing ON everyday_word (thing);

-- How one thing leads to another: to one of its kinds, to what it is one of, to what serves for it, to the category
-- that is called so, to the one that it belongs to.
CREATE TABLE everyday_relation (
    thing text NOT NULL,
    relation text NOT NULL CHECK (relation IN ('kind', 'wider', 'use', 'category', 'shelf')),
    other text NOT NULL,
    PRIMARY KEY (thing, relation, other)
);

-- Words of open listings and of the shipped list: what a misspelt word may have been meant to be.
CREATE TABLE known_word (
    word text PRIMARY KEY,               -- small letters without accents
    shown text NOT NULL,                 -- as most write it
    listings integer NOT NULL,           -- how many open ones have it, as of the last count
    shipped boolean NOT NULL DEFAULT false,
    letters text NOT NULL,               -- in the order of the alphabet: the same for letters that changed places
    sound text NOT NULL                  -- how it is said, roughly: the same for what sounds alike
);
-- Of an expression, so that nobody who asks for one word reads all its trigrams.
CREATE INDEX known_word_trigrams ON known_word USING gin (lower(word) gin_trgm_ops);
CREATE INDEX known_word_letters ON known_word (letters);
CREATE INDEX known_word_sounds ON known_word USING gin (lower(sound) gin_trgm_ops);

-- Up to which listing words were taken.
CREATE TABLE known_word_count (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    last_id bigint NOT NULL DEFAULT 0
);
INSERT INTO known_word_count DEFAULT VALUES;
