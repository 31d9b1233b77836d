-- Posts of ours that were held before they appeared, until they do: a refusal that is taken back publishes them as new.
CREATE TABLE unpublished_post (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE
);
INSERT INTO unpublished_post (post_id)
SELECT h.post_id FROM held_post h JOIN post p ON p.id = h.post_id WHERE h.draft IS NULL AND p.local;

-- Whether a picture may be shown is asked by the key in its address.
CREATE INDEX media_file ON media (file_key) WHERE file_key IS NOT NULL;
CREATE INDEX media_thumbnail ON media (thumbnail_key) WHERE thumbnail_key IS NOT NULL;

-- Whose own server says that she is suspended: she is hidden here until it says otherwise.
ALTER TABLE actor ADD COLUMN suspended_at_home boolean NOT NULL DEFAULT false;

CREATE OR REPLACE VIEW full_actor AS
SELECT id, uri, type, local, username, host, name, summary, url, inbox, shared_inbox, outbox, followers_uri,
    following_uri, featured_uri, icon_media_id, image_media_id, locked, discoverable, indexable, fields,
    also_known_as, moved_to, implements, territory_uri, category, place_name, postcode, commune_code, latitude,
    longitude, radius, published_at, created_at, updated_at, fetched_at, suspended_at, deleted_at, automatic,
    away_until, street, hours, limited_at, excluded_at, suspended_at_home
FROM actor;

CREATE FUNCTION suspended_by_decision(actor_id bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(d.effective_at) FROM moderation_decision d
    WHERE d.actor_id = $1 AND d.kind IN ('suspend', 'exclude') AND d.effective_at IS NOT NULL
        AND d.taken_back_at IS NULL AND (d.ends_at IS NULL OR d.ends_at > now())
$$;
COMMENT ON FUNCTION suspended_by_decision(bigint) IS
    'Since when a decision of the team suspends this actor; NULL where none does. Besides decisions her server can be '
    'set aside, or say itself that she is suspended: whichever ends, the others hold on.';

-- What is hidden is as private as its author wanted it: that it is put away is told wherever it went.
CREATE OR REPLACE FUNCTION is_private(activity_id bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT FROM activity a JOIN post p ON p.uri = a.object_uri
        WHERE a.id = $1 AND a.type IN ('Create', 'Update') AND p.local
            AND coalesce(p.hidden_audience, p.audience) NOT IN ('network', 'unlisted'))
$$;
CREATE OR REPLACE FUNCTION is_private_word(activity_id bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT FROM activity a
        WHERE a.id = $1 AND NOT a.public AND (
            -- What somebody asks, answers or reports about an agreement is kept under its own id.
            a.object_uri = a.uri
            OR a.type IN ('Create', 'Update', 'Delete') AND EXISTS (
                SELECT FROM post p WHERE p.uri = a.object_uri AND p.local
                    AND coalesce(p.hidden_audience, p.audience) = 'direct')))
$$;
