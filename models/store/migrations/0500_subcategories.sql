-- Sub-categories of the cooperative's own, each under a category that all cooperatives share. What they are is decided
-- in the settings (`preference`, key `subcategories`), with their history; this is what listings and alerts hold on to.
CREATE TABLE subcategory (
    slug text PRIMARY KEY CHECK (slug ~ '^[a-z0-9-]+\.[a-z0-9-]+$'),  -- that of the shared one, a full stop, its own
    label text NOT NULL,
    words text NOT NULL DEFAULT ''              -- what else it is found as
);

ALTER TABLE listing
    ADD COLUMN subcategory text REFERENCES subcategory(slug) ON DELETE SET NULL,
    ADD CONSTRAINT listing_subcategory_of_category CHECK (split_part(subcategory, '.', 1) = category);

ALTER TABLE search_alert ADD COLUMN subcategory text REFERENCES subcategory(slug) ON DELETE SET NULL;

CREATE OR REPLACE VIEW full_listing AS
SELECT p.id, p.uri, p.kind AS post_kind, p.local, p.author_id, p.url, p.audience, p.content, p.source, p.warning,
    p.sensitive, p.language, p.in_reply_to_uri, p.in_reply_to_id, p.context_uri, p.root_id, p.to_uris, p.cc_uris,
    p.published_at, p.updated_at, p.received_at, p.deleted_at,
    l.kind, l.mode, l.title, l.description, l.category, l.category_uri, l.status, l.closed_reason, l.stream_uri,
    l.territory_uri, l.place_name, l.postcode, l.commune_code, l.latitude, l.longitude, l.radius, l.condition,
    l.quantity, l.unit, l.available_quantity, l.unit_based, l.price, l.currency, l.free_price, l.wants, l.reciprocal,
    l.deposit, l.max_duration, l.begins_at, l.ends_at, l.expires_at, l.repair, l.points, l.first_come, l.calendar_uri,
    p.hidden_at, p.hidden_audience, l.meeting, p.community_id, l.slots_uri, l.subcategory,
    (SELECT s.label FROM subcategory s WHERE s.slug = l.subcategory) AS subcategory_label
FROM listing l JOIN post p ON p.id = l.post_id;

CREATE FUNCTION subcategory_words(slug text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((SELECT setweight(to_tsvector('public.fr', search_text(s.label || ' ' || s.words)), 'B')
        FROM subcategory s WHERE s.slug = $1), '')
$$;
COMMENT ON FUNCTION subcategory_words(text) IS
    'What a listing is found as because of the sub-category it is in, beside its own words: what that is called.';

CREATE OR REPLACE FUNCTION read_listing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- While the list is loaded nothing is named by half of it, nor by what it was.
    PERFORM pg_advisory_xact_lock_shared(hashtext('everyday_words'));
    IF split_part(NEW.subcategory, '.', 1) <> NEW.category THEN
        NEW.subcategory := NULL;  -- the version before changes the category alone
    END IF;
    NEW.search := search_words(NEW.title, NEW.description, NEW.place_name, NEW.category, NEW.kind, NEW.mode)
        || subcategory_words(NEW.subcategory);
    NEW.search := NEW.search || name_things(NEW.search);
    RETURN NEW;
END
$$;
DROP TRIGGER listing_read ON listing;
CREATE TRIGGER listing_read
    BEFORE INSERT OR UPDATE OF title, description, place_name, category, subcategory, kind, mode ON listing
    FOR EACH ROW EXECUTE FUNCTION read_listing();
COMMENT ON TRIGGER listing_read ON listing IS 'What a listing says is read when it is written, see `read_listing`.';

DROP TRIGGER listing_edited ON listing;
CREATE TRIGGER listing_edited AFTER UPDATE ON listing FOR EACH ROW
    WHEN (is_open_status(NEW.status) AND (NEW.kind, NEW.mode, NEW.title, NEW.description, NEW.category, NEW.subcategory,
            NEW.territory_uri, NEW.commune_code, NEW.postcode, NEW.latitude, NEW.longitude)
        IS DISTINCT FROM (OLD.kind, OLD.mode, OLD.title, OLD.description, OLD.category, OLD.subcategory,
            OLD.territory_uri, OLD.commune_code, OLD.postcode, OLD.latitude, OLD.longitude))
    EXECUTE FUNCTION queue_listing('edited');
COMMENT ON TRIGGER listing_edited ON listing IS
    'What says something else now is held against alerts that were there before it or that it did not fit, see '
    '`queue_listing`.';

CREATE FUNCTION keep_subcategories() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The address of a watched search says so too, unless she watches that one already.
    UPDATE search_alert s SET category = changed.category, subcategory = NULL,
        parameters = CASE WHEN changed.place > 1 OR EXISTS (SELECT FROM search_alert o WHERE o.actor_id = s.actor_id
            AND o.parameters = changed.parameters) THEN s.parameters ELSE changed.parameters END
    FROM (SELECT id, category, parameters, row_number() OVER (PARTITION BY actor_id, parameters ORDER BY id) AS place
        FROM (SELECT a.id, a.actor_id, split_part(a.subcategory, '.', 1) AS category, array_to_string(array_replace(
                    string_to_array(a.parameters, '&'), 'cat=' || a.subcategory,
                    'cat=' || split_part(a.subcategory, '.', 1)), '&') AS parameters
            FROM search_alert a WHERE a.subcategory IS NOT NULL AND NOT EXISTS (
                SELECT FROM jsonb_to_recordset(NEW.value) AS told(slug text) WHERE told.slug = a.subcategory)) AS gone
        ) AS changed
    WHERE changed.id = s.id;
    DELETE FROM subcategory WHERE NOT EXISTS (
        SELECT FROM jsonb_to_recordset(NEW.value) AS told(slug text) WHERE told.slug = subcategory.slug);
    INSERT INTO subcategory (slug, label, words)
    SELECT told.slug, told.label, coalesce(told.words, '')
    FROM jsonb_to_recordset(NEW.value) AS told(slug text, label text, words text)
    ON CONFLICT (slug) DO UPDATE SET label = excluded.label, words = excluded.words
        WHERE (subcategory.label, subcategory.words) <> (excluded.label, excluded.words);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION keep_subcategories() IS
    'What listings and alerts hold on to is what the settings say: a trigger, since settings are changed by pages, by '
    'commands and by the way back in their history. What was in a sub-category that there is no more keeps the shared '
    'category; an alert on it watches that one.';
CREATE TRIGGER preference_subcategories AFTER INSERT OR UPDATE ON preference FOR EACH ROW
    WHEN (NEW.key = 'subcategories') EXECUTE FUNCTION keep_subcategories();
COMMENT ON TRIGGER preference_subcategories ON preference IS
    'Sub-categories are what the settings say, see `keep_subcategories`.';

CREATE FUNCTION reread_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE listing SET subcategory = subcategory WHERE subcategory = NEW.slug;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION reread_listings() IS
    'A listing is found by what its sub-category is called now: its words are read anew (`read_listing`).';
CREATE TRIGGER subcategory_renamed AFTER UPDATE OF label, words ON subcategory FOR EACH ROW
    EXECUTE FUNCTION reread_listings();
COMMENT ON TRIGGER subcategory_renamed ON subcategory IS
    'A sub-category that is called otherwise is found otherwise, see `reread_listings`.';
