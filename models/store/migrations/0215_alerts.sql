-- Searches that members want to be told of, and what was found for them.
CREATE TABLE search_alert (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    parameters text NOT NULL,                 -- the search as the address of /annonces has it: each is kept once
    text text NOT NULL DEFAULT '',            -- as typed
    query tsquery,                            -- what it means; NULL where any words will do
    kinds text[] NOT NULL DEFAULT '{}',       -- empty ones narrow nothing, as in models/searches
    modes text[] NOT NULL DEFAULT '{}',
    category text,                            -- as chosen; `categories` are it and its narrower ones
    categories text[] NOT NULL DEFAULT '{}',
    territory_uris text[] NOT NULL DEFAULT '{}',
    communes text[] NOT NULL DEFAULT '{}',    -- INSEE codes
    epcis text[] NOT NULL DEFAULT '{}',       -- SIREN codes; one of all of both is enough
    area text NOT NULL DEFAULT '',            -- how the place, the commune or the federation of communes is called
    coop text NOT NULL DEFAULT '',            -- and the cooperative, where it is one
    latitude double precision,
    longitude double precision,
    radius double precision,                  -- km around the place
    with_photo boolean NOT NULL DEFAULT false,
    from_places boolean NOT NULL DEFAULT false,
    rhythm text NOT NULL CHECK (rhythm IN ('now', 'daily', 'weekly')),
    by_mail boolean NOT NULL DEFAULT true,
    paused_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT search_alert_once UNIQUE (actor_id, parameters),
    CONSTRAINT search_alert_radius CHECK (radius IS NULL OR latitude IS NOT NULL AND longitude IS NOT NULL)
);

-- What was found for whom, by which of her alerts: each listing once for each member, whatever becomes of either.
CREATE TABLE alert_find (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    listing_id bigint NOT NULL REFERENCES listing(post_id) ON DELETE CASCADE,
    alert_id bigint NOT NULL REFERENCES search_alert(id) ON DELETE CASCADE,
    found_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,
    notification_id bigint REFERENCES notification(id) ON DELETE SET NULL,  -- the line that tells of it
    mailed_at timestamptz,                    -- a mail named it, or was not to
    PRIMARY KEY (actor_id, listing_id)
);
CREATE INDEX alert_find_alert ON alert_find (alert_id, listing_id DESC);
CREATE INDEX alert_find_listing ON alert_find (listing_id);
CREATE INDEX alert_find_notification ON alert_find (notification_id) WHERE notification_id IS NOT NULL;
CREATE INDEX alert_find_untold ON alert_find (found_at) WHERE told_at IS NULL;
CREATE INDEX alert_find_unmailed ON alert_find (actor_id) WHERE told_at IS NOT NULL AND mailed_at IS NULL;

-- Listings that are still to be held against alerts. An edit tells those whose alert was there before the listing, and
-- those for whose words it was not before.
CREATE TABLE unmatched_listing (
    post_id bigint PRIMARY KEY REFERENCES listing(post_id) ON DELETE CASCADE,
    edited boolean NOT NULL,
    words_before tsvector,                    -- of what was edited, before the first of its edits that wait
    since timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION queue_for_alerts(listing_id bigint, only_edited boolean, words_before tsvector) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO unmatched_listing (post_id, edited, words_before) VALUES ($1, $2, $3)
    ON CONFLICT (post_id) DO UPDATE SET edited = unmatched_listing.edited AND excluded.edited
$$;
COMMENT ON FUNCTION queue_for_alerts(bigint, boolean, tsvector) IS
    'A listing is held against all alerts soon: new ones, and those that stand again, whatever made them do so; of '
    'those that are edited their words before are kept, since whoever watches for those has found them.';

CREATE FUNCTION queue_listing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_ARGV[0] = 'edited' THEN
        PERFORM queue_for_alerts(NEW.post_id, true, OLD.search);
    ELSE
        PERFORM queue_for_alerts(NEW.post_id, false, NULL);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION queue_listing() IS
    'What is published, opened again or changed is held against alerts; a trigger, since listings come in, from here '
    'and from elsewhere, by many ways.';
CREATE TRIGGER listing_new AFTER INSERT ON listing FOR EACH ROW EXECUTE FUNCTION queue_listing('new');
COMMENT ON TRIGGER listing_new ON listing IS 'What is published is held against alerts, see `queue_listing`.';
CREATE TRIGGER listing_opened AFTER UPDATE OF status ON listing FOR EACH ROW
    WHEN (is_open_status(NEW.status) AND NOT is_open_status(OLD.status)) EXECUTE FUNCTION queue_listing('new');
COMMENT ON TRIGGER listing_opened ON listing IS 'What is to be had again is held against alerts, see `queue_listing`.';
CREATE TRIGGER listing_edited AFTER UPDATE ON listing FOR EACH ROW
    WHEN (is_open_status(NEW.status) AND (NEW.kind, NEW.mode, NEW.title, NEW.description, NEW.category,
            NEW.territory_uri, NEW.commune_code, NEW.postcode, NEW.latitude, NEW.longitude)
        IS DISTINCT FROM (OLD.kind, OLD.mode, OLD.title, OLD.description, OLD.category,
            OLD.territory_uri, OLD.commune_code, OLD.postcode, OLD.latitude, OLD.longitude))
    EXECUTE FUNCTION queue_listing('edited');
COMMENT ON TRIGGER listing_edited ON listing IS
    'What says something else now is held against alerts that were there before it or that it did not fit, see '
    '`queue_listing`.';

CREATE FUNCTION queue_photo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM queue_for_alerts(l.post_id, true, l.search) FROM listing l WHERE l.post_id = NEW.post_id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION queue_photo() IS
    'A listing that gets a photo is held against alerts: some want those with a photo alone.';
CREATE TRIGGER photo_added AFTER INSERT ON media FOR EACH ROW
    WHEN (NEW.post_id IS NOT NULL) EXECUTE FUNCTION queue_photo();
COMMENT ON TRIGGER photo_added ON media IS
    'A listing that comes with a photo, or gets one from elsewhere, is held against alerts, see `queue_photo`.';
CREATE TRIGGER photo_attached AFTER UPDATE OF post_id ON media FOR EACH ROW
    WHEN (NEW.post_id IS NOT NULL AND NEW.post_id IS DISTINCT FROM OLD.post_id) EXECUTE FUNCTION queue_photo();
COMMENT ON TRIGGER photo_attached ON media IS
    'A listing that gets a photo is held against alerts, see `queue_photo`.';

CREATE FUNCTION queue_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM queue_for_alerts(NEW.id, false, NULL);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION queue_post() IS
    'What was held, hidden or waited for its host to be let in is held against alerts once it stands in lists.';
CREATE TRIGGER post_stands AFTER UPDATE OF audience ON post FOR EACH ROW
    WHEN (NEW.kind = 'listing' AND NEW.audience IN ('network', 'coop', 'territories')
        AND OLD.audience NOT IN ('network', 'coop', 'territories'))
    EXECUTE FUNCTION queue_post();
COMMENT ON TRIGGER post_stands ON post IS
    'A listing that stands in lists at last is held against alerts, see `queue_post`.';

CREATE FUNCTION queue_listings_of_author() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM queue_for_alerts(l.post_id, false, NULL) FROM post p JOIN listing l ON l.post_id = p.id
    WHERE p.author_id = NEW.id AND p.deleted_at IS NULL AND is_open_status(l.status);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION queue_listings_of_author() IS
    'The open listings of whoever is back, or no more suspended or limited, are held against alerts: until then they '
    'were in no list.';
CREATE TRIGGER author_back AFTER UPDATE OF away_until, suspended_at, limited_at ON actor FOR EACH ROW
    WHEN (OLD.away_until IS NOT NULL AND NEW.away_until IS NULL
        OR OLD.suspended_at IS NOT NULL AND NEW.suspended_at IS NULL
        OR OLD.limited_at IS NOT NULL AND NEW.limited_at IS NULL)
    EXECUTE FUNCTION queue_listings_of_author();
COMMENT ON TRIGGER author_back ON actor IS
    'What somebody offers who is back is held against alerts, see `queue_listings_of_author`.';

-- What members want to be told of by what they offer and seek, without having asked for it in words.
CREATE TABLE match_choice (
    actor_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    needs boolean NOT NULL DEFAULT false,     -- somebody near seeks what she offers
    offers boolean NOT NULL DEFAULT false,    -- somebody near offers what she seeks
    shown boolean NOT NULL DEFAULT true,      -- what she seeks is told to those who offer it and want to be told
    radius integer NOT NULL DEFAULT 10 CHECK (radius BETWEEN 1 AND 100),  -- km
    by_mail boolean NOT NULL DEFAULT true
);

-- Whom a listing was told to because it fits one of hers: each once.
CREATE TABLE match_told (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    listing_id bigint NOT NULL REFERENCES listing(post_id) ON DELETE CASCADE,
    own_id bigint NOT NULL REFERENCES listing(post_id) ON DELETE CASCADE,  -- what it fits
    found_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,
    notification_id bigint REFERENCES notification(id) ON DELETE SET NULL,
    mailed_at timestamptz,
    PRIMARY KEY (actor_id, listing_id)
);
CREATE INDEX match_told_listing ON match_told (listing_id);
CREATE INDEX match_told_own ON match_told (own_id);
CREATE INDEX match_told_notification ON match_told (notification_id) WHERE notification_id IS NOT NULL;
CREATE INDEX match_told_untold ON match_told (found_at) WHERE told_at IS NULL;
CREATE INDEX match_told_unmailed ON match_told (actor_id) WHERE told_at IS NOT NULL AND mailed_at IS NULL;

-- The words of a title that say what it is about, without those that say that somebody seeks or gives.
CREATE FUNCTION title_words(kind text, title text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ts_delete(to_tsvector('fr', fold_plurals(CASE WHEN kind = 'repair_call' THEN 'réparation vélo'
            ELSE title END)),
        tsvector_to_array(to_tsvector('fr', 'cherche recherche cherchons besoin urgent prêt prête prêter emprunt
            emprunte emprunter donne donner don vends vente vendre échange échanger propose proposer loue louer')))
$$;
COMMENT ON FUNCTION title_words(text, text) IS
    'What a listing is about, by the words of its title: an offer fits a need where they share them. A bike that has '
    'broken down needs a repair, whatever is broken.';

CREATE FUNCTION join_words(words tsvector, operator text) RETURNS tsquery LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_agg('''' || replace(replace(word.lexeme, '\', '\\'), '''', '''''') || '''', operator)::tsquery
    FROM unnest(words) AS word
$$;
COMMENT ON FUNCTION join_words(tsvector, text) IS
    'All or any of these words as something to look for; NULL for none, which finds nothing.';

ALTER TABLE notification
    DROP CONSTRAINT notification_type_check,
    ADD CONSTRAINT notification_type_check CHECK (type IN ('mention', 'status', 'reblog', 'follow', 'follow_request',
        'favourite', 'poll', 'update', 'move', 'quote', 'admin.report', 'admin.sign_up', 'sign_up', 'coop_follow',
        'report_settled', 'repair_call', 'sign_up_message', 'held_post', 'second_asked', 'appeal', 'handed_over',
        'decision', 'decision_ended', 'appeal_answered', 'post_held', 'post_released', 'documents',
        'invitation_used', 'letters_waiting', 'servers_stuck', 'mails_stuck', 'chores_failing', 'backup_overdue',
        'saved_search', 'match', 'reserve_next', 'listing_ended'));

-- A listing that an alert found is told like a post of somebody whom one follows: read in an app, hidden when limited.
CREATE OR REPLACE VIEW shown_notification AS
    SELECT n.id, n.recipient_id, n.type, n.actor_id, n.post_id, n.created_at, n.read_at FROM notification n
    WHERE EXISTS (SELECT FROM actor a WHERE a.id = n.actor_id AND a.suspended_at IS NULL
            AND (a.limited_at IS NULL OR a.id = n.recipient_id
                OR n.type NOT IN ('mention', 'status', 'reblog', 'follow', 'favourite', 'quote', 'poll', 'update',
                    'repair_call', 'saved_search', 'match')
                OR EXISTS (SELECT FROM follow f WHERE f.follower_id = n.recipient_id AND f.followed_id = a.id
                    AND f.state = 'accepted')
                OR EXISTS (SELECT FROM exchange e WHERE e.owner_id = n.recipient_id AND e.partner_id = a.id)
                OR EXISTS (SELECT FROM exchange e WHERE e.partner_id = n.recipient_id AND e.owner_id = a.id)))
        AND (n.post_id IS NULL OR NOT EXISTS (SELECT FROM post p WHERE p.id = n.post_id AND p.hidden_at IS NOT NULL
            AND p.author_id <> n.recipient_id OFFSET 0))
        AND NOT EXISTS (SELECT FROM barred b WHERE b.reader_id = n.recipient_id AND b.author_id = n.actor_id OFFSET 0)
        AND NOT EXISTS (SELECT FROM mute m WHERE m.actor_id = n.recipient_id AND m.target_id = n.actor_id
            AND m.notifications AND (m.until IS NULL OR m.until > now()));

CREATE OR REPLACE VIEW listed_notification AS
    SELECT n.id, n.recipient_id, n.type, n.actor_id, n.post_id, n.created_at,
        n.read_at IS NULL AND (n.type NOT IN ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite',
                'poll', 'update', 'quote', 'admin.report', 'admin.sign_up', 'repair_call', 'saved_search', 'match')
            OR n.id > coalesce((SELECT last_read_id FROM marker
                WHERE marker.actor_id = n.recipient_id AND timeline = 'notifications'), 0)) AS unread
    FROM shown_notification n
    WHERE NOT (n.type = 'mention' AND (
        EXISTS (SELECT FROM exchange_message m WHERE m.post_id = n.post_id)
        OR EXISTS (SELECT FROM thanks t WHERE t.post_id = n.post_id AND t.thanked_id = n.recipient_id)
        OR EXISTS (SELECT FROM exchange_notice x WHERE x.post_id = n.post_id)));
