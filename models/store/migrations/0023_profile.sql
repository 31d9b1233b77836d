-- What members decide for themselves in a client: how they write by default, notes about others, and why they report.

ALTER TABLE account ADD COLUMN default_audience text NOT NULL DEFAULT 'network'
    CHECK (default_audience IN ('network', 'unlisted', 'followers', 'direct'));
ALTER TABLE account ADD COLUMN default_sensitive boolean NOT NULL DEFAULT false;
ALTER TABLE account ADD COLUMN default_language text;   -- of what they write; NULL: the one in which they read

-- A person's account that is looked after by a program; others see the type Service.
ALTER TABLE actor ADD COLUMN automatic boolean NOT NULL DEFAULT false;

CREATE OR REPLACE VIEW full_actor AS
SELECT id, uri, type, local, username, host, name, summary, url, inbox, shared_inbox, outbox, followers_uri,
    following_uri, featured_uri, icon_media_id, image_media_id, locked, discoverable, indexable, fields,
    also_known_as, moved_to, implements, territory_uri, category, place_name, postcode, commune_code, latitude,
    longitude, radius, published_at, created_at, updated_at, fetched_at, suspended_at, deleted_at, automatic
FROM actor;

-- A private note about somebody, read by its writer only.
CREATE TABLE account_note (
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    text text NOT NULL,
    PRIMARY KEY (actor_id, target_id)
);

ALTER TABLE report ADD COLUMN category text NOT NULL DEFAULT 'other'
    CHECK (category IN ('spam', 'legal', 'violation', 'other'));
ALTER TABLE report ADD COLUMN forwarded boolean NOT NULL DEFAULT false;
