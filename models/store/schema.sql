-- The schema as all migrations together make it: written by `make schema`, to be read and never to be changed by hand.
-- What changes the schema is a new file in migrations/; what rows they put in or changed stands there alone.
-- Tables stand in the order in which they were made. Those of PgQueuer (pgqueuer…) are described in its own documents.

SET check_function_bodies = off;

-- Extensions and search -----------------------------------------------------------------------------------------------

CREATE EXTENSION IF NOT EXISTS unaccent;

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- French words without their accents: « été » is found by "ete".
CREATE TEXT SEARCH CONFIGURATION fr (COPY = french);

ALTER TEXT SEARCH CONFIGURATION fr
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;

-- Types ---------------------------------------------------------------------------------------------------------------

CREATE TYPE pgqueuer_status AS ENUM ('queued', 'picked', 'successful', 'exception', 'canceled', 'deleted', 'failed');

-- Functions that tables, views and others need ------------------------------------------------------------------------

CREATE FUNCTION domains_of(host text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    found text[] := ARRAY[host];
    rest text := CASE WHEN strpos(host, ':') > 0 THEN regexp_replace(host, ':\d+$', '') ELSE host END;
    dot integer;
BEGIN
    IF rest = '' OR rest IS NULL THEN
        RETURN found;
    END IF;
    LOOP
        found := found || rest;
        dot := strpos(rest, '.');
        EXIT WHEN dot = 0;
        rest := substr(rest, dot + 1);
    END LOOP;
    RETURN found;
END
$$;
COMMENT ON FUNCTION domains_of(text) IS
    'A host and every domain above it, with and without its port, because what is decided about one of them counts '
    'for it; used by views and functions of the same rule.';

CREATE FUNCTION fold(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(public.unaccent('public.unaccent', value));
COMMENT ON FUNCTION fold(text) IS
    'A text in small letters without accents, for searching and comparing; IMMUTABLE, unlike unaccent(), because '
    'indexes are built with it.';

CREATE FUNCTION fold_plurals(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN regexp_replace(regexp_replace(value, '([aiouâàîïôûùü])s\M', '\1', 'gi'), '(eu|ou|eau)x\M', '\1', 'gi');
COMMENT ON FUNCTION fold_plurals(text) IS
    'Takes off the plurals that the French stemmer leaves (vélos, clous, jeux), in what is looked through and in '
    'what is asked for; the column `listing.search` is generated with it.';

CREATE FUNCTION is_unpublished(actor_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM account a
        WHERE a.actor_id = $1 AND (a.confirmed_at IS NULL OR a.waits_since IS NOT NULL)
            AND NOT EXISTS (SELECT FROM repair_passer_by w WHERE w.actor_id = $1 AND w.listing_id IS NOT NULL))
        OR EXISTS (SELECT FROM community c WHERE c.actor_id = $1 AND c.hidden)
$$;
COMMENT ON FUNCTION is_unpublished(bigint) IS
    'Whether this is a member who has not confirmed her address or waits to be let in, somebody who passes by and '
    'has published nothing yet, or a hidden community: others, here and elsewhere, are answered as if there were '
    'none, which is another thing than being suspended.';

CREATE FUNCTION is_welcome(host text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT $1 = '' OR NOT coalesce(bool_or(s.level = 'aside'), false) AND (
        coalesce(bool_or(s.level = 'friend' OR s.listed), false)
        OR coalesce((SELECT value <> 'true'::jsonb FROM preference WHERE key = 'limited_federation'), true))
    FROM server s WHERE s.host = ANY (domains_of($1))
$$;
COMMENT ON FUNCTION is_welcome(text) IS
    'Whether the cooperative deals with this host: never when it or a domain above it is set aside, else always, or '
    'only friends and listed ones where federation is limited; a trigger asks it too.';

CREATE FUNCTION may_have_private(host text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT NOT EXISTS (SELECT FROM server s WHERE s.no_private AND s.host = ANY (domains_of($1)))
$$;
COMMENT ON FUNCTION may_have_private(text) IS
    'Whether private things may be sent to this host, which is not so once it or a domain above it was marked as '
    'one that shows them; statements that hold and free deliveries ask it.';

CREATE FUNCTION repair_word_rank(author_id bigint, repairer_id bigint, cyclist_id bigint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
    WHEN author_id = repairer_id THEN 0
    WHEN author_id IS NOT NULL AND author_id IS DISTINCT FROM cyclist_id THEN 1
    ELSE 2 END;
COMMENT ON FUNCTION repair_word_rank(bigint, bigint, bigint) IS
    'Whose word about a repair counts first: who repaired it, somebody for the shop, then the cyclist.';

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

-- Tables, with their indexes ------------------------------------------------------------------------------------------

CREATE TABLE migration (
    name text PRIMARY KEY,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE commune (
    code text PRIMARY KEY,      -- INSEE code; a former commune that gave its code to a new one has a D after it
    name text NOT NULL,
    search_name text NOT NULL,  -- folded by models/places/places.fold_name, a space before each word
    postcodes text[] NOT NULL,  -- its own first, then those of the commune that it is part of
    department text NOT NULL,   -- codes, as in the official list
    region text NOT NULL,
    epci_code text,
    epci_name text,
    population integer NOT NULL DEFAULT 0,
    latitude double precision,
    longitude double precision,
    precision text NOT NULL,    -- exact, namesake, parent, postcode, epci, department: see models/data/README.md
    parent_code text,           -- of a delegated or associated commune, or a district
    kind text NOT NULL          -- commune, delegated, associated, district
);
CREATE INDEX commune_epci ON commune (epci_code);
CREATE INDEX commune_name ON commune USING gin (search_name gin_trgm_ops);
CREATE INDEX commune_place ON commune (latitude, longitude);
CREATE INDEX commune_postcodes ON commune USING gin (postcodes);

-- Which edition of the data that comes with the software is loaded.
CREATE TABLE shipped_data (
    name text PRIMARY KEY,
    edition text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE actor (
    id bigint PRIMARY KEY,
    uri text NOT NULL UNIQUE,
    type text NOT NULL CHECK (type IN ('Person', 'Group', 'Organization', 'Application', 'Service')),
    local boolean NOT NULL,
    username text NOT NULL,
    host text NOT NULL,                       -- A-label, with its port where not the default; ours for local actors
    name text NOT NULL DEFAULT '',
    summary text NOT NULL DEFAULT '',         -- cleaned HTML
    url text NOT NULL,                        -- the page for people
    inbox text NOT NULL,
    shared_inbox text,
    outbox text,
    followers_uri text,
    following_uri text,
    featured_uri text,
    icon_media_id bigint,
    image_media_id bigint,
    locked boolean NOT NULL DEFAULT false,
    discoverable boolean NOT NULL DEFAULT true,
    indexable boolean NOT NULL DEFAULT true,
    fields jsonb NOT NULL DEFAULT '[]',       -- [{"name": …, "value": cleaned HTML}]
    also_known_as text[] NOT NULL DEFAULT '{}',
    moved_to text,
    moved_at timestamptz,
    implements text[] NOT NULL DEFAULT '{}',
    territory_uri text,                       -- the coop actor to whose territory this one belongs
    category text,                            -- of a Group: the IRI of what it announces
    place_name text,
    postcode text,
    commune_code text,
    latitude double precision,
    longitude double precision,
    radius integer,
    raw jsonb,                                -- the document as received; NULL for local actors
    published_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    fetched_at timestamptz,
    suspended_at timestamptz,
    deleted_at timestamptz,
    gone_since timestamptz,                   -- first 410 from the actor itself (HT8)
    -- People of hosts that are not welcome are suspended with them, and come back with them: everything that hides a
    -- suspended person hides them, and nothing of theirs is lost.
    suspended_with_server boolean NOT NULL DEFAULT false,
    -- A 410 and a 404 are counted apart: the first ends a follow after a day, the second after thirty (HT8).
    missing_since timestamptz,
    featured_at timestamptz,                  -- When the pinned posts of somebody elsewhere were last asked for.
    -- A person's account that is looked after by a program; others see the type Service.
    automatic boolean NOT NULL DEFAULT false,
    away_until timestamptz,                   -- her offers rest until that moment
    street text,                              -- of an organization that shows its address; never of a person
    hours jsonb,                              -- when a place is open, as models/people/opening_hours writes it
    limited_at timestamptz,
    excluded_at timestamptz,
    -- Whose own server says that she is suspended: she is hidden here until it says otherwise.
    suspended_at_home boolean NOT NULL DEFAULT false
);
CREATE INDEX actor_away ON actor (away_until) WHERE away_until IS NOT NULL AND local;
CREATE INDEX actor_guest ON actor (id) WHERE host = '';
CREATE UNIQUE INDEX actor_handle ON actor (lower(username), host) WHERE deleted_at IS NULL;
CREATE INDEX actor_host ON actor (host);
CREATE INDEX actor_icon ON actor (icon_media_id) WHERE icon_media_id IS NOT NULL;
CREATE INDEX actor_image ON actor (image_media_id) WHERE image_media_id IS NOT NULL;
CREATE INDEX actor_inbox ON actor (inbox) WHERE NOT local;
CREATE INDEX actor_local ON actor (lower(username)) WHERE local;
CREATE INDEX actor_name ON actor USING gin (fold((username || ' ') || name) gin_trgm_ops);
CREATE INDEX actor_organization ON actor (id) WHERE type = 'Organization';   -- cooperatives, among many people

-- Public keys: ours and the cache of others'.
CREATE TABLE public_key (
    uri text PRIMARY KEY,                  -- the key id with its fragment
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    algorithm text NOT NULL CHECK (algorithm IN ('rsa', 'ed25519')),
    pem text NOT NULL,                     -- SPKI
    fetched_at timestamptz NOT NULL DEFAULT now(),
    -- When a key was last looked at anew because a signature did not hold; the first look at it does not count.
    refetched_at timestamptz,
    -- Since when all keys of somebody elsewhere are those that they are: a server made again of a backup has the keys
    -- that it had before. NULL: at the latest since they were fetched.
    held_since timestamptz DEFAULT now()
);
CREATE INDEX public_key_actor ON public_key (actor_id);

CREATE TABLE private_key (
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    algorithm text NOT NULL CHECK (algorithm IN ('rsa', 'ed25519')),
    uri text NOT NULL,
    pem bytea NOT NULL,  -- PKCS8, encrypted when the instance has a key file
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor_id, algorithm)
);

-- Nonces of signatures (RFC 9421), as hashes of key id and nonce: each is good for one request.
CREATE TABLE used_nonce (
    nonce bytea PRIMARY KEY,
    forget_at timestamptz NOT NULL
);

-- A username is never given out again, even after the account is gone.
CREATE TABLE used_username (
    username text PRIMARY KEY,
    used_at timestamptz NOT NULL DEFAULT now(),
    -- A name that is taken because another server spoke of it after a restoration: which one. The team may give it
    -- back.
    told_by text,
    given_back_at timestamptz
);

CREATE TABLE account (
    actor_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,
    email text NOT NULL,
    password_hash text,
    language text NOT NULL DEFAULT 'fr',
    confirmed_at timestamptz,
    disabled_at timestamptz,
    -- The exact place stays in this row, is read by its owner only and joined by no public query.
    exact_latitude double precision,
    exact_longitude double precision,
    default_commune_code text,
    last_seen_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    default_audience text NOT NULL DEFAULT 'network' CHECK (default_audience IN ('network', 'unlisted', 'followers',
        'direct')),
    default_sensitive boolean NOT NULL DEFAULT false,
    default_language text,                    -- of what they write; NULL: the one in which they read
    mail_refused_at timestamptz,              -- her mail provider says that there is no such address
    phone text NOT NULL DEFAULT '',
    -- The same for what a member writes from now on.
    default_quote_policy text NOT NULL DEFAULT 'public' CHECK (default_quote_policy IN ('public', 'followers',
        'nobody')),
    -- Roles are no ladder any more: somebody may hold several. The ladder becomes what each of its steps could do, and
    -- nobody loses a right; a member is who holds none.
    roles text[] NOT NULL DEFAULT '{}' CHECK (roles <@ ARRAY['welcome', 'moderator', 'keeper', 'admin']),
    -- Somebody asked to join and waits for a yes: she may look around, save and draft.
    waits_since timestamptz,
    -- Until when this member may go on without having accepted what she is asked for; NULL: nothing is asked.
    documents_due_at timestamptz,
    -- Somebody without any account calls for help with her bike: a person of ours for this one call, who has no
    -- password and comes by a private link alone. Her call is a listing like any other, and so are its answers.
    passing boolean NOT NULL DEFAULT false,
    -- The account of a local authority, such as a town hall: it follows, publishes and reads the figures. It lets
    -- nobody in, so it holds no role.
    authority boolean NOT NULL DEFAULT false,
    CONSTRAINT account_authority_without_roles CHECK (NOT authority OR roles = '{}'::text[])
);
CREATE INDEX account_created ON account (created_at);
CREATE UNIQUE INDEX account_email ON account (lower(email));
-- The home of the cooperative counts the last weeks, and names who looks after it: of ten years and thousands of
-- members only those are read.
CREATE INDEX account_team ON account (actor_id) WHERE roles <> '{}'::text[];
CREATE INDEX account_waits ON account (waits_since) WHERE waits_since IS NOT NULL;

CREATE TABLE session (
    token_hash bytea PRIMARY KEY,             -- SHA-256 of the cookie's random token
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    csrf_token text NOT NULL,
    user_agent text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    confirmed_at timestamptz,                 -- when the password was last asked for again
    -- Whether somebody came in by a link in a mail or by a passkey: who does so just now is not asked for her password
    -- before what cannot be undone. Of those who are logged in already nobody knows, so that they are asked.
    without_password boolean NOT NULL DEFAULT false
);
CREATE INDEX session_actor ON session (actor_id);

-- One-time links: log-in, address confirmation, new password, first-run wizard.
CREATE TABLE one_time_link (
    token_hash bytea PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('login', 'confirm', 'password', 'setup')),
    actor_id bigint REFERENCES account(actor_id) ON DELETE CASCADE,
    email text,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

-- Tries at log-in and the like, per account and per network address, both hashed. Short-lived.
CREATE TABLE attempt (
    key_hash bytea PRIMARY KEY,
    tries integer NOT NULL,
    ends_at timestamptz NOT NULL
);

CREATE TABLE token (
    id bigint PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    actor_id bigint REFERENCES account(actor_id) ON DELETE CASCADE,
    application_name text NOT NULL DEFAULT '',
    application_website text,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    revoked_at timestamptz,
    application_id bigint,
    grant_id bigint
);
CREATE INDEX token_actor ON token (actor_id);
CREATE INDEX token_application ON token (application_id);
CREATE INDEX token_grant ON token (grant_id);

CREATE TABLE follow (
    id bigint PRIMARY KEY,
    uri text UNIQUE,                        -- of the Follow activity
    follower_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    followed_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected')),
    shares boolean NOT NULL DEFAULT true,   -- show what they share in my home
    notify boolean NOT NULL DEFAULT false,  -- tell me of each of their posts
    created_at timestamptz NOT NULL DEFAULT now(),
    answered_at timestamptz,
    -- In which languages somebody wants to read those whom she follows; NULL: in all of them.
    languages text[],
    -- A follow that was lost by a restoration and stands again because the other side had said yes: she is told so.
    taken_up_at timestamptz,
    UNIQUE (follower_id, followed_id)
);
CREATE INDEX follow_followed ON follow (followed_id, state);
CREATE INDEX follow_follower ON follow (follower_id, state) INCLUDE (followed_id, shares);
CREATE INDEX follow_languages ON follow (follower_id, followed_id) WHERE languages IS NOT NULL;

CREATE TABLE block (
    id bigint PRIMARY KEY,
    uri text UNIQUE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, target_id)
);
CREATE INDEX block_target ON block (target_id);

-- What every post shares, whether a listing or an ordinary note: one id space, so that one timeline, one favourite, one
-- reply and one attachment serve both. A listing has a second row in `listing`.
CREATE TABLE post (
    id bigint PRIMARY KEY,                    -- by time of arrival, also for what was published long ago elsewhere
    uri text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('note', 'listing', 'notice')),
    local boolean NOT NULL,
    author_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    url text NOT NULL,
    -- network is Public in `to`, unlisted Public in `cc`; coop never leaves the server; territories are the followers
    -- of the author and the coop actors of friend cooperatives.
    audience text NOT NULL CHECK (audience IN ('network', 'unlisted', 'coop', 'territories', 'followers', 'direct',
        'author', 'community')),
    content text NOT NULL DEFAULT '',         -- cleaned HTML, as shown
    source text NOT NULL DEFAULT '',          -- what a local author typed
    warning text NOT NULL DEFAULT '',         -- content warning
    sensitive boolean NOT NULL DEFAULT false,
    language text,
    application text,                         -- the client that it was written with, where one says so
    in_reply_to_uri text,
    in_reply_to_id bigint REFERENCES post(id) ON DELETE SET NULL,
    context_uri text,
    root_id bigint,                           -- the first post of the thread, where known
    to_uris text[] NOT NULL DEFAULT '{}',
    cc_uris text[] NOT NULL DEFAULT '{}',
    raw jsonb,                                -- the object as received; NULL for local posts
    published_at timestamptz NOT NULL,
    updated_at timestamptz,                   -- of the last edit, as the author's server tells it
    received_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,                   -- a tombstone stays for local posts (OB1)
    -- What a note of ours thanks for, on the wire: the id of an economic event. Others' say so in `raw`, and count only
    -- here:
    thanks_for text,
    -- The website of the app that a status was written with, as it said when it was registered: apps show it.
    application_website text,
    -- Hidden by the team or held before it was ever published: its author and the team alone read it.
    hidden_at timestamptz,
    hidden_audience text,
    withheld boolean NOT NULL DEFAULT false,  -- those elsewhere who have it were told that it is put away
    -- What stays inside a community: its members read it, and nobody else. A post whose community is gone is its
    -- author's.
    community_id bigint,
    CONSTRAINT post_community CHECK (community_id IS NULL OR COALESCE(hidden_audience, audience) = 'community')
);
-- How much a stranger answered lately is counted, whether it was taken back or not.
CREATE INDEX post_answer_from_elsewhere ON post (author_id, received_at)
    WHERE NOT local AND kind <> 'notice' AND in_reply_to_id IS NOT NULL;
CREATE INDEX post_at_home ON post (author_id, id DESC)
    WHERE deleted_at IS NULL AND in_reply_to_uri IS NULL AND (audience NOT IN ('direct', 'author', 'community'));
CREATE INDEX post_author ON post (author_id, id DESC) INCLUDE (audience) WHERE deleted_at IS NULL;
CREATE INDEX post_changed ON post (updated_at)
    WHERE local AND kind = 'listing' AND deleted_at IS NULL AND updated_at IS NOT NULL;
CREATE INDEX post_community ON post (community_id, author_id) WHERE community_id IS NOT NULL;
CREATE INDEX post_hidden ON post (author_id) WHERE hidden_at IS NOT NULL;
-- The UUID at the end of our own pages (/annonces/UUID, /@NAME/UUID): some clients take it for the status's id.
CREATE INDEX post_page ON post ("right"(url, 36)) WHERE local AND deleted_at IS NULL;
-- Public timelines show what answers nothing: from everywhere, from here, from elsewhere.
CREATE INDEX post_public ON post (id DESC)
    WHERE audience = 'network' AND deleted_at IS NULL AND in_reply_to_uri IS NULL;
CREATE INDEX post_public_local ON post (id DESC)
    WHERE audience = 'network' AND deleted_at IS NULL AND in_reply_to_uri IS NULL AND local;
CREATE INDEX post_public_remote ON post (id DESC)
    WHERE audience = 'network' AND deleted_at IS NULL AND in_reply_to_uri IS NULL AND NOT local;
CREATE INDEX post_reply ON post (in_reply_to_id) WHERE in_reply_to_id IS NOT NULL;
CREATE INDEX post_reply_uri ON post (in_reply_to_uri) WHERE in_reply_to_id IS NULL AND in_reply_to_uri IS NOT NULL;
CREATE INDEX post_root ON post (root_id) WHERE root_id IS NOT NULL;
CREATE INDEX post_untold ON post (author_id) WHERE local AND (hidden_at IS NOT NULL) <> withheld;
CREATE INDEX post_url ON post (url);   -- pages are asked for by it, and search boxes
CREATE INDEX post_withdrawn ON post (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX post_writer ON post (author_id);

CREATE TABLE listing (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('offer', 'request', 'repair_call')),
    mode text NOT NULL CHECK (mode IN ('gift', 'loan', 'swap', 'sale', 'service', 'repair', 'other')),
    title text NOT NULL,
    description text NOT NULL DEFAULT '',     -- cleaned HTML of the text alone, without title, place and tags
    category text,                            -- slug of models/listings/categories
    category_uri text,                        -- as received; unknown ones keep their IRI
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'reserved', 'fulfilled', 'cancelled', 'expired',
        'paused')),
    closed_reason text CHECK (closed_reason IN ('here', 'elsewhere')),
    stream_uri text,                          -- the Group that announces it
    territory_uri text,                       -- the coop actor
    place_name text,
    postcode text,
    commune_code text,
    latitude double precision,                -- blurred: centre of a 500 m cell, or of the commune
    longitude double precision,
    radius integer,                           -- metres
    condition text,
    quantity numeric NOT NULL DEFAULT 1,
    unit text NOT NULL DEFAULT 'one',
    available_quantity numeric,
    unit_based boolean NOT NULL DEFAULT false,
    price numeric,                            -- of a sale
    currency text,
    free_price boolean NOT NULL DEFAULT false,
    wants text,                               -- what is hoped for in return, in words
    reciprocal jsonb,                         -- the intent as received
    deposit numeric,
    max_duration text,                        -- ISO 8601 duration
    begins_at timestamptz,                    -- the wanted window
    ends_at timestamptz,
    expires_at timestamptz,
    repair jsonb,                             -- {"bike_type", "interventions", "wheel_size", "rideable", "urgency"}
    points integer CHECK (points >= 0),       -- asked for among members of this cooperative; never leaves
    first_come boolean NOT NULL DEFAULT false,  -- the first who asks gets it; else its author chooses
    calendar_uri text,                        -- where a listing from elsewhere tells when it is not to be had
    search tsvector NOT NULL,
    author_id bigint NOT NULL,                -- of its post
    found_by text NOT NULL CHECK (found_by IN ('everybody', 'some', 'nobody')),  -- see who_finds; kept by triggers
    -- Meetings are listings with a second row: what is found, read, answered, hidden and withdrawn like a listing, and
    -- has besides a day, a place to come to and seats. Events from elsewhere were kept as listings alone.
    meeting boolean NOT NULL DEFAULT false,
    slots_uri text,                           -- where it is told at which times appointments are to be had
    subcategory text,
    CONSTRAINT listing_subcategory_of_category CHECK (split_part(subcategory, '.', 1) = category)
);
CREATE INDEX listing_category ON listing (category, post_id DESC) WHERE status IN ('open', 'reserved');
CREATE INDEX listing_commune ON listing (commune_code, post_id DESC) WHERE status IN ('open', 'reserved');
CREATE INDEX listing_ends ON listing (expires_at, post_id DESC) WHERE status IN ('open', 'reserved');
CREATE INDEX listing_expiry ON listing (expires_at) WHERE status IN ('open', 'reserved', 'paused');
CREATE INDEX listing_meeting ON listing (post_id) WHERE meeting AND (status IN ('open', 'reserved'));
CREATE INDEX listing_open ON listing (post_id DESC) WHERE status IN ('open', 'reserved');
CREATE INDEX listing_place ON listing (latitude, longitude) WHERE status IN ('open', 'reserved');
-- The nearest first, without looking at all. Longitudes count as in the middle of France; who reads corrects it.
CREATE INDEX listing_point ON listing USING gist (point(longitude * 0.7::double precision, latitude))
    WHERE status IN ('open', 'reserved');
CREATE INDEX listing_repair_call ON listing (post_id) WHERE kind = 'repair_call' AND status = 'open';
CREATE INDEX listing_search ON listing USING gin (search);
CREATE INDEX listing_subcategory ON listing (subcategory, post_id DESC) WHERE subcategory IS NOT NULL;
CREATE INDEX listing_territory ON listing (territory_uri, post_id DESC);

CREATE TABLE post_tag (
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    tag text NOT NULL,   -- folded: "offrelomme"
    name text NOT NULL,  -- as shown: "OffreLomme"
    PRIMARY KEY (tag, post_id)
);
CREATE INDEX post_tag_post ON post_tag (post_id);

-- Who is mentioned in, or addressed by, a post.
CREATE TABLE mention (
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    silent boolean NOT NULL DEFAULT false,  -- addressed without being named in the text
    PRIMARY KEY (post_id, actor_id)
);
CREATE INDEX mention_actor ON mention (actor_id, post_id DESC);

CREATE TABLE media (
    id bigint PRIMARY KEY,
    post_id bigint REFERENCES post(id) ON DELETE CASCADE,
    owner_id bigint REFERENCES actor(id) ON DELETE CASCADE,
    position smallint NOT NULL DEFAULT 0,
    type text NOT NULL DEFAULT 'image' CHECK (type IN ('image', 'gifv', 'video', 'audio', 'unknown')),
    mime_type text NOT NULL DEFAULT 'image/jpeg',
    description text NOT NULL DEFAULT '',
    width integer,
    height integer,
    focus_x real,
    focus_y real,
    blurhash text,
    file_key text,              -- in the media store: ours, or the cached copy of a remote picture
    thumbnail_key text,
    byte_size integer,
    remote_url text,            -- NULL for ours
    fetched_at timestamptz,
    read_at timestamptz,        -- the cache forgets the longest unread first
    failed_at timestamptz,
    failure text,
    created_at timestamptz NOT NULL DEFAULT now(),
    duration double precision,  -- seconds
    measures jsonb NOT NULL DEFAULT '{}',
    poster_url text,            -- of a film or sound from elsewhere: the picture that stands for it
    likeness bigint,            -- How a picture looks, in 64 bits: two that look alike differ in few.
    -- A browser that did not hear that a photo arrived sends it again under the same key: it is the same photo.
    upload_key text
);
CREATE INDEX media_cached ON media (read_at) WHERE remote_url IS NOT NULL AND file_key IS NOT NULL;
-- Whether a picture may be shown is asked by the key in its address.
CREATE INDEX media_file ON media (file_key) WHERE file_key IS NOT NULL;
CREATE INDEX media_orphan ON media (created_at) WHERE post_id IS NULL AND remote_url IS NULL;
CREATE INDEX media_owner ON media (owner_id);
CREATE INDEX media_post ON media (post_id, "position");
CREATE UNIQUE INDEX media_remote ON media (post_id, remote_url) WHERE remote_url IS NOT NULL;
CREATE INDEX media_thumbnail ON media (thumbnail_key) WHERE thumbnail_key IS NOT NULL;
CREATE UNIQUE INDEX media_upload_key ON media (owner_id, upload_key) WHERE upload_key IS NOT NULL;

-- Files whose row is gone, however it went: a chore removes them from the store.
CREATE TABLE unused_file (
    key text PRIMARY KEY,
    unused_at timestamptz NOT NULL DEFAULT now()
);

-- What a client asked for with an Idempotency-Key: the same key gives the same post, also in parallel.
CREATE TABLE idempotency (
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    key text NOT NULL,
    post_id bigint REFERENCES post(id) ON DELETE CASCADE,  -- NULL only while its transaction runs
    created_at timestamptz NOT NULL DEFAULT now(),
    -- The same key gives the same answer, also where that is a status to come.
    scheduled_id bigint,
    PRIMARY KEY (actor_id, key)
);
CREATE INDEX idempotency_post ON idempotency (post_id);

CREATE TABLE favourite (
    id bigint PRIMARY KEY,
    uri text UNIQUE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, post_id)
);
CREATE INDEX favourite_actor ON favourite (actor_id, id DESC);
CREATE INDEX favourite_post ON favourite (post_id);

CREATE TABLE share (
    id bigint PRIMARY KEY,  -- the id of the wrapping status in Mastodon's API
    uri text UNIQUE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, post_id)
);
CREATE INDEX share_actor ON share (actor_id, id DESC);
CREATE INDEX share_post ON share (post_id);

CREATE TABLE notification (
    id bigint PRIMARY KEY,
    recipient_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    type text NOT NULL CHECK (type IN ('posts_returned', 'shutdown', 'shutdown_over', 'territory_proposed',
        'territory_answered', 'coop_friendship', 'bike_asked', 'mention', 'status', 'reblog', 'follow',
        'follow_request', 'favourite', 'poll', 'update', 'move', 'quote', 'admin.report', 'admin.sign_up', 'sign_up',
        'coop_follow', 'report_settled', 'repair_call', 'sign_up_message', 'held_post', 'second_asked', 'appeal',
        'handed_over', 'decision', 'decision_ended', 'appeal_answered', 'post_held', 'post_released', 'documents',
        'invitation_used', 'letters_waiting', 'servers_stuck', 'mails_stuck', 'chores_failing', 'backup_overdue',
        'saved_search', 'match', 'reserve_next', 'listing_ended', 'community_asked', 'community_accepted',
        'community_refused', 'community_invited', 'community_charter', 'community_removed', 'community_role',
        'community_unmanaged', 'community_hold_asked', 'community_hold_answered', 'community_moved', 'community_report',
        'community_hidden', 'community_shown')),
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    post_id bigint REFERENCES post(id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at timestamptz,
    report_id bigint,
    sign_up_id bigint,  -- goes with the request, once it is answered
    case_id bigint,
    decision_id bigint,
    CONSTRAINT notification_once UNIQUE NULLS NOT DISTINCT (recipient_id, type, actor_id, post_id, report_id,
        sign_up_id, case_id, decision_id)
);
CREATE INDEX notification_actor ON notification (actor_id);
CREATE INDEX notification_held_case ON notification (case_id) WHERE type = 'held_post';
CREATE INDEX notification_of_case ON notification (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX notification_of_decision ON notification (decision_id) WHERE decision_id IS NOT NULL;
CREATE INDEX notification_post ON notification (post_id);
-- Who reacted to one thing of hers, the newest first: pages tell of the first hundred together.
CREATE INDEX notification_reaction ON notification (recipient_id, post_id, type, id DESC)
    WHERE type IN ('favourite', 'reblog');
CREATE INDEX notification_read ON notification (id) WHERE read_at IS NOT NULL;
CREATE INDEX notification_recipient ON notification (recipient_id, id DESC);
CREATE INDEX notification_report ON notification (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX notification_sign_up ON notification (sign_up_id) WHERE sign_up_id IS NOT NULL;
-- Looked at every few minutes, so that nobody is told of what is settled.
CREATE INDEX notification_trouble ON notification (type)
    WHERE type IN ('letters_waiting', 'servers_stuck', 'mails_stuck', 'chores_failing', 'backup_overdue');
-- What is new to somebody is counted on every page.
CREATE INDEX notification_unread ON notification (recipient_id, id DESC) WHERE read_at IS NULL;

-- Every activity of ours, verbatim: what is delivered is what is served.
CREATE TABLE activity (
    id bigint PRIMARY KEY,
    uri text NOT NULL UNIQUE,
    type text NOT NULL,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    object_uri text,
    public boolean NOT NULL,
    body text NOT NULL,  -- the JSON as it is signed, byte for byte
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX activity_actor ON activity (actor_id);
CREATE INDEX activity_object ON activity (object_uri);
CREATE INDEX activity_outbox ON activity (actor_id, id DESC) WHERE public;
CREATE INDEX activity_passed_on ON activity (id)
    WHERE object_uri IS NULL AND (type IN ('Announce', 'Create', 'Delete', 'Update'));
CREATE INDEX activity_passing ON activity (id) WHERE type IN ('Accept', 'Like', 'Reject', 'Undo', 'Update');

CREATE TABLE received (
    id bigint PRIMARY KEY,
    activity_uri text NOT NULL,
    body_hash bytea NOT NULL,                 -- SHA-256; the same id with another body is processed (decisions.md)
    type text NOT NULL,
    actor_uri text NOT NULL,
    host text NOT NULL,
    body bytea NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'ignored', 'failed', 'held')),
    attempts smallint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    claimed_by uuid,
    claimed_until timestamptz,
    error text,
    received_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    -- How often the worker that held an activity died without a word: one that kills whoever processes it is found by
    -- it.
    deaths smallint NOT NULL DEFAULT 0,
    -- Whose turn it is among what came in: a server that sends much at once lets those pass that send little.
    turn timestamptz NOT NULL DEFAULT now(),
    UNIQUE (activity_uri, body_hash)
);
CREATE INDEX received_failed ON received (host, id) WHERE state = 'failed';
CREATE INDEX received_held ON received (host, id) WHERE state = 'held';
-- What one server sent lately, for « Pourquoi ne vois-je pas cette annonce ? ».
CREATE INDEX received_host ON received (host, id);
CREATE INDEX received_lane ON received (actor_uri, id) WHERE finished_at IS NULL;
CREATE INDEX received_old ON received (finished_at) WHERE state <> 'waiting';
CREATE INDEX received_suspect ON received (id) WHERE state = 'waiting' AND deaths > 0;
CREATE INDEX received_turn ON received (turn, id) WHERE state = 'waiting';

CREATE TABLE delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- by the database, since the fan-out is one statement
    activity_id bigint NOT NULL REFERENCES activity(id) ON DELETE CASCADE,
    actor_id bigint NOT NULL,                 -- who signs
    inbox text NOT NULL,
    personal_inbox text,                      -- tried once when a shared inbox answers 404 or 410 (HT5)
    host text NOT NULL,
    priority smallint NOT NULL DEFAULT 1,     -- 0: people named in it, 1: followers
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed', 'held', 'cancelled')),
    attempts smallint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    claimed_by uuid,
    claimed_until timestamptz,
    last_status smallint,
    error text,                               -- the cause in plain words
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    cause text,                               -- as server.failure_cause
    requeued_at timestamptz,                  -- somebody asked to send it again: the schedule starts anew
    private boolean NOT NULL DEFAULT false,
    UNIQUE (activity_id, inbox)
);
CREATE INDEX delivery_arrived ON delivery (host, finished_at) WHERE state = 'done';
CREATE INDEX delivery_failed ON delivery (host, id) WHERE state = 'failed';
CREATE INDEX delivery_held ON delivery (host) WHERE state = 'held';
CREATE INDEX delivery_lane ON delivery (host, actor_id, private, id) WHERE state = 'waiting';
CREATE INDEX delivery_next ON delivery (due_at, priority, id) WHERE state = 'waiting' AND due_at IS NOT NULL;

-- Other servers: what we know of them and how they do.
CREATE TABLE server (
    host text PRIMARY KEY,
    level text NOT NULL DEFAULT 'reader' CHECK (level IN ('friend', 'reader', 'aside')),
    software text,
    software_version text,
    name text,                                -- as its NodeInfo tells
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_in_at timestamptz,
    last_out_at timestamptz,                  -- last success
    last_failure_at timestamptz,
    failure text,                             -- the cause in plain words
    failing_days date[] NOT NULL DEFAULT '{}',
    unavailable_since timestamptz,
    probe_at timestamptz,
    signature_scheme text CHECK (signature_scheme IN ('cavage', 'rfc9421')),
    signature_scheme_until timestamptz,
    listed boolean NOT NULL DEFAULT false,    -- let in while the federation is restricted
    note text NOT NULL DEFAULT '',            -- for those who run the cooperative
    public_reason text NOT NULL DEFAULT '',   -- for everybody
    level_at timestamptz,                     -- when somebody last decided about it
    released_at timestamptz,                  -- what strangers of it wrote need not be held any more
    latency_ms integer,                       -- how long it takes to accept a delivery: a moving figure
    clock_seconds integer,                    -- by how much its clock is ahead of ours, by the Date of its answers
    clock_at timestamptz,
    failure_cause text,                       -- federation.errors.Cause of `failure`, for pages to translate
    failing_inboxes text[] NOT NULL DEFAULT '{}',  -- the success of one of these ends the failure (HT7)
    paused_at timestamptz,                    -- an administrator holds its deliveries
    holding boolean NOT NULL GENERATED ALWAYS AS (((unavailable_since IS NOT NULL) OR (paused_at IS NOT NULL))) STORED,
    no_private boolean NOT NULL DEFAULT false,
    woken_at timestamptz,
    sounded_at timestamptz,
    slow_since timestamptz                    -- since when latency_ms is long without a break
);
CREATE INDEX server_level_at ON server (level_at) WHERE level_at IS NOT NULL;
CREATE INDEX server_no_private ON server (host) WHERE no_private;

-- What was deleted, and what was undone before it came (AX4, AX9). Forgotten after their time.
CREATE TABLE tombstone (
    uri text NOT NULL,
    reason text NOT NULL CHECK (reason IN ('deleted', 'undone')),
    actor_uri text NOT NULL,  -- who says so: one word each, so that nobody's keeps another's from counting
    forget_at timestamptz NOT NULL,
    PRIMARY KEY (uri, actor_uri)
);

-- Addresses that could not be fetched, so that they are not asked again at once (SG17, B-14).
CREATE TABLE failed_fetch (
    uri text PRIMARY KEY,
    error text NOT NULL,
    retry boolean NOT NULL,
    until timestamptz NOT NULL
);

CREATE TABLE report (
    id bigint PRIMARY KEY,
    uri text UNIQUE,
    reporter_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    target_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    object_uris text[] NOT NULL DEFAULT '{}',
    content text NOT NULL DEFAULT '',
    local boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    category text NOT NULL DEFAULT 'other' CHECK (category IN ('spam', 'legal', 'violation', 'other')),
    forwarded boolean NOT NULL DEFAULT false,
    extracts jsonb NOT NULL DEFAULT '[]',     -- [{"uri", "title", "text"}]: plain text, cut
    target_name text NOT NULL DEFAULT '',     -- stays where the reported account is gone
    reporter_email text,                      -- a visitor's, where she gave one
    reporter_language text NOT NULL DEFAULT 'fr',
    closed_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    note text NOT NULL DEFAULT '',            -- for the team alone
    answer text NOT NULL DEFAULT '',          -- read by whoever reported
    reminded_at timestamptz,                  -- when administrators were, since nobody had settled it
    case_id bigint,
    reporter_name text NOT NULL DEFAULT '',   -- a visitor's, where she gave one
    law text NOT NULL DEFAULT '',             -- why it is held to be against the law
    times integer NOT NULL DEFAULT 1,         -- how often the same person reported the same thing
    changed_at timestamptz NOT NULL DEFAULT now(),
    -- Which rules of the cooperative a report names, by number and as they read then: [{"number", "text"}].
    rules jsonb NOT NULL DEFAULT '[]',
    -- When whoever reported said something last: what she adds to an older report was not read with it.
    said_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX report_case ON report (case_id);
CREATE INDEX report_closed ON report (closed_at DESC, id DESC) WHERE closed_at IS NOT NULL;
CREATE INDEX report_closed_by ON report (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX report_open ON report (id) WHERE closed_at IS NULL;
CREATE INDEX report_reporter ON report (reporter_id, id DESC);
CREATE INDEX report_target ON report (target_id);
CREATE INDEX report_visitor ON report (lower(reporter_email)) WHERE reporter_email IS NOT NULL;

-- Settings that the cooperative edits in the web interface: name, charter, modes, territory…
CREATE TABLE preference (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Each worker says that it is alive; /readyz and the administrators read it.
CREATE TABLE heartbeat (
    worker uuid PRIMARY KEY,
    role text NOT NULL,
    beat_at timestamptz NOT NULL DEFAULT now(),
    failing text[] NOT NULL DEFAULT '{}'   -- What a worker starts again and again: it lives, and yet does not do this.
);

CREATE TABLE pgqueuer (
    id bigserial PRIMARY KEY,
    priority integer NOT NULL,
    queue_manager_id uuid,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    heartbeat timestamptz NOT NULL DEFAULT now(),
    execute_after timestamptz NOT NULL DEFAULT now(),
    status pgqueuer_status NOT NULL,
    entrypoint text NOT NULL,
    dedupe_key text,
    payload bytea,
    headers jsonb,
    attempts integer NOT NULL DEFAULT 0,
    slot bigint
);
CREATE INDEX pgqueuer_ep_ea_idx ON pgqueuer (entrypoint, execute_after) WHERE status = 'queued'::pgqueuer_status;
CREATE INDEX pgqueuer_ep_prio_id_idx ON pgqueuer (entrypoint, priority DESC, id)
    WHERE status = 'queued'::pgqueuer_status;
CREATE INDEX pgqueuer_picked_heartbeat_idx ON pgqueuer (heartbeat) WHERE status = 'picked'::pgqueuer_status;
CREATE UNIQUE INDEX pgqueuer_picked_slot_idx ON pgqueuer (entrypoint, slot)
    WHERE status = 'picked'::pgqueuer_status AND slot IS NOT NULL;
CREATE INDEX pgqueuer_priority_id_id1_idx ON pgqueuer (priority, id DESC) INCLUDE (id)
    WHERE status = 'queued'::pgqueuer_status;
CREATE INDEX pgqueuer_queue_manager_id_idx ON pgqueuer (queue_manager_id) WHERE queue_manager_id IS NOT NULL;
CREATE UNIQUE INDEX pgqueuer_unique_dedupe_key ON pgqueuer (dedupe_key)
    WHERE (status = ANY (ARRAY['queued'::pgqueuer_status, 'picked'::pgqueuer_status])) AND dedupe_key IS NOT NULL;
CREATE INDEX pgqueuer_updated_id_id1_idx ON pgqueuer (updated, id DESC) INCLUDE (id)
    WHERE status = 'picked'::pgqueuer_status;

CREATE TABLE pgqueuer_log (
    id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    created timestamptz NOT NULL DEFAULT now(),
    job_id bigint NOT NULL,
    status pgqueuer_status NOT NULL,
    priority integer NOT NULL,
    entrypoint text NOT NULL,
    traceback jsonb,
    aggregated boolean DEFAULT false
);
CREATE INDEX pgqueuer_log_created ON pgqueuer_log (created);
CREATE INDEX pgqueuer_log_job_id_status ON pgqueuer_log (job_id, created DESC);
CREATE INDEX pgqueuer_log_not_aggregated ON pgqueuer_log ((1)) WHERE NOT aggregated;
CREATE INDEX pgqueuer_log_status ON pgqueuer_log (status);

CREATE TABLE pgqueuer_schedules (
    id bigserial PRIMARY KEY,
    expression text NOT NULL,
    entrypoint text NOT NULL,
    heartbeat timestamptz NOT NULL DEFAULT now(),
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    next_run timestamptz NOT NULL DEFAULT now(),
    last_run timestamptz,
    status pgqueuer_status DEFAULT 'queued',
    UNIQUE (expression, entrypoint)
);

CREATE TABLE pgqueuer_statistics (
    id bigserial PRIMARY KEY,
    created timestamptz NOT NULL DEFAULT date_trunc('sec', now()),
    count bigint NOT NULL,
    priority integer NOT NULL,
    status pgqueuer_status NOT NULL,
    entrypoint text NOT NULL
);
CREATE UNIQUE INDEX pgqueuer_statistics_unique_count ON pgqueuer_statistics (priority, date_trunc('sec', timezone('UTC',
    created)), status, entrypoint);

-- Requests per client and five minutes. Lost in a crash without harm, hence not in the write-ahead log.
CREATE UNLOGGED TABLE request_count (
    window_start timestamptz NOT NULL,
    key_hash bytea NOT NULL,  -- SHA-256 of the bearer token or of the network address
    requests integer NOT NULL,
    PRIMARY KEY (window_start, key_hash)
);

-- Whoever came to the door while the federation was restricted. Nobody is verified here: these are names.
CREATE TABLE access_request (
    host text PRIMARY KEY,
    requests bigint NOT NULL,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX access_request_last ON access_request (last_at);

CREATE TABLE mute (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    notifications boolean NOT NULL DEFAULT true,  -- not told of what they do either
    until timestamptz,                        -- NULL: for good
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, target_id)
);
CREATE INDEX mute_target ON mute (target_id);

-- A whole server, for one person.
CREATE TABLE domain_block (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    domain text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, domain)
);

CREATE TABLE territory (
    host text PRIMARY KEY,
    domain text NOT NULL,                     -- registrable (models/domains): one entry each
    seed boolean NOT NULL DEFAULT false,      -- typed by an administrator: where the crawl begins
    -- our own word for it; counts and is published while its server is a friend
    vouched_at timestamptz,
    removed_at timestamptz,                   -- taken off the map by an administrator: not visited any more
    spam boolean NOT NULL DEFAULT false,      -- and for spam: who vouched for it was struck
    depth smallint NOT NULL DEFAULT 0,        -- how many lists lie between us and it
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    visit_at timestamptz NOT NULL DEFAULT now(),
    visited_at timestamptz,
    proven_at timestamptz,                    -- last signed visit that found all in order
    problem text DEFAULT 'not_visited',       -- models/servers/directory/values.Reason of the last visit; NULL: none
    cause text,                               -- federation.errors.Cause, where it did not answer
    actor_uri text,                           -- the coop; what follows is as it was last proven
    name text NOT NULL DEFAULT '',
    place_name text NOT NULL DEFAULT '',
    latitude double precision,
    longitude double precision,
    radius integer,
    area_km double precision,                 -- from the nearest commune of France
    proposals integer NOT NULL DEFAULT 0,     -- open ones inside its area, as far as they were looked at
    offers integer NOT NULL DEFAULT 0,
    requests integer NOT NULL DEFAULT 0,
    repair_calls integer NOT NULL DEFAULT 0,
    open_proposals integer NOT NULL DEFAULT 0,  -- as it counts them itself
    accepted_at timestamptz,                  -- on the map since
    reason text DEFAULT 'not_visited',        -- models/servers/directory/values.Reason that holds it back
    hop smallint NOT NULL DEFAULT 0,
    silent boolean NOT NULL DEFAULT false,
    vouchers text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX territory_domain ON territory (domain);
CREATE INDEX territory_due ON territory (depth, visit_at) WHERE removed_at IS NULL;

CREATE TABLE territory_vouch (
    voucher text NOT NULL,
    host text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),  -- when we first saw it: what it says itself may be backdated
    PRIMARY KEY (voucher, host)
);
CREATE INDEX territory_vouch_host ON territory_vouch (host);

-- Which vouches brought whom on the map: three a month each.
CREATE TABLE territory_credit (
    voucher text NOT NULL,
    host text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (voucher, host, at)
);

-- Who vouched for what was found to be spam.
CREATE TABLE territory_strike (
    voucher text NOT NULL,
    host text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (voucher, host)
);

CREATE TABLE backfill (
    actor_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,
    since timestamptz NOT NULL,         -- nothing older is fetched
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    found integer NOT NULL DEFAULT 0,   -- how many entries there are to look at
    looked integer NOT NULL DEFAULT 0,  -- how many were looked at
    kept integer NOT NULL DEFAULT 0,    -- how many are here now that were not
    error text,                         -- the cause, as pages explain it
    asked_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE INDEX backfill_state ON backfill (state) WHERE state IN ('waiting', 'running');

-- When this instance last lived: one row. After a longer absence, what was missed is fetched.
CREATE TABLE last_alive (
    one boolean DEFAULT true PRIMARY KEY CHECK (one),
    at timestamptz NOT NULL
);

-- What those who watch a stream have to be told of, for some minutes. Written with the fact itself; each process that
-- serves streams reads what was committed since it last looked (models/store/background/stream_events.py). A crash of
-- the database empties the table and ends the streams anyway, hence not in the write-ahead log.
CREATE UNLOGGED TABLE stream_event (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),  -- of the transaction that wrote it: says when it became visible
    kind text NOT NULL CHECK (kind IN ('post', 'edit', 'share', 'delete', 'notification', 'filters')),
    object_id bigint NOT NULL,                -- of the post, the share, the notification, or of whose filters changed
    reader_ids bigint[],                      -- the only ones of ours who may know of a deletion; NULL: anybody may
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX stream_event_xid ON stream_event (xid);

CREATE TABLE bookmark (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, post_id)
);
CREATE INDEX bookmark_actor ON bookmark (actor_id, id DESC);
CREATE INDEX bookmark_post ON bookmark (post_id);

CREATE TABLE list (
    id bigint PRIMARY KEY,
    owner_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    title text NOT NULL,
    replies_policy text NOT NULL DEFAULT 'list' CHECK (replies_policy IN ('followed', 'list', 'none')),
    exclusive boolean NOT NULL DEFAULT false,  -- its people are read here, and not in the home timeline
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX list_owner ON list (owner_id, id);

-- Whoever is followed no longer leaves the lists by that.
CREATE TABLE list_member (
    id bigint PRIMARY KEY,
    list_id bigint NOT NULL REFERENCES list(id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    follow_id bigint NOT NULL REFERENCES follow(id) ON DELETE CASCADE,
    UNIQUE (list_id, actor_id)
);
CREATE INDEX list_member_actor ON list_member (actor_id);
CREATE INDEX list_member_follow ON list_member (follow_id);

CREATE TABLE followed_tag (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    tag text NOT NULL,  -- folded, as in post_tag
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, tag)
);
CREATE INDEX followed_tag_tag ON followed_tag (tag);

CREATE TABLE featured_tag (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    tag text NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, tag)
);

CREATE TABLE marker (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    timeline text NOT NULL CHECK (timeline IN ('home', 'notifications')),
    last_read_id bigint NOT NULL,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor_id, timeline)
);

CREATE TABLE filter (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    title text NOT NULL,
    context text[] NOT NULL,  -- of home, notifications, public, thread, account
    action text NOT NULL CHECK (action IN ('warn', 'hide', 'blur')),
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX filter_actor ON filter (actor_id, id);

CREATE TABLE filter_keyword (
    id bigint PRIMARY KEY,
    filter_id bigint NOT NULL REFERENCES filter(id) ON DELETE CASCADE,
    keyword text NOT NULL,
    whole_word boolean NOT NULL
);
CREATE INDEX filter_keyword_filter ON filter_keyword (filter_id, id);

CREATE TABLE filter_status (
    id bigint PRIMARY KEY,
    filter_id bigint NOT NULL REFERENCES filter(id) ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    UNIQUE (filter_id, post_id)
);
CREATE INDEX filter_status_post ON filter_status (post_id);

-- A thread of private notes among the same people, as one of them sees it.
CREATE TABLE conversation (
    id bigint PRIMARY KEY,
    owner_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    root_id bigint NOT NULL,            -- post.root_id of its notes
    participant_ids bigint[] NOT NULL,  -- in order, without the owner
    last_post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    unread boolean NOT NULL,
    UNIQUE (owner_id, root_id, participant_ids)
);
CREATE INDEX conversation_last ON conversation (last_post_id);
CREATE INDEX conversation_owner ON conversation (owner_id, last_post_id DESC);

CREATE TABLE conversation_post (
    conversation_id bigint NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    PRIMARY KEY (conversation_id, post_id)
);
CREATE INDEX conversation_post_post ON conversation_post (post_id);

CREATE TABLE application (
    id bigint PRIMARY KEY,
    client_id text NOT NULL UNIQUE,
    secret_hash bytea NOT NULL,
    name text NOT NULL,
    website text,
    redirect_uris text[] NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz   -- when it last got a token
);

-- One "yes" of one person to one application: the code that tells it, and all tokens that come of it.
CREATE TABLE access_grant (
    id bigint PRIMARY KEY,
    application_id bigint NOT NULL REFERENCES application(id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    scopes text[] NOT NULL,
    redirect_uri text NOT NULL,
    code_hash bytea NOT NULL UNIQUE,
    challenge text,  -- of PKCE, S256
    created_at timestamptz NOT NULL DEFAULT now(),
    redeemed_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX access_grant_actor ON access_grant (actor_id);
CREATE INDEX access_grant_application ON access_grant (application_id);

-- Each is used once, for a new pair; one that comes twice ends the grant.
CREATE TABLE refresh_token (
    token_hash bytea PRIMARY KEY,
    grant_id bigint NOT NULL REFERENCES access_grant(id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz
);
CREATE INDEX refresh_token_grant ON refresh_token (grant_id);

CREATE TABLE post_version (
    id bigint PRIMARY KEY,
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    content text NOT NULL,
    warning text NOT NULL,
    sensitive boolean NOT NULL,
    media jsonb NOT NULL,             -- [{"id": …, "description": …}] as they hung on it
    options jsonb,                    -- the names of a poll's options
    written_at timestamptz NOT NULL   -- when this version began to stand
);
CREATE INDEX post_version_post ON post_version (post_id, id);

CREATE TABLE pin (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    post_id bigint NOT NULL UNIQUE REFERENCES post(id) ON DELETE CASCADE,  -- only its author pins a post
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX pin_actor ON pin (actor_id, id DESC);

CREATE TABLE thread_mute (
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    root_id bigint NOT NULL,  -- the first post of the thread
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor_id, root_id)
);

CREATE TABLE scheduled_status (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    scheduled_at timestamptz NOT NULL,
    wish jsonb NOT NULL,  -- what the client sent, checked
    media_ids bigint[] NOT NULL DEFAULT '{}',
    application text,
    created_at timestamptz NOT NULL DEFAULT now(),
    application_website text
);
CREATE INDEX scheduled_status_actor ON scheduled_status (actor_id, id DESC);
CREATE INDEX scheduled_status_due ON scheduled_status (scheduled_at);

-- A note that began with #offre and the like: the page that publishes listings begins with what it says.
CREATE TABLE listing_draft (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    note_id bigint UNIQUE REFERENCES post(id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('offer', 'request', 'repair_call')),
    created_at timestamptz NOT NULL DEFAULT now(),
    title text NOT NULL DEFAULT '',
    fields jsonb,                             -- [[name, typed]], in the order of the form
    media_ids bigint[] NOT NULL DEFAULT '{}',  -- photos that it keeps from being forgotten
    updated_at timestamptz NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    writer text,                              -- the page that typed it last: the same page never makes two drafts
    CONSTRAINT listing_draft_begins CHECK ((note_id IS NULL) <> (fields IS NULL))
);
CREATE INDEX listing_draft_actor ON listing_draft (actor_id, id DESC);
CREATE UNIQUE INDEX listing_draft_writer ON listing_draft (actor_id, writer) WHERE writer IS NOT NULL;

CREATE TABLE sign_up (
    id bigint PRIMARY KEY,
    username text NOT NULL UNIQUE,
    email text NOT NULL,
    password_hash text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    commune_code text,
    asked_at timestamptz NOT NULL DEFAULT now(),
    reminded_at timestamptz,
    actor_id bigint UNIQUE REFERENCES account(actor_id) ON DELETE CASCADE,  -- NULL: asked before this was so
    confirmed_at timestamptz,                 -- she followed the link in the mail to her address
    answers jsonb NOT NULL DEFAULT '[]',      -- [{"question", "words"}], as they were asked
    to_confirm boolean NOT NULL DEFAULT false  -- a mail was sent to her address
);
CREATE UNIQUE INDEX sign_up_email ON sign_up (lower(email));

CREATE TABLE unattended (
    since timestamptz DEFAULT now() PRIMARY KEY,
    until timestamptz   -- a moderator is back
);
CREATE UNIQUE INDEX unattended_now ON unattended ((until IS NULL)) WHERE until IS NULL;

CREATE TABLE totp (
    actor_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    secret bytea NOT NULL,                -- encrypted when the instance has a key file
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0   -- the half minute of the last code that was taken: none is taken twice
);

CREATE TABLE passkey (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    credential_id bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz
);
CREATE INDEX passkey_actor ON passkey (actor_id);

CREATE TABLE recovery_code (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    PRIMARY KEY (actor_id, code_hash)
);

-- What is half done for a few minutes: a log-in that lacks its second proof, a challenge that a passkey has to sign.
CREATE TABLE login_step (
    token_hash bytea PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('second', 'passkey', 'register')),
    actor_id bigint REFERENCES account(actor_id) ON DELETE CASCADE,
    challenge bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    without_password boolean NOT NULL DEFAULT false
);
CREATE INDEX login_step_actor ON login_step (actor_id);

CREATE TABLE poll (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    multiple boolean NOT NULL,
    options text[] NOT NULL,
    votes integer[] NOT NULL,                 -- of each option
    voters integer,
    ends_at timestamptz,
    closed_at timestamptz,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,                      -- when those who voted here were told that it is over
    -- Polls of our own: figures that may stay hidden until the end, and an id for each vote that counts once.
    hide_totals boolean NOT NULL DEFAULT false
);
CREATE INDEX poll_untold ON poll (ends_at) WHERE told_at IS NULL;

CREATE TABLE poll_vote (
    post_id bigint NOT NULL REFERENCES poll(post_id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    choice smallint NOT NULL,
    uri text NOT NULL,  -- of the Note that told it
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (post_id, actor_id, choice)
);
CREATE INDEX poll_vote_actor ON poll_vote (actor_id);
CREATE UNIQUE INDEX poll_vote_uri ON poll_vote (uri);

-- A private note about somebody, read by its writer only.
CREATE TABLE account_note (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    text text NOT NULL,
    PRIMARY KEY (actor_id, target_id)
);
CREATE INDEX account_note_target ON account_note (target_id);

CREATE TABLE push_subscription (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- apps keep it in 32 bits
    token_id bigint NOT NULL UNIQUE REFERENCES token(id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    endpoint text NOT NULL,
    p256dh text NOT NULL,                     -- the app's public key and its secret, base64url as it sent them
    auth text NOT NULL,
    standard boolean NOT NULL,                -- RFC 8291; otherwise its draft, which older apps read
    policy text NOT NULL CHECK (policy IN ('all', 'followed', 'follower', 'none')),
    alerts text[] NOT NULL,                   -- types of notifications
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX push_subscription_actor ON push_subscription (actor_id);

CREATE TABLE instance_key (
    name text PRIMARY KEY,
    pem bytea NOT NULL,  -- PKCS8, encrypted when the instance has a key file
    created_at timestamptz NOT NULL DEFAULT now()
);

-- One thread between the owner of a listing and one other person.
CREATE TABLE exchange (
    id bigint PRIMARY KEY,
    listing_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    owner_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    partner_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    last_id bigint NOT NULL,                  -- of its newest message or event: by it lists are sorted
    owner_read_id bigint NOT NULL DEFAULT 0,  -- read marks never leave the server
    partner_read_id bigint NOT NULL DEFAULT 0,
    owner_muted boolean NOT NULL DEFAULT false,
    partner_muted boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (listing_id, partner_id),
    CONSTRAINT exchange_check CHECK (owner_id <> partner_id)
);
CREATE INDEX exchange_owner ON exchange (owner_id, last_id DESC);
CREATE INDEX exchange_partner ON exchange (partner_id, last_id DESC);

-- Private notes under the listing between the two.
CREATE TABLE exchange_message (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    exchange_id bigint NOT NULL REFERENCES exchange(id) ON DELETE CASCADE
);
CREATE INDEX exchange_message_exchange ON exchange_message (exchange_id, post_id DESC);

CREATE TABLE agreement (
    id bigint PRIMARY KEY,
    exchange_id bigint NOT NULL REFERENCES exchange(id) ON DELETE CASCADE,
    listing_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    owner_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    partner_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    uri text UNIQUE,                          -- of the Agreement, once the owner's server gave it one
    request_uri text NOT NULL UNIQUE,         -- of the Offer with which it began
    offer_uri text NOT NULL,                  -- of the Offer that is on the table
    proposed_by bigint NOT NULL REFERENCES actor(id),  -- whose terms these are
    state text NOT NULL CHECK (state IN ('requested', 'countered', 'agreed', 'done', 'refused', 'withdrawn',
        'cancelled', 'expired')),
    quantity numeric NOT NULL DEFAULT 1 CHECK (quantity > 0::numeric),
    unit text NOT NULL DEFAULT 'one',
    begins_at timestamptz,
    ends_at timestamptz,
    place text NOT NULL DEFAULT '',
    in_return text NOT NULL DEFAULT '',       -- what is given for it, in words
    amount numeric,                           -- and in money, where it has a price
    currency text,
    points integer,                           -- between members of this cooperative only
    note text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',          -- why it ended, in the words of whoever ended it
    accepted_uri text,                        -- the partner's yes, while the owner's server has not confirmed it
    held_until timestamptz,                   -- an answer is waited for until then
    owner_reported_at timestamptz,
    partner_reported_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL,          -- by the authority's clock, always rising
    agreed_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT agreement_check CHECK (ends_at IS NULL OR begins_at < ends_at)
);
CREATE INDEX agreement_agreed ON agreement (agreed_at) WHERE agreed_at IS NOT NULL;
CREATE INDEX agreement_begin ON agreement (begins_at) WHERE state = 'agreed';
CREATE INDEX agreement_done ON agreement (ended_at) WHERE state = 'done';
CREATE INDEX agreement_end ON agreement (ends_at) WHERE state = 'agreed';
CREATE INDEX agreement_exchange ON agreement (exchange_id, id DESC);
CREATE INDEX agreement_held ON agreement (held_until) WHERE state IN ('requested', 'countered');
CREATE INDEX agreement_live_held ON agreement USING gist (tstzrange(begins_at, ends_at))
    WHERE (state IN ('requested', 'countered', 'agreed')) AND begins_at IS NOT NULL AND ends_at IS NOT NULL;
-- All of a listing's, since what is done counts for what is left.
CREATE INDEX agreement_of_listing ON agreement (listing_id, state);
-- What is agreed with somebody, by when it begins: her own calendar reads it, and whoever leaves takes it along.
CREATE INDEX agreement_owner ON agreement (owner_id, begins_at);
-- What is asked for or settled, by either side: looked for on every list of one's exchanges, however many have ended.
CREATE INDEX agreement_owner_live ON agreement (owner_id) WHERE state IN ('requested', 'countered', 'agreed');
CREATE INDEX agreement_partner ON agreement (partner_id, begins_at);
CREATE INDEX agreement_partner_live ON agreement (partner_id) WHERE state IN ('requested', 'countered', 'agreed');
-- What is spoken for: agreed, and not done yet.
CREATE INDEX agreement_points_owner ON agreement (owner_id) WHERE state = 'agreed' AND points > 0;
CREATE INDEX agreement_points_partner ON agreement (partner_id) WHERE state = 'agreed' AND points > 0;
CREATE INDEX agreement_proposer ON agreement (proposed_by);
-- How many exchanges both sides confirm stands on each profile.
CREATE INDEX agreement_verified_owner ON agreement (owner_id)
    WHERE owner_reported_at IS NOT NULL AND partner_reported_at IS NOT NULL;
CREATE INDEX agreement_verified_partner ON agreement (partner_id)
    WHERE owner_reported_at IS NOT NULL AND partner_reported_at IS NOT NULL;

-- Every Offer that was made on the way, by which answers are matched with what they answer.
CREATE TABLE agreement_offer (
    uri text PRIMARY KEY,
    agreement_id bigint NOT NULL REFERENCES agreement(id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX agreement_offer_actor ON agreement_offer (actor_id);
CREATE INDEX agreement_offer_agreement ON agreement_offer (agreement_id);

-- What the two report as done. A loan goes out and comes back; everything else is done once.
CREATE TABLE economic_event (
    id bigint PRIMARY KEY,
    uri text NOT NULL UNIQUE,
    agreement_id bigint NOT NULL REFERENCES agreement(id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,  -- who reports it
    step text NOT NULL CHECK (step IN ('out', 'back', 'done')),
    happened_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agreement_id, actor_id, step)
);
CREATE INDEX economic_event_actor ON economic_event (actor_id);

-- What happened in a thread besides messages, as it is shown there; never sent as such.
CREATE TABLE exchange_event (
    id bigint PRIMARY KEY,
    exchange_id bigint NOT NULL REFERENCES exchange(id) ON DELETE CASCADE,
    agreement_id bigint REFERENCES agreement(id) ON DELETE CASCADE,
    actor_id bigint REFERENCES actor(id) ON DELETE CASCADE,  -- NULL: the clock
    kind text NOT NULL CHECK (kind IN ('requested', 'countered', 'accepted', 'agreed', 'refused', 'withdrawn',
        'cancelled', 'expired', 'out', 'back', 'done', 'verified', 'begins_soon', 'ends_soon', 'returned', 'forgotten',
        'last_call', 'contact', 'thanked', 'said', 'explained', 'unheard', 'asked_again', 'stopped', 'resumed',
        'read_by_team', 'listing_ended', 'reserve_asked', 'reserve_joined', 'reserve_left', 'reserve_next',
        'reserve_passed', 'reserve_closed', 'reserve_freed', 'reserve_lapsed', 'reserve_past', 'reserve_refused',
        'unreported', 'noted')),
    details jsonb NOT NULL DEFAULT '{}',      -- the terms at that moment, as models/exchanges/agreements writes them
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX exchange_event_actor ON exchange_event (actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX exchange_event_agreement ON exchange_event (agreement_id, kind) WHERE agreement_id IS NOT NULL;
CREATE INDEX exchange_event_exchange ON exchange_event (exchange_id, id DESC);
CREATE UNIQUE INDEX exchange_event_once_each ON exchange_event (agreement_id, kind)
    WHERE kind IN ('verified', 'begins_soon', 'ends_soon', 'returned', 'forgotten', 'last_call');
-- Reminders that are still to be told in words, by day, to somebody whose server reads no agreements.
CREATE INDEX exchange_event_owed ON exchange_event (id) WHERE details ? 'owed';

-- Days on which the owner keeps it to herself; those of agreements are not repeated here.
CREATE TABLE unavailability (
    id bigint PRIMARY KEY,
    listing_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT unavailability_check CHECK (begins_at < ends_at)
);
CREATE INDEX unavailability_held ON unavailability USING gist (tstzrange(begins_at, ends_at)) INCLUDE (listing_id,
    begins_at, ends_at);
CREATE INDEX unavailability_listing ON unavailability (listing_id, ends_at);

-- Links by which somebody without an account here answers terms: they name one Offer, act once, and last a week.
CREATE TABLE agreement_link (
    token_hash bytea PRIMARY KEY,
    agreement_id bigint NOT NULL REFERENCES agreement(id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,  -- who may answer by it
    offer_uri text NOT NULL,                  -- to these terms and no others
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX agreement_link_actor ON agreement_link (actor_id);
CREATE INDEX agreement_link_agreement ON agreement_link (agreement_id);
CREATE INDEX agreement_link_expiry ON agreement_link (expires_at);

CREATE TABLE points_movement (
    id bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('joining', 'monthly', 'deposit', 'taken_back', 'exchange', 'correction',
        'departure')),
    member_id bigint REFERENCES actor(id),  -- whom it concerns, where the cooperative is the other side
    month date,                             -- the first day of the month that is given for
    listing_id bigint,
    listing_key bytea,                      -- by which the same object is known again without keeping its title
    agreement_id bigint,
    reason text NOT NULL DEFAULT '',
    by_id bigint REFERENCES actor(id),      -- the administrator who corrected
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT points_movement_check CHECK ((kind = 'exchange') = (member_id IS NULL)),
    CONSTRAINT points_movement_check1 CHECK ((kind = 'exchange') = (agreement_id IS NOT NULL)),
    CONSTRAINT points_movement_check2 CHECK ((kind = 'monthly') = (month IS NOT NULL)),
    CONSTRAINT points_movement_check3 CHECK ((kind IN ('deposit', 'taken_back')) = (listing_id IS NOT NULL)),
    CONSTRAINT points_movement_check4 CHECK ((kind = 'correction') = (by_id IS NOT NULL)),
    CONSTRAINT points_movement_check5 CHECK (kind <> 'correction' OR reason <> '')
);
CREATE INDEX points_movement_by ON points_movement (by_id) WHERE by_id IS NOT NULL;
CREATE UNIQUE INDEX points_movement_deposit ON points_movement (listing_id) WHERE kind = 'deposit';
CREATE UNIQUE INDEX points_movement_exchange ON points_movement (agreement_id) WHERE kind = 'exchange';
CREATE UNIQUE INDEX points_movement_joining ON points_movement (member_id) WHERE kind = 'joining';
CREATE INDEX points_movement_member ON points_movement (member_id, created_at);
CREATE UNIQUE INDEX points_movement_monthly ON points_movement (member_id, month) WHERE kind = 'monthly';
CREATE INDEX points_movement_taken_back ON points_movement (listing_id) WHERE kind = 'taken_back';

CREATE TABLE points_line (
    movement_id bigint NOT NULL REFERENCES points_movement(id),
    member_id bigint REFERENCES actor(id),  -- NULL: the cooperative itself
    amount integer NOT NULL CHECK (amount <> 0),
    UNIQUE NULLS NOT DISTINCT (movement_id, member_id)
);
CREATE INDEX points_line_member ON points_line (member_id, movement_id DESC);

-- Members who are about to leave: until the day comes they may change their minds.
CREATE TABLE departure (
    actor_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    asked_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL,
    reminded_at timestamptz,
    paused_ids bigint[] NOT NULL DEFAULT '{}'  -- the listings that were open; they open again when she stays
);
CREATE INDEX departure_due ON departure (due_at);

-- What a member takes along: all that is hers in one file, made in the background and kept for some days.
CREATE TABLE archive (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL UNIQUE REFERENCES account(actor_id) ON DELETE CASCADE,  -- one at a time
    state text NOT NULL CHECK (state IN ('making', 'ready', 'failed')),
    file_key text UNIQUE,
    byte_size bigint,
    asked_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz
);

-- What a member chose for one kind of news; NULL is what the server proposes. All up to `told_id` was told, or is not
-- to be.
CREATE TABLE mail_choice (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('messages', 'exchanges', 'reactions', 'follows', 'posts')),
    rhythm text CHECK (rhythm IN ('now', 'daily', 'weekly', 'never')),
    told_id bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (actor_id, kind)
);

-- When somebody is written to next: something happened that is to be told in this rhythm.
CREATE TABLE mail_round (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    rhythm text NOT NULL CHECK (rhythm IN ('now', 'daily', 'weekly')),
    due_at timestamptz NOT NULL,
    PRIMARY KEY (actor_id, rhythm)
);
CREATE INDEX mail_round_due ON mail_round (due_at);

-- Up to where it was looked for what happened: ids are in the order of time.
CREATE TABLE mail_cursor (
    one boolean DEFAULT true PRIMARY KEY CHECK (one),
    last_id bigint NOT NULL
);

-- A mail with news, which names what it tells of and never holds it; of mails about accounts only what went wrong.
CREATE TABLE mail (
    id bigint PRIMARY KEY,
    recipient_id bigint REFERENCES account(actor_id) ON DELETE CASCADE,
    kind text NOT NULL,
    rhythm text NOT NULL DEFAULT 'now',
    exchange_id bigint REFERENCES exchange(id) ON DELETE CASCADE,  -- all of it is about this thread
    notification_ids bigint[] NOT NULL DEFAULT '{}',
    entry_ids bigint[] NOT NULL DEFAULT '{}',  -- messages and events of threads
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    cause text,                               -- why the last try failed
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    job text,
    payload jsonb,
    CONSTRAINT mail_check CHECK (recipient_id IS NOT NULL OR payload IS NOT NULL)
);
CREATE INDEX mail_exchange ON mail (exchange_id) WHERE exchange_id IS NOT NULL;
CREATE INDEX mail_recipient ON mail (recipient_id);
CREATE INDEX mail_trouble ON mail (id DESC) WHERE cause IS NOT NULL;

-- Keys of this instance, each for one purpose; under the key file where there is one.
CREATE TABLE instance_secret (
    name text PRIMARY KEY,
    secret bytea NOT NULL
);

-- A member's calendar may be followed under an address that holds this number; another number makes the old one
-- useless.
CREATE TABLE calendar_feed (
    actor_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    version integer NOT NULL DEFAULT 1
);

-- The calendar of a listing from elsewhere, as its own server told it last.
CREATE TABLE calendar_copy (
    listing_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    asked_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,  -- NULL: it has not answered yet
    etag text NOT NULL DEFAULT ''
);

-- People without any account who take part by mail. A guest is an actor whose host is the empty string, which no server
-- can have: it has no inbox, nobody can name it, and nothing is ever sent to it but mails.
CREATE TABLE guest (
    id bigint PRIMARY KEY,
    listing_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    actor_id bigint UNIQUE REFERENCES actor(id) ON DELETE CASCADE,  -- NULL until the address is confirmed
    email text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    turn integer NOT NULL DEFAULT 1,          -- of the private link: a new one ends those before
    message text NOT NULL DEFAULT '',         -- typed, and not yet in the thread
    terms jsonb,                              -- and asked for with it, as models/exchanges/agreements writes them
    told_id bigint NOT NULL DEFAULT 0,        -- the newest entry of the thread that went by mail
    created_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    stopped_at timestamptz,                   -- wants no more mails
    CONSTRAINT guest_check CHECK ((actor_id IS NULL) = (confirmed_at IS NULL))
);
CREATE UNIQUE INDEX guest_of_listing ON guest (listing_id, lower(email));
CREATE INDEX guest_unconfirmed ON guest (created_at) WHERE confirmed_at IS NULL;

-- Messages that went by mail, since the other one's server kept silent for a day. Where to is in the thread, not here.
CREATE TABLE detour (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    exchange_id bigint NOT NULL REFERENCES exchange(id) ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'sending' CHECK (state IN ('sending', 'sent', 'failed')),
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE INDEX detour_exchange ON detour (exchange_id, created_at);

-- One of the two thanked the other, once for each exchange. The words are a note, but for guests: then they stand in
-- the line of the thread itself.
CREATE TABLE thanks (
    event_id bigint PRIMARY KEY REFERENCES exchange_event(id) ON DELETE CASCADE,
    agreement_id bigint NOT NULL REFERENCES agreement(id) ON DELETE CASCADE,
    author_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    thanked_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    post_id bigint UNIQUE REFERENCES post(id) ON DELETE CASCADE,
    hidden boolean NOT NULL DEFAULT false,  -- by who was thanked: not on her page
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (agreement_id, author_id),
    CONSTRAINT thanks_check CHECK (author_id <> thanked_id)
);
CREATE INDEX thanks_author ON thanks (author_id);
CREATE INDEX thanks_received ON thanks (thanked_id, event_id DESC) WHERE post_id IS NOT NULL;
CREATE INDEX thanks_thanked ON thanks (thanked_id);

CREATE TABLE exchange_notice (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    exchange_id bigint NOT NULL REFERENCES exchange(id) ON DELETE CASCADE,
    event_id bigint REFERENCES exchange_event(id) ON DELETE CASCADE,  -- NULL where it only says what her words did
    reader_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE
);
CREATE INDEX exchange_notice_event ON exchange_notice (event_id);
CREATE INDEX exchange_notice_exchange ON exchange_notice (exchange_id, post_id DESC);
CREATE INDEX exchange_notice_reader ON exchange_notice (reader_id);

-- Chores that fail, for administrators: gone again once they went well for two hours.
CREATE TABLE chore_trouble (
    name text PRIMARY KEY,
    failures integer NOT NULL DEFAULT 1,  -- since then
    cause text NOT NULL,                  -- of the last one
    since timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now()
);

-- Whom somebody here chose to know: followed, written to or answered, agreed with, or let in by an administrator. What
-- is decided about a host (friend, guest) and what the directory says of it stands in `server` and `territory`.
CREATE TABLE known_host (
    host text PRIMARY KEY,
    why text NOT NULL CHECK (why IN ('followed', 'answered', 'admitted')),
    since timestamptz NOT NULL DEFAULT now()
);

-- A post that would stand in public lists, were its host known. Its audience is narrowed meanwhile (`unlisted` instead
-- of `network`, `followers` instead of `territories`), so that every list leaves it out without asking.
CREATE TABLE waiting_post (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    host text NOT NULL,
    domain text NOT NULL,     -- registrable (models/domains): limits count for it
    audience text NOT NULL,   -- what it gets when its host is let in
    wanted boolean NOT NULL,  -- somebody here asked for it, or is named in it: it stays, and asks nobody
    since timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX waiting_post_domain ON waiting_post (domain, since) WHERE NOT wanted;
CREATE INDEX waiting_post_host ON waiting_post (host);
CREATE INDEX waiting_post_since ON waiting_post (since) WHERE NOT wanted;

-- The host itself: who was told, who has seen it, and what was not kept any more.
CREATE TABLE waiting_host (
    host text PRIMARY KEY,
    domain text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,  -- the mail to administrators that names it
    seen_at timestamptz,  -- an administrator opened the page that shows it
    refused integer NOT NULL DEFAULT 0,
    refused_at timestamptz,
    refused_why text CHECK (refused_why IN ('hour', 'domain', 'all', 'long'))
);
CREATE INDEX waiting_host_domain ON waiting_host (domain);

-- Domains that sent more than may wait here: how many of their activities were refused.
CREATE TABLE overflow (
    domain text PRIMARY KEY,  -- registrable, as models/domains finds it
    refused bigint NOT NULL,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now()
);

-- What a stranger writes waits for the member to whom it is written, each for herself.
CREATE TABLE message_request (
    id bigint PRIMARY KEY,
    reader_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    author_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    uri text NOT NULL,                        -- of the note, or of the Offer
    url text NOT NULL,                        -- where people read it, at its author's
    kind text NOT NULL CHECK (kind IN ('note', 'offer')),
    private boolean NOT NULL,
    named boolean,                            -- NULL: she only wrote what it answers
    warning text NOT NULL DEFAULT '',
    text text NOT NULL,                       -- plain
    file_types text[] NOT NULL DEFAULT '{}',  -- what hangs on it: its type and its description, side by side
    file_words text[] NOT NULL DEFAULT '{}',
    about_id bigint REFERENCES post(id) ON DELETE SET NULL,  -- what it answers
    received_id bigint REFERENCES received(id) ON DELETE SET NULL,  -- NULL where the post is kept for others
    received_at timestamptz NOT NULL DEFAULT now(),
    accepted_at timestamptz,                  -- let in, and on its way
    UNIQUE (reader_id, uri)
);
CREATE INDEX message_request_about ON message_request (about_id) WHERE about_id IS NOT NULL;
CREATE INDEX message_request_age ON message_request (received_at);
CREATE INDEX message_request_author ON message_request (author_id, reader_id);
CREATE INDEX message_request_received ON message_request (received_id) WHERE received_id IS NOT NULL;
CREATE INDEX message_request_uri ON message_request (uri);

-- Whom a member let in, and whom she sent away.
CREATE TABLE correspondent (
    reader_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    author_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    welcome boolean NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (reader_id, author_id)
);
CREATE INDEX correspondent_author ON correspondent (author_id);

-- When a member was told last that something waits, and when she looked last.
CREATE TABLE message_request_news (
    reader_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,
    told_at timestamptz,
    seen_at timestamptz
);

-- The messages by which she was told.
CREATE TABLE message_request_notice (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    reader_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE
);
CREATE INDEX message_request_notice_reader ON message_request_notice (reader_id);

-- Quotes (FEP-044f): which post quotes which, and whether whoever is quoted agreed. Both posts may be from anywhere,
-- and the one that quotes need not be held here: what was granted is served by its id alone.
CREATE TABLE quote (
    id bigint PRIMARY KEY,
    quoting_uri text NOT NULL UNIQUE,  -- one post quotes one thing
    quoting_id bigint UNIQUE REFERENCES post(id) ON DELETE CASCADE,
    quoting_actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    quoted_uri text NOT NULL,
    quoted_id bigint REFERENCES post(id) ON DELETE SET NULL,
    state text NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected', 'revoked')),
    request_uri text UNIQUE,           -- the QuoteRequest, ours or theirs
    stamp_uri text,                    -- the QuoteAuthorization, ours or theirs
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX quote_actor ON quote (quoting_actor_id);
CREATE INDEX quote_named ON quote (quoted_uri);
CREATE INDEX quote_of ON quote (quoted_id) WHERE quoted_id IS NOT NULL;
CREATE INDEX quote_quoted ON quote (quoted_id, id DESC) WHERE state = 'accepted';
CREATE INDEX quote_stamp ON quote (stamp_uri) WHERE stamp_uri IS NOT NULL;

-- Who may quote a public post of ours without asking, where that is not everybody.
CREATE TABLE quote_policy (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    policy text NOT NULL CHECK (policy IN ('followers', 'nobody'))
);

-- Whom a member shows on her profile, among those she follows; who is followed no longer is shown no longer.
CREATE TABLE endorsement (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL,
    target_id bigint NOT NULL,
    UNIQUE (actor_id, target_id),
    FOREIGN KEY (actor_id, target_id) REFERENCES follow(follower_id, followed_id) ON DELETE CASCADE
);
CREATE INDEX endorsement_actor ON endorsement (actor_id, id DESC);

-- Whom a member does not want to be proposed again.
CREATE TABLE suggestion_dismissal (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    PRIMARY KEY (actor_id, target_id)
);
CREATE INDEX suggestion_dismissal_target ON suggestion_dismissal (target_id);

-- Of whose acts a member is told at once, which of them wait apart until she looks, and which she is never told of.
CREATE TABLE notification_policy (
    actor_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    for_not_following text NOT NULL CHECK (for_not_following IN ('accept', 'filter', 'drop')),
    for_not_followers text NOT NULL CHECK (for_not_followers IN ('accept', 'filter', 'drop')),
    for_new_accounts text NOT NULL CHECK (for_new_accounts IN ('accept', 'filter', 'drop')),
    for_private_mentions text NOT NULL CHECK (for_private_mentions IN ('accept', 'filter', 'drop')),
    for_limited_accounts text NOT NULL CHECK (for_limited_accounts IN ('accept', 'filter', 'drop'))
);

-- Whom she let in: what they do is told from then on.
CREATE TABLE notification_permission (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    from_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    PRIMARY KEY (actor_id, from_id)
);
CREATE INDEX notification_permission_from ON notification_permission (from_id);

-- What waits apart. A table of its own: nothing that reads notifications has to know of it.
CREATE TABLE filtered_notification (
    id bigint PRIMARY KEY,
    recipient_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    type text NOT NULL,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    post_id bigint REFERENCES post(id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (recipient_id, type, actor_id, post_id)
);
CREATE INDEX filtered_notification_actor ON filtered_notification (actor_id);
CREATE INDEX filtered_notification_post ON filtered_notification (post_id);
CREATE INDEX filtered_notification_recipient ON filtered_notification (recipient_id, id DESC);

-- The disk of the data folder while there is little room on it: one row, gone when there is room again.
CREATE TABLE disk_space (
    alone boolean DEFAULT true PRIMARY KEY CHECK (alone),
    free bigint NOT NULL,  -- bytes that the server may still write
    total bigint NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    looked_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz    -- when administrators had a mail about it
);

-- Who said yes or no to whom, so that the others know; forgotten after a month.
CREATE TABLE answered_sign_up (
    id bigint PRIMARY KEY,  -- the request's
    name text NOT NULL,
    username text NOT NULL,
    welcome boolean NOT NULL,
    answered_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    answered_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX answered_sign_up_at ON answered_sign_up (answered_at DESC, id DESC);
CREATE INDEX answered_sign_up_by ON answered_sign_up (answered_by) WHERE answered_by IS NOT NULL;

CREATE TABLE staff_mailing (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    at timestamptz NOT NULL
);
CREATE INDEX staff_mailing_actor ON staff_mailing (actor_id, at);

-- Members who want to be told of repair calls near them.
CREATE TABLE repair_watch (
    actor_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    by_mail boolean NOT NULL DEFAULT true,
    at_night boolean NOT NULL DEFAULT false,  -- mails about a call that cannot wait may come at night too
    since timestamptz NOT NULL DEFAULT now(),
    organs text[] NOT NULL DEFAULT '{}',      -- interventions that she does; none named: all
    bike_types text[] NOT NULL DEFAULT '{}',  -- none named: all
    furthest smallint NOT NULL DEFAULT 8 CHECK (furthest = ANY (ARRAY[3, 8, 15, 30])),  -- kilometres
    paused_until timestamptz,
    quiet_from smallint NOT NULL DEFAULT 22 CHECK (quiet_from >= 0 AND quiet_from <= 23),  -- hours in Paris;
    quiet_until smallint NOT NULL DEFAULT 7 CHECK (quiet_until >= 0 AND quiet_until <= 23),  -- both alike: never
    latitude double precision,
    longitude double precision,
    epci_code text
);
CREATE INDEX repair_watch_place ON repair_watch (latitude, longitude);

-- Whom a call was told to: each once, whatever becomes of the call, and its author sees how many.
CREATE TABLE repair_call_told (
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT now(),
    opened_at timestamptz,  -- when that person first opened the call
    PRIMARY KEY (post_id, actor_id)
);
CREATE INDEX repair_call_told_actor ON repair_call_told (actor_id);
CREATE INDEX repair_call_told_at ON repair_call_told (at);

-- What its author was told of a listing's end: once before, once when it came; another end is told anew.
CREATE TABLE listing_end_notice (
    listing_id bigint NOT NULL REFERENCES listing(post_id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('before', 'ended')),
    ends_at timestamptz NOT NULL,
    post_id bigint REFERENCES post(id) ON DELETE SET NULL,  -- the message that says so, of several listings together
    PRIMARY KEY (listing_id, kind, ends_at)
);
CREATE INDEX listing_end_notice_post ON listing_end_notice (post_id) WHERE post_id IS NOT NULL;

-- When the database and the pictures were last written to a backup or a backup was verified, and what failed.
CREATE TABLE backup_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('backup', 'verification', 'copy', 'removal')),
    ended_at timestamptz NOT NULL DEFAULT now(),
    folder text NOT NULL,  -- of the backup, or where it was to be
    failure text,          -- NULL: it went well
    byte_size bigint,
    seconds double precision NOT NULL
);

-- What is reported is looked at person by person: a case gathers everything about one author until it is decided.
CREATE TABLE moderation_case (
    id bigint PRIMARY KEY,
    actor_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    actor_name text NOT NULL DEFAULT '',      -- stays where the actor is gone
    opened_at timestamptz NOT NULL DEFAULT now(),
    latest_at timestamptz NOT NULL DEFAULT now(),  -- when something was last added
    closed_at timestamptz,
    holder_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- who of the team looks at it just now
    held_until timestamptz
);
CREATE INDEX moderation_case_actor ON moderation_case (actor_id);
CREATE INDEX moderation_case_closed ON moderation_case (closed_at DESC, id DESC) WHERE closed_at IS NOT NULL;
CREATE INDEX moderation_case_holder ON moderation_case (holder_id) WHERE holder_id IS NOT NULL;
CREATE UNIQUE INDEX moderation_case_open ON moderation_case (actor_id) WHERE closed_at IS NULL;
CREATE INDEX moderation_case_waiting ON moderation_case (opened_at, id) WHERE closed_at IS NULL;

-- What the team decided, with what it says to the person. Without `effective_at` it waits for a second of the team.
CREATE TABLE moderation_decision (
    id bigint PRIMARY KEY,
    case_id bigint NOT NULL REFERENCES moderation_case(id) ON DELETE CASCADE,
    actor_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    kind text NOT NULL CHECK (kind IN ('nothing', 'warn', 'hide', 'limit', 'suspend', 'exclude')),
    post_ids bigint[] NOT NULL DEFAULT '{}',  -- what is hidden
    rule text NOT NULL DEFAULT '',            -- which rule of the cooperative, in its words
    words text NOT NULL DEFAULT '',           -- why, as the person reads it
    decided_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    second_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- who is asked to confirm it, or did
    seconded_at timestamptz,
    refused_at timestamptz,                   -- the second one said no
    effective_at timestamptz,
    ends_at timestamptz,
    taken_back_at timestamptz,
    taken_back_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    taken_back_words text NOT NULL DEFAULT '',
    days integer CHECK (days > 0),            -- how long from when it takes effect; NULL: to `ends_at`
    refused_words text NOT NULL DEFAULT '',
    provisional boolean NOT NULL DEFAULT false,  -- hidden only until two have decided what follows
    returned_at timestamptz,                  -- whoever was asked did not answer: all of the team are
    -- the person knows that it is over Opens it for whoever cannot log in; written to her alone:
    end_told_at timestamptz,
    link_id uuid NOT NULL DEFAULT gen_random_uuid(),
    answer text NOT NULL DEFAULT '',          -- what those who reported are told
    reported boolean NOT NULL DEFAULT true,   -- somebody had reported what it is about
    lifted_at timestamptz,                    -- A decision whose time is over is lifted once, whoever looks.
    reminded_at timestamptz,                  -- Of a proposal that nobody answers the team is told again and again.
    CONSTRAINT moderation_decision_check CHECK (effective_at IS NULL OR refused_at IS NULL)
);
CREATE INDEX moderation_decision_actor ON moderation_decision (actor_id);
CREATE INDEX moderation_decision_case ON moderation_decision (case_id);
CREATE INDEX moderation_decision_decided_by ON moderation_decision (decided_by);
CREATE INDEX moderation_decision_ending ON moderation_decision (ends_at)
    WHERE ends_at IS NOT NULL AND taken_back_at IS NULL AND lifted_at IS NULL;
CREATE INDEX moderation_decision_exclusion ON moderation_decision (effective_at)
    WHERE kind = 'exclude' AND taken_back_at IS NULL;
CREATE UNIQUE INDEX moderation_decision_link ON moderation_decision (link_id);
-- One proposal of a case waits for a second of the team at a time.
CREATE UNIQUE INDEX moderation_decision_proposal ON moderation_decision (case_id)
    WHERE effective_at IS NULL AND refused_at IS NULL;
CREATE INDEX moderation_decision_second ON moderation_decision (second_id);
CREATE INDEX moderation_decision_taken_back_by ON moderation_decision (taken_back_by) WHERE taken_back_by IS NOT NULL;
CREATE INDEX moderation_decision_unconfirmed ON moderation_decision (decided_at)
    WHERE effective_at IS NULL AND refused_at IS NULL;
CREATE INDEX moderation_decision_untold ON moderation_decision (ends_at)
    WHERE ends_at IS NOT NULL AND effective_at IS NOT NULL AND taken_back_at IS NULL AND end_told_at IS NULL;

-- The person objects; somebody who had no part in the decision answers.
CREATE TABLE appeal (
    decision_id bigint PRIMARY KEY REFERENCES moderation_decision(id) ON DELETE CASCADE,
    words text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    decided_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    decided_at timestamptz,
    outcome text CHECK (outcome IN ('kept', 'taken_back')),
    answer text NOT NULL DEFAULT '',
    reminded_at timestamptz,
    by_same boolean NOT NULL DEFAULT false,  -- nobody else was there to decide it
    CONSTRAINT appeal_check CHECK ((decided_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX appeal_decided_by ON appeal (decided_by);
CREATE INDEX appeal_waiting ON appeal (made_at) WHERE decided_at IS NULL;

CREATE TABLE moderation_note (
    id bigint PRIMARY KEY,
    case_id bigint NOT NULL REFERENCES moderation_case(id) ON DELETE CASCADE,
    author_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    words text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX moderation_note_author ON moderation_note (author_id);
CREATE INDEX moderation_note_case ON moderation_note (case_id);

-- What those who look after the cooperative did: members read role, act, rule and day; the team reads all of it.
CREATE TABLE journal_entry (
    id bigint PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    by_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- NULL: the platform by itself
    role text CHECK (role IN ('welcome', 'moderator', 'keeper', 'admin')),  -- as which she did it
    act text NOT NULL,
    about_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- whom it concerns
    rule text NOT NULL DEFAULT '',
    details jsonb NOT NULL DEFAULT '{}'       -- for the team alone
);
CREATE INDEX journal_entry_about ON journal_entry (about_id);
CREATE INDEX journal_entry_at ON journal_entry (at DESC, id DESC);
CREATE INDEX journal_entry_by ON journal_entry (by_id);
-- By the latest act in a case one knows whether somebody did something meanwhile.
CREATE INDEX journal_entry_case ON journal_entry ((details ->> 'case_id'), id) WHERE details ? 'case_id';

-- First posts of a new member, and what a filter of the cooperative caught, wait for a look.
CREATE TABLE held_post (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    case_id bigint REFERENCES moderation_case(id) ON DELETE SET NULL,
    reason text NOT NULL CHECK (reason IN ('first', 'filter')),
    matched text NOT NULL DEFAULT '',         -- what the filter found, for the team
    held_at timestamptz NOT NULL DEFAULT now(),
    draft jsonb,
    keys text[] NOT NULL DEFAULT '{}',
    escalated_at timestamptz,
    -- Who releases or refuses what waits decides about the text that she read: when it changed last tells another one.
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX held_post_case ON held_post (case_id);
CREATE INDEX held_post_waiting ON held_post (held_at, post_id);

-- Who of the team is on duty in which week, as which role; planned ahead, and handed over to another one of the role.
CREATE TABLE duty (
    week date NOT NULL CHECK (EXTRACT(isodow FROM week) = 1::numeric),  -- its Monday
    role text NOT NULL CHECK (role IN ('welcome', 'moderator', 'keeper', 'admin')),
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    from_id bigint REFERENCES account(actor_id) ON DELETE SET NULL,  -- who handed it over to her
    PRIMARY KEY (week, role, actor_id)
);
CREATE INDEX duty_actor ON duty (actor_id);
CREATE INDEX duty_from ON duty (from_id) WHERE from_id IS NOT NULL;

-- How somebody of the team wants to be told of a subject beyond the news on her page; what she never chose is proposed.
CREATE TABLE staff_choice (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    kind text NOT NULL,
    rhythm text NOT NULL CHECK (rhythm IN ('now', 'daily', 'never')),
    PRIMARY KEY (actor_id, kind)
);

-- What is still to be told by telephone and mail; goes with the notification once the thing is settled.
CREATE TABLE staff_alert (
    notification_id bigint PRIMARY KEY REFERENCES notification(id) ON DELETE CASCADE,
    recipient_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    kind text NOT NULL,
    urgent boolean NOT NULL,
    due_at timestamptz NOT NULL,  -- later for those who are not on duty
    pushed_at timestamptz
);
CREATE INDEX staff_alert_due ON staff_alert (due_at);
CREATE INDEX staff_alert_recipient ON staff_alert (recipient_id, due_at);

-- Who runs which place of ours: she edits its hours, its closures and its listings, as long as she holds the role.
CREATE TABLE place_keeper (
    place_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    since timestamptz NOT NULL DEFAULT now(),
    role text NOT NULL DEFAULT 'manager' CHECK (role IN ('manager', 'employee', 'volunteer')),
    shown boolean NOT NULL DEFAULT false,  -- she agreed to be named on the page of the shop
    PRIMARY KEY (place_id, actor_id),
    CONSTRAINT place_keeper_check CHECK (place_id <> actor_id)
);
CREATE INDEX place_keeper_actor ON place_keeper (actor_id);

CREATE TABLE sign_up_message (
    id bigint PRIMARY KEY,
    sign_up_id bigint NOT NULL REFERENCES sign_up(id) ON DELETE CASCADE,  -- goes with the request, once it is answered
    author_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    role text CHECK (role IN ('welcome', 'moderator', 'keeper', 'admin')),  -- as which the team wrote; NULL: she did
    words text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_up_message_author ON sign_up_message (author_id);
CREATE INDEX sign_up_message_sign_up ON sign_up_message (sign_up_id, id);

-- Answers that the team keeps ready, to say yes or no, or to ask for more.
CREATE TABLE canned_answer (
    id bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('yes', 'no', 'more')),
    title text NOT NULL,
    words text NOT NULL
);

-- Members who came lately and have not seen to all cards of their first session; whoever has is forgotten here.
CREATE TABLE first_session (
    actor_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    skipped text[] NOT NULL DEFAULT '{}'
);

-- Somebody may come in because she was invited: by the team or by a member, with one link for many or a mail to one.
-- The address of an invitation is signed, so that a poster can be printed again; no table holds it.
CREATE TABLE invitation (
    id bigint PRIMARY KEY,
    made_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    team boolean NOT NULL,                    -- for the cooperative, not out of what a member may give away
    note text NOT NULL DEFAULT '',            -- for the team: where it hangs, whom it is for
    places integer NOT NULL CHECK (places >= 1 AND places <= 500),
    needs_yes boolean NOT NULL DEFAULT false,  -- who comes by it asks all the same
    turn integer NOT NULL DEFAULT 1,          -- which of its addresses holds: a newer one ends those before it
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    email text,                               -- where it was sent to, if to one person
    words text NOT NULL DEFAULT '',
    mail_state text CHECK (mail_state IN ('waiting', 'sent', 'refused')),
    mail_cause text,
    mailed_at timestamptz,
    CONSTRAINT invitation_check CHECK ((email IS NULL) = (mail_state IS NULL)),
    CONSTRAINT invitation_check1 CHECK (email IS NULL OR places = 1)
);
CREATE INDEX invitation_email ON invitation (lower(email)) WHERE email IS NOT NULL;
CREATE INDEX invitation_made_by ON invitation (made_by);

-- Who came by which. An account that is never confirmed goes, and gives its place back.
CREATE TABLE invitation_use (
    actor_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,
    invitation_id bigint NOT NULL REFERENCES invitation(id) ON DELETE CASCADE,
    used_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX invitation_use_invitation ON invitation_use (invitation_id);

-- Members from a list: looked at first, then made one after the other, each line with what became of it.
CREATE TABLE member_import (
    id bigint PRIMARY KEY,
    made_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    finished_at timestamptz
);
CREATE INDEX member_import_made_by ON member_import (made_by);

CREATE TABLE member_import_line (
    import_id bigint NOT NULL REFERENCES member_import(id) ON DELETE CASCADE,
    line integer NOT NULL,
    name text NOT NULL,
    username text NOT NULL,
    email text NOT NULL,
    commune_code text,
    place boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'made', 'email_taken', 'username_taken')),
    actor_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    mail_state text CHECK (mail_state IN ('sent', 'refused')),
    PRIMARY KEY (import_id, line)
);
CREATE INDEX member_import_line_actor ON member_import_line (actor_id);

-- The charter and the terms of use: every version that was ever published stays readable, with its date.
CREATE TABLE document_version (
    id bigint PRIMARY KEY,
    kind text NOT NULL CHECK ((kind IN ('charter', 'terms')) OR kind ~ '^page:[0-9]+$'),
    version integer NOT NULL,
    text text NOT NULL,
    summary text NOT NULL DEFAULT '',  -- what changed, as members read it
    due_at timestamptz,                -- until when members may go on without a yes; NULL: none is asked
    published_at timestamptz NOT NULL DEFAULT now(),
    published_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    title text NOT NULL DEFAULT '',    -- of an own page
    UNIQUE (kind, version)
);
CREATE INDEX document_version_published_by ON document_version (published_by);

CREATE TABLE document_acceptance (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    version_id bigint NOT NULL REFERENCES document_version(id),
    accepted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor_id, version_id)
);
CREATE INDEX document_acceptance_version ON document_acceptance (version_id);

-- What the team does with a case: who took it, gave it back or stepped aside, and why.
CREATE TABLE case_step (
    id bigint PRIMARY KEY,
    case_id bigint NOT NULL REFERENCES moderation_case(id) ON DELETE CASCADE,
    by_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    act text NOT NULL CHECK (act IN ('taken', 'given_back', 'withdrew', 'reopened', 'thread_read')),
    words text NOT NULL DEFAULT '',           -- why, where somebody stepped aside
    at timestamptz NOT NULL DEFAULT now(),
    -- Somebody of the team opened a whole private talk, of which a message was reported: which one, and both sides see
    -- it.
    post_id bigint REFERENCES post(id) ON DELETE SET NULL,
    untold_ids bigint[] NOT NULL DEFAULT '{}'  -- Whom no message could tell that the whole talk was opened.
);
CREATE INDEX case_step_by ON case_step (by_id);
CREATE INDEX case_step_case ON case_step (case_id);
CREATE INDEX case_step_post ON case_step (post_id) WHERE post_id IS NOT NULL;

-- What the cooperative wants to look at before it appears: words and patterns, a line each, by whole words.
CREATE TABLE moderation_filter (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    patterns text[] NOT NULL,
    action text NOT NULL CHECK (action IN ('hold', 'tell')),
    on_local boolean NOT NULL,
    on_remote boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    paused_at timestamptz,
    matched bigint NOT NULL DEFAULT 0,
    matched_at timestamptz,
    CONSTRAINT moderation_filter_check CHECK (on_local OR on_remote)
);

-- Photos that shall not come back: each as it stands, turned and mirrored.
CREATE TABLE removed_picture (
    id bigint PRIMARY KEY,
    likenesses bigint[] NOT NULL,
    description text NOT NULL DEFAULT '',
    added_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    matched bigint NOT NULL DEFAULT 0,
    matched_at timestamptz
);
CREATE INDEX removed_picture_added_by ON removed_picture (added_by);

-- What was found in a post and released holds no later version of it.
CREATE TABLE released_match (
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    key text NOT NULL,
    PRIMARY KEY (post_id, key)
);

-- Posts of ours that were held before they appeared, until they do: a refusal that is taken back publishes them as new.
CREATE TABLE unpublished_post (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE
);

-- An app sends nothing of what it showed: it is kept what of a person's reports whoever uses it has read.
CREATE TABLE report_reading (
    reader_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,  -- whom the reports are about
    said_at timestamptz NOT NULL,             -- up to here
    seen bigint NOT NULL,                     -- the latest entry of the journal about her by then
    read_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (reader_id, actor_id)
);
CREATE INDEX report_reading_actor ON report_reading (actor_id);
CREATE INDEX report_reading_old ON report_reading (read_at);

-- Addresses of people who were excluded and whose accounts are gone: whoever comes back with one waits for a yes.
CREATE TABLE excluded_address (
    decision_id bigint PRIMARY KEY REFERENCES moderation_decision(id) ON DELETE CASCADE,
    hash bytea NOT NULL,     -- SHA-256 of the decision's id and the address, so that nobody reads it
    -- Of 5,000 addresses and 5,000 exclusions not each is held against each: a mark says which few may be of one
    -- person. -1 where it was kept before; the address itself is not known any more.
    mark smallint NOT NULL
);
CREATE INDEX excluded_address_mark ON excluded_address (mark);

-- What everyday things are called: shipped (models/data/everyday_words.tsv), and the labels of categories. Words that
-- mean the same have one `thing`, which is the most usual of them; a category is a thing that is called by its slug and
-- matched as such.
CREATE TABLE everyday_word (
    key text NOT NULL,                    -- the stems of what somebody types: "toil tent"; '' for a category
    word text NOT NULL,                   -- the same as it is written
    thing text NOT NULL,
    match text NOT NULL,                  -- a tsquery that finds it
    found boolean NOT NULL DEFAULT true,  -- false: no open listing had it when all words were counted last
    PRIMARY KEY (key, thing, word)
);
-- Words are looked for by the first of their stems, and things by their kinds.
CREATE INDEX everyday_word_first ON everyday_word (split_part(key, ' ', 1));
CREATE INDEX everyday_word_thing ON everyday_word (thing);

-- How one thing leads to another: to one of its kinds, to what it is one of, to what serves for it, to the category
-- that is called so, to the one that it belongs to.
CREATE TABLE everyday_relation (
    thing text NOT NULL,
    relation text NOT NULL CHECK (relation IN ('kind', 'wider', 'use', 'category', 'shelf')),
    other text NOT NULL,
    PRIMARY KEY (thing, relation, other)
);
CREATE INDEX everyday_relation_other ON everyday_relation (other, relation);

-- Words of open listings and of the shipped list: what a misspelt word may have been meant to be.
CREATE TABLE known_word (
    word text PRIMARY KEY,               -- small letters without accents
    shown text NOT NULL,                 -- as most write it
    listings integer NOT NULL,           -- how many open ones have it, as of the last count
    shipped boolean NOT NULL DEFAULT false,
    letters text NOT NULL,               -- in the order of the alphabet: the same for letters that changed places
    sound text NOT NULL,                 -- how it is said, roughly: the same for what sounds alike
    -- How many open listings have a word, as far as the count that goes on came; it takes the place of the last one at
    -- its end.
    counted integer NOT NULL DEFAULT 0
);
CREATE INDEX known_word_letters ON known_word (letters);
CREATE INDEX known_word_sounds ON known_word USING gin (lower(sound) gin_trgm_ops);
-- Of an expression, so that nobody who asks for one word reads all its trigrams.
CREATE INDEX known_word_trigrams ON known_word USING gin (lower(word) gin_trgm_ops);

-- Up to which listing words were taken.
CREATE TABLE known_word_count (
    single boolean DEFAULT true PRIMARY KEY CHECK (single),
    last_id bigint NOT NULL DEFAULT 0,
    named_id bigint   -- Up to which listing things are named as the list of words has them; NULL where they are in all.
);

-- What a calendar elsewhere told, one row for each range: who looks for what is free on some days finds those that
-- touch them by an index, whichever listing they are of.
CREATE TABLE calendar_copy_range (
    listing_id bigint NOT NULL REFERENCES calendar_copy(listing_id) ON DELETE CASCADE,
    held tstzrange NOT NULL CHECK (NOT isempty(held))
);
CREATE INDEX calendar_copy_range_held ON calendar_copy_range USING gist (held) INCLUDE (listing_id);
CREATE INDEX calendar_copy_range_listing ON calendar_copy_range (listing_id);

-- Searches that members want to be told of, and what was found for them.
CREATE TABLE search_alert (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    parameters text NOT NULL,               -- the search as the address of /annonces has it: each is kept once
    text text NOT NULL DEFAULT '',          -- as typed
    query tsquery,                          -- what it means; NULL where any words will do
    kinds text[] NOT NULL DEFAULT '{}',     -- empty ones narrow nothing, as in models/searches
    modes text[] NOT NULL DEFAULT '{}',
    category text,                          -- as chosen; `categories` are it and its narrower ones
    categories text[] NOT NULL DEFAULT '{}',
    territory_uris text[] NOT NULL DEFAULT '{}',
    communes text[] NOT NULL DEFAULT '{}',  -- INSEE codes
    epcis text[] NOT NULL DEFAULT '{}',     -- SIREN codes; one of all of both is enough
    area text NOT NULL DEFAULT '',          -- how the place, the commune or the federation of communes is called
    coop text NOT NULL DEFAULT '',          -- and the cooperative, where it is one
    latitude double precision,
    longitude double precision,
    radius double precision,                -- km around the place
    with_photo boolean NOT NULL DEFAULT false,
    from_places boolean NOT NULL DEFAULT false,
    rhythm text NOT NULL CHECK (rhythm IN ('now', 'daily', 'weekly')),
    by_mail boolean NOT NULL DEFAULT true,
    paused_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    subcategory text,
    CONSTRAINT search_alert_once UNIQUE (actor_id, parameters),
    CONSTRAINT search_alert_radius CHECK (radius IS NULL OR latitude IS NOT NULL AND longitude IS NOT NULL)
);
CREATE INDEX search_alert_subcategory ON search_alert (subcategory) WHERE subcategory IS NOT NULL;

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
CREATE INDEX alert_find_unmailed ON alert_find (actor_id) WHERE told_at IS NOT NULL AND mailed_at IS NULL;
CREATE INDEX alert_find_untold ON alert_find (found_at) WHERE told_at IS NULL;

-- Listings that are still to be held against alerts. An edit tells those whose alert was there before the listing, and
-- those for whose words it was not before.
CREATE TABLE unmatched_listing (
    post_id bigint PRIMARY KEY REFERENCES listing(post_id) ON DELETE CASCADE,
    edited boolean NOT NULL,
    words_before tsvector,  -- of what was edited, before the first of its edits that wait
    since timestamptz NOT NULL DEFAULT now()
);

-- What members want to be told of by what they offer and seek, without having asked for it in words.
CREATE TABLE match_choice (
    actor_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    needs boolean NOT NULL DEFAULT false,     -- somebody near seeks what she offers
    offers boolean NOT NULL DEFAULT false,    -- somebody near offers what she seeks
    shown boolean NOT NULL DEFAULT true,      -- what she seeks is told to those who offer it and want to be told
    radius integer NOT NULL DEFAULT 10 CHECK (radius >= 1 AND radius <= 100),  -- km
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
CREATE INDEX match_told_notification ON match_told (notification_id) WHERE notification_id IS NOT NULL;
CREATE INDEX match_told_own ON match_told (own_id);
CREATE INDEX match_told_unmailed ON match_told (actor_id) WHERE told_at IS NOT NULL AND mailed_at IS NULL;
CREATE INDEX match_told_untold ON match_told (found_at) WHERE told_at IS NULL;

-- Who would have it if it were free: after somebody else was chosen, or while it is out. In the order of `since`.
CREATE TABLE reserve_place (
    id bigint PRIMARY KEY,
    listing_id bigint NOT NULL REFERENCES listing(post_id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('asked', 'offered', 'waiting', 'called')),
    since timestamptz NOT NULL,               -- when she first asked for it
    begins_at timestamptz,                    -- the days that she wants; NULL for any
    ends_at timestamptz,
    until timestamptz,                        -- how long she may say whether she stays, or whether she still wants it
    agreement_id bigint REFERENCES agreement(id) ON DELETE SET NULL,  -- the terms that she was asked about
    due boolean NOT NULL DEFAULT false,       -- something became free since it was last looked at
    join_uri text,                            -- the Join by which she stands here from elsewhere, or one of ours there
    CONSTRAINT reserve_place_once UNIQUE (listing_id, actor_id),
    CONSTRAINT reserve_place_days CHECK ((begins_at IS NULL) = (ends_at IS NULL) AND begins_at < ends_at),
    CONSTRAINT reserve_place_until CHECK ((until IS NULL) = (state IN ('asked', 'waiting')))
);
CREATE INDEX reserve_place_actor ON reserve_place (actor_id);
CREATE INDEX reserve_place_agreement ON reserve_place (agreement_id) WHERE agreement_id IS NOT NULL;
CREATE UNIQUE INDEX reserve_place_called ON reserve_place (listing_id) WHERE state = 'called';
CREATE INDEX reserve_place_due ON reserve_place (listing_id) WHERE due;
CREATE UNIQUE INDEX reserve_place_join ON reserve_place (join_uri) WHERE join_uri IS NOT NULL;
CREATE INDEX reserve_place_until ON reserve_place (until) WHERE until IS NOT NULL;

-- Groups of people with a charter of their own. The actor is a Group: ours where `actor.local`, else a copy of one
-- whose home has the word.
CREATE TABLE community (
    actor_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,
    access text NOT NULL CHECK (access IN ('open', 'on_request', 'invitation')),
    hidden boolean NOT NULL DEFAULT false,    -- only who is in it, was asked or asked knows that it exists
    members_shown boolean NOT NULL DEFAULT false,  -- members who agreed to it stand in a list that anybody may read
    -- how many members let a newcomer in together; 0: one manager does
    approvals_needed integer NOT NULL DEFAULT 0 CHECK (approvals_needed >= 0 AND approvals_needed <= 20),
    parent_uri text,                          -- the community that this one says it belongs to; gives no rights
    held_with text[] NOT NULL DEFAULT '{}',   -- the cooperatives that hold it together with its home
    ended_at timestamptz,                     -- the last person left
    unmanaged_since timestamptz,              -- since when nobody manages it, as the team was told
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX community_hidden ON community (actor_id) WHERE hidden;

-- The charter as it was published, version after version; of a copy those that were told.
CREATE TABLE community_charter (
    id bigint PRIMARY KEY,
    community_id bigint NOT NULL REFERENCES community(actor_id) ON DELETE CASCADE,
    version integer NOT NULL CHECK (version > 0),
    text text NOT NULL,
    changes text NOT NULL DEFAULT '',     -- what is new in it, as members read it
    due_at timestamptz,                   -- until when who said yes to an earlier one goes on as before
    published_at timestamptz NOT NULL DEFAULT now(),
    published_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    -- Members learn of each version of a charter once, whatever else its community changes.
    told boolean NOT NULL DEFAULT false,
    CONSTRAINT community_charter_version UNIQUE (community_id, version)
);
CREATE INDEX community_charter_published_by ON community_charter (published_by);

CREATE TABLE membership (
    id bigint PRIMARY KEY,
    community_id bigint NOT NULL REFERENCES community(actor_id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    role text NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'moderator', 'manager')),
    state text NOT NULL CHECK (state IN ('invited', 'asked', 'member', 'refused', 'declined', 'left', 'removed',
        'expired')),
    accepted_version integer NOT NULL DEFAULT 0,  -- the latest version of the charter that she said yes to
    asked_version integer NOT NULL DEFAULT 0,  -- the version that she was asked about in words
    uri text,                                 -- the Join, Invite or question in words that it began with
    invited_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    message text NOT NULL DEFAULT '',         -- what she wrote when she asked
    territory_uri text,                       -- the cooperative through which she came
    shown boolean NOT NULL DEFAULT false,     -- she agreed to stand in the directory of members
    public_only boolean NOT NULL DEFAULT false,  -- her server keeps nothing inside: she gets what is public
    awaited text CHECK (awaited IN ('charter', 'approve', 'refuse', 'remove', 'member', 'moderator', 'manager')),
    awaited_at timestamptz,                   -- what one of ours asked the home of this community to do, and when
    since timestamptz NOT NULL DEFAULT now(),  -- in this state
    expires_at timestamptz,
    -- Members who agreed that these cooperatives know them, to ask them where the community opens anew.
    kept boolean NOT NULL DEFAULT false,
    CONSTRAINT membership_once UNIQUE (community_id, actor_id),
    CONSTRAINT membership_awaited CHECK ((awaited IS NULL) = (awaited_at IS NULL))
);
CREATE INDEX membership_actor ON membership (actor_id, state);
CREATE INDEX membership_expires ON membership (expires_at) WHERE expires_at IS NOT NULL AND state = 'member';
CREATE INDEX membership_invited_by ON membership (invited_by) WHERE invited_by IS NOT NULL;
CREATE INDEX membership_list ON membership (community_id, state, id);
CREATE INDEX membership_uri ON membership (uri) WHERE uri IS NOT NULL;

-- Who of the members says yes to a newcomer, where the community lets people in together.
CREATE TABLE membership_approval (
    membership_id bigint NOT NULL REFERENCES membership(id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (membership_id, actor_id)
);
CREATE INDEX membership_approval_actor ON membership_approval (actor_id);

-- What was decided, by whom, about whom and why, so that it can be shown.
CREATE TABLE community_decision (
    id bigint PRIMARY KEY,
    community_id bigint NOT NULL REFERENCES community(actor_id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('created', 'edited', 'charter', 'asked', 'approved', 'joined', 'refused',
        'invited', 'declined', 'left', 'removed', 'expired', 'member', 'moderator', 'manager', 'unmanaged', 'ended',
        'hold_asked', 'held', 'hold_declined', 'hold_ended', 'moved', 'opened_anew', 'hidden', 'shown', 'dismissed')),
    actor_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- who decided; NULL: the clock, or who is gone
    subject_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- about whom
    reason text NOT NULL DEFAULT '',
    version integer,                          -- of the charter that it was decided by
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX community_decision_actor ON community_decision (actor_id);
CREATE INDEX community_decision_list ON community_decision (community_id, id);
CREATE INDEX community_decision_subject ON community_decision (subject_id);

CREATE TABLE meeting (
    post_id bigint PRIMARY KEY REFERENCES listing(post_id) ON DELETE CASCADE,
    begins_at timestamptz NOT NULL,           -- of the first time; what comes next stands in the listing
    ends_at timestamptz,
    timezone text NOT NULL DEFAULT 'Europe/Paris',
    venue text NOT NULL DEFAULT '',           -- the hall; the commune stands in the listing
    street text NOT NULL DEFAULT '',
    registration text NOT NULL DEFAULT 'none' CHECK (registration IN ('none', 'members', 'everybody', 'external')),
    external_url text,                        -- where one registers, for 'external'
    on_request boolean NOT NULL DEFAULT false,  -- whoever organises elsewhere says yes to each (joinMode restricted)
    capacity integer CHECK (capacity > 0),    -- NULL: as many as come
    waiting_list boolean NOT NULL DEFAULT true,
    status text NOT NULL DEFAULT 'confirmed' CHECK (status IN ('confirmed', 'tentative', 'cancelled')),
    rrule text,                               -- RFC 5545 §3.8.5.3, of the parts that models/meetings/recurrence takes
    excluded timestamptz[] NOT NULL DEFAULT '{}',  -- EXDATE
    sequence integer NOT NULL DEFAULT 0,      -- rises with each change (RFC 5545 §3.8.7.4)
    participants integer,                     -- as whoever organises elsewhere says
    remaining integer,
    -- When the times of what comes again were last written out ahead: each is looked at once a day, the one that waits
    -- longest first, whether its rule has an end or not.
    extended_at timestamptz,
    -- Up to when those who organise a meeting were told who registered for it, once a day.
    organisers_told_at timestamptz
);
CREATE INDEX meeting_extended ON meeting (extended_at NULLS FIRST, post_id) WHERE rrule IS NOT NULL;

-- Each time that a meeting takes place, as far ahead as is told; one of its own for a meeting that does not come again.
-- It is what is locked while seats are given.
CREATE TABLE meeting_occurrence (
    id bigint PRIMARY KEY,
    meeting_id bigint NOT NULL REFERENCES meeting(post_id) ON DELETE CASCADE,
    recurs_at timestamptz NOT NULL,      -- when it was to be by the rule: its name (RFC 5545 §3.8.4.4)
    begins_at timestamptz NOT NULL,
    ends_at timestamptz,
    own boolean NOT NULL DEFAULT false,  -- this one alone was changed: a change of all leaves it
    cancelled boolean NOT NULL DEFAULT false,
    venue text NOT NULL DEFAULT '',      -- where it is elsewhere than the others
    capacity integer CHECK (capacity > 0),
    UNIQUE (meeting_id, recurs_at)
);
CREATE INDEX meeting_occurrence_begins ON meeting_occurrence (begins_at, id);

-- Somebody comes, or wants to. A guest has a mail address and no actor. `line` orders those who wait.
CREATE TABLE meeting_registration (
    id bigint PRIMARY KEY,
    occurrence_id bigint NOT NULL REFERENCES meeting_occurrence(id) ON DELETE CASCADE,
    actor_id bigint REFERENCES actor(id) ON DELETE CASCADE,
    email text,
    name text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'fr',
    uri text UNIQUE,                   -- of the Join
    state text NOT NULL CHECK (state IN ('asked', 'seat', 'waiting', 'cancelled', 'refused')),
    people integer NOT NULL DEFAULT 1 CHECK (people > 0),
    message text NOT NULL DEFAULT '',  -- what she brings
    line bigint,
    turn integer NOT NULL DEFAULT 1,   -- of a guest's link: a new one ends those before
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,          -- a guest opened her link
    reminded_at timestamptz,
    UNIQUE (occurrence_id, actor_id),
    CONSTRAINT meeting_registration_in_line CHECK ((state = 'waiting') = (line IS NOT NULL)),
    CONSTRAINT meeting_registration_of_somebody CHECK (num_nonnulls(actor_id, email) = 1 OR num_nonnulls(actor_id,
        email) = 0 AND name <> '')
);
CREATE INDEX meeting_registration_actor ON meeting_registration (actor_id) WHERE actor_id IS NOT NULL;
CREATE UNIQUE INDEX meeting_registration_guest ON meeting_registration (occurrence_id, lower(email))
    WHERE email IS NOT NULL;
CREATE INDEX meeting_registration_line ON meeting_registration (occurrence_id, line) WHERE state = 'waiting';
CREATE INDEX meeting_registration_taken ON meeting_registration (occurrence_id) INCLUDE (people) WHERE state = 'seat';

-- Links by which somebody whose server knows no Join answers the charter of a community: they name one version, act
-- once, and last a month.
CREATE TABLE community_link (
    token_hash bytea PRIMARY KEY,
    community_id bigint NOT NULL REFERENCES community(actor_id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,  -- who may answer by it
    version integer NOT NULL,                 -- to this version and no other
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX community_link_actor ON community_link (actor_id);
CREATE INDEX community_link_community ON community_link (community_id);
CREATE INDEX community_link_expiry ON community_link (expires_at);

-- Who leads a community leaves something inside as it is. A report that names more than that waits for the rest: what
-- else stays inside for who leads there, and all other things for the team of the cooperative.
CREATE TABLE community_report_answer (
    report_id bigint NOT NULL REFERENCES report(id) ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    answered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (report_id, post_id)
);
CREATE INDEX community_report_answer_post ON community_report_answer (post_id);

-- Cooperatives that hold a community together with its home: asked by it, and answered by the team of each. Here the
-- cooperative is our own actor where the community is elsewhere, and another one where its home is here.
CREATE TABLE community_holder (
    community_id bigint NOT NULL REFERENCES community(actor_id) ON DELETE CASCADE,
    cooperative_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('asked', 'held', 'declined', 'ended')),
    uri text NOT NULL,                        -- the Invite by which it was asked
    asked_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    answered_by bigint REFERENCES actor(id) ON DELETE SET NULL,  -- who of our team answered
    since timestamptz NOT NULL DEFAULT now(),  -- in this state
    PRIMARY KEY (community_id, cooperative_id)
);
CREATE INDEX community_holder_answered_by ON community_holder (answered_by);
CREATE INDEX community_holder_asked_by ON community_holder (asked_by);
CREATE INDEX community_holder_cooperative ON community_holder (cooperative_id);
CREATE INDEX community_holder_uri ON community_holder (uri);

-- Links by which people come into a community of ours: made by who manages it, for so many, until a day. Whoever has
-- one reads the charter, also of a hidden one; a link holds as long as its maker manages the community.
CREATE TABLE community_entry_link (
    id bigint PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    community_id bigint NOT NULL REFERENCES community(actor_id) ON DELETE CASCADE,
    made_by bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    uses integer NOT NULL CHECK (uses > 0),
    used integer NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT community_entry_link_check CHECK (used <= uses)
);
CREATE INDEX community_entry_link_community ON community_entry_link (community_id, id);
CREATE INDEX community_entry_link_expiry ON community_entry_link (expires_at);
CREATE INDEX community_entry_link_made_by ON community_entry_link (made_by);

-- Who leads a community hides there what was reported, with a reason; its moderators, and who wrote it, are told.
CREATE TABLE community_hiding (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    community_id bigint NOT NULL REFERENCES community(actor_id) ON DELETE CASCADE,
    hidden_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    reason text NOT NULL,
    hidden_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX community_hiding_by ON community_hiding (hidden_by);
CREATE INDEX community_hiding_community ON community_hiding (community_id, post_id);

-- The diagnostic as a cooperative writes it. Rows only grow: going back is a new row with the old text.
CREATE TABLE diagnostic_version (
    version integer PRIMARY KEY,
    source text CHECK (length(source) <= 200000),  -- the YAML text; NULL: the tree that ships with the software
    summary text NOT NULL DEFAULT '',         -- what changed, for the team
    restores integer REFERENCES diagnostic_version(version),
    published_at timestamptz NOT NULL DEFAULT now(),
    published_by bigint REFERENCES actor(id) ON DELETE SET NULL
);
CREATE INDEX diagnostic_version_published_by ON diagnostic_version (published_by);
CREATE INDEX diagnostic_version_restores ON diagnostic_version (restores);

-- What somebody of the team writes, looks at and walks through before it is published: one for each.
CREATE TABLE diagnostic_draft (
    actor_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    source text NOT NULL CHECK (length(source) <= 200000),
    summary text NOT NULL DEFAULT '',
    follows integer NOT NULL,  -- the version that stood when it was begun; 0: the tree that ships
    saved_at timestamptz NOT NULL DEFAULT now()
);

-- Repair shops: workshops of associations and artisans, and repairers who come by. A shop is an Organization; the rows
-- of ours are the truth, those of others what their servers told.
CREATE TABLE repair_shop (
    actor_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,
    types text[] NOT NULL DEFAULT '{}',       -- codes of models/repairs/shops/shop_types, or a cooperative's own words
    bike_types text[] NOT NULL DEFAULT '{}',
    interventions text[] NOT NULL DEFAULT '{}',
    by_appointment boolean NOT NULL DEFAULT false,
    workshop boolean NOT NULL DEFAULT true,   -- else it comes by, and nothing names where it lives
    commune_codes text[] NOT NULL DEFAULT '{}' CHECK (cardinality(commune_codes) <= 200),  -- to which it comes
    words text NOT NULL DEFAULT '',
    prices_uri text,                          -- of one elsewhere, on its own origin
    changed_at timestamptz NOT NULL DEFAULT now(),
    appointments_uri text                     -- of one elsewhere: the listing by which one asks for one
);
CREATE INDEX repair_shop_communes ON repair_shop USING gin (commune_codes);

-- The posted prices of a shop, in its order.
CREATE TABLE repair_price (
    shop_id bigint NOT NULL REFERENCES repair_shop(actor_id) ON DELETE CASCADE,
    position integer NOT NULL CHECK ("position" >= 1 AND "position" <= 100),
    label text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('fixed', 'from', 'free')),
    cents integer CHECK (cents >= 0 AND cents <= 1000000),
    note text NOT NULL DEFAULT '',
    PRIMARY KEY (shop_id, "position"),
    CONSTRAINT repair_price_cents CHECK ((cents IS NULL) = (kind = 'free'))
);

-- How old the copy of the prices of a shop elsewhere is.
CREATE TABLE repair_price_copy (
    shop_id bigint PRIMARY KEY REFERENCES repair_shop(actor_id) ON DELETE CASCADE,
    asked_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,
    etag text NOT NULL DEFAULT ''
);

-- Where the cooperative named no collective, its team says which shops of ours appear: each question and its answer.
CREATE TABLE repair_shop_request (
    id bigint PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES repair_shop(actor_id) ON DELETE CASCADE,
    asked_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    message text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn', 'left', 'ended')),
    decided_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    decided_at timestamptz,
    reason text NOT NULL DEFAULT ''
);
CREATE INDEX repair_shop_request_asked ON repair_shop_request (asked_at) WHERE state = 'asked';
CREATE INDEX repair_shop_request_asked_by ON repair_shop_request (asked_by);
CREATE INDEX repair_shop_request_decided_by ON repair_shop_request (decided_by);
CREATE UNIQUE INDEX repair_shop_request_open ON repair_shop_request (shop_id) WHERE state IN ('asked', 'approved');
CREATE INDEX repair_shop_request_shop ON repair_shop_request (shop_id, id);

-- When the list of the shops of a friend cooperative was read, and is to be read next.
CREATE TABLE repair_shop_source (
    cooperative_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,
    next_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,
    uri text,
    etag text NOT NULL DEFAULT ''
);

-- The shops that a friend cooperative lists: whoever is on its list no more goes from here.
CREATE TABLE repair_shop_copy (
    cooperative_id bigint NOT NULL REFERENCES repair_shop_source(cooperative_id) ON DELETE CASCADE,
    shop_id bigint NOT NULL UNIQUE REFERENCES repair_shop(actor_id) ON DELETE CASCADE,
    collective_uri text,
    charter_version integer,
    published_at timestamptz,
    PRIMARY KEY (cooperative_id, shop_id)
);

-- How far a call of ours is told, and when that is looked at again: the next wave, or a word to its author.
CREATE TABLE repair_call_wave (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    reach text NOT NULL DEFAULT '3km' CHECK (reach IN ('3km', '8km', 'epci', 'friends')),
    since timestamptz NOT NULL DEFAULT now(),
    told integer NOT NULL DEFAULT 0,  -- people here whom this wave reached
    next_at timestamptz,              -- NULL: nothing follows by itself
    unanswered_at timestamptz,        -- its author was told that nobody came forward
    renewed_at timestamptz
);
CREATE INDEX repair_call_wave_next ON repair_call_wave (next_at) WHERE next_at IS NOT NULL;

-- What other servers say of whom they told of a call of ours: numbers, one row a server.
CREATE TABLE repair_call_view (
    post_id bigint NOT NULL REFERENCES post(id) ON DELETE CASCADE,
    host text NOT NULL,
    notified integer NOT NULL CHECK (notified >= 0 AND notified <= 10000),
    opened integer NOT NULL,
    updated_at timestamptz NOT NULL,  -- by that server's clock, always rising
    PRIMARY KEY (post_id, host),
    CONSTRAINT repair_call_view_check CHECK (opened >= 0 AND opened <= notified)
);

-- What we last said to the server of a call from elsewhere.
CREATE TABLE repair_call_report (
    post_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    notified integer NOT NULL,
    opened integer NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE repair_passer_by (
    actor_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    listing_id bigint REFERENCES post(id) ON DELETE SET NULL,  -- NULL: not published yet
    email text NOT NULL DEFAULT '',           -- where she is told of answers; empty: on her page alone
    writer_hash bytea NOT NULL UNIQUE,        -- of the page that her form stands in: sent twice it is one call
    fields jsonb,                             -- the form as she typed it, until it is published
    turn integer NOT NULL DEFAULT 1,          -- of her link: a new one ends those before
    told_id bigint NOT NULL DEFAULT 0,        -- the newest line of a thread that a mail told her of
    created_at timestamptz NOT NULL DEFAULT now(),
    stopped_at timestamptz                    -- from then on she gets no more mails
);
CREATE INDEX repair_passer_by_listing ON repair_passer_by (listing_id);
CREATE INDEX repair_passer_by_unpublished ON repair_passer_by (created_at) WHERE listing_id IS NULL;

-- Appointments of a shop: one listing of its account, which is asked for by slots of its opening hours. How many come
-- at once is the quantity of the listing.
CREATE TABLE appointment_book (
    listing_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    actor_id bigint NOT NULL UNIQUE REFERENCES actor(id) ON DELETE CASCADE,
    slot_minutes integer NOT NULL CHECK (slot_minutes >= 15 AND slot_minutes <= 480),
    notice_hours integer NOT NULL CHECK (notice_hours >= 0 AND notice_hours <= 336),
    ahead_days integer NOT NULL CHECK (ahead_days >= 1 AND ahead_days <= 180)
);

-- Who came by or rang up, and has no account: the shop alone reads who it is.
CREATE TABLE walk_in (
    id bigint PRIMARY KEY,
    listing_id bigint NOT NULL REFERENCES appointment_book(listing_id) ON DELETE CASCADE,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    name text NOT NULL,
    phone text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    -- What came out for somebody who walked in: the line of the agenda is forgotten a month later, the result is not,
    -- and says nothing of whose bike it was.
    result_id bigint,
    place text NOT NULL DEFAULT '',  -- where the shop goes, if it does
    came boolean,                    -- whether it came about; NULL while nobody said
    CONSTRAINT walk_in_check CHECK (begins_at < ends_at)
);
CREATE INDEX walk_in_listing ON walk_in (listing_id, begins_at);
CREATE INDEX walk_in_over ON walk_in (ends_at);
CREATE INDEX walk_in_result ON walk_in (result_id) WHERE result_id IS NOT NULL;

-- What a shop elsewhere said last of its slots: [[begins_at, ends_at, left], …].
CREATE TABLE slot_copy (
    listing_id bigint PRIMARY KEY REFERENCES post(id) ON DELETE CASCADE,
    slots jsonb NOT NULL DEFAULT '[]',
    etag text NOT NULL DEFAULT '',
    asked_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz
);

-- What came out of a repair, as one of its two sides noted it; or the shop alone, of who walked in or of a file.
CREATE TABLE repair_result (
    id bigint PRIMARY KEY,
    -- NULL for what was done without one; the figures outlive the exchange.
    agreement_id bigint REFERENCES agreement(id) ON DELETE SET NULL,
    author_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- who notes it
    repairer_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- who repaired: a shop or a person
    cyclist_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- whose bike it was, where she has an account
    uri text UNIQUE,                          -- of the report that told it; NULL for what only this server knows
    bike_type text NOT NULL DEFAULT 'other' CHECK (bike_type IN ('city', 'ebike', 'cargo', 'mtb', 'road', 'child',
        'folding', 'other')),
    organ text NOT NULL CHECK (organ IN ('flat-tyre', 'brakes', 'chain', 'gears', 'wheel', 'electric', 'lights',
        'diagnosis', 'other')),
    -- The statuses and barriers of the Open Repair Data Standard 0.3.
    outcome text NOT NULL CHECK (outcome IN ('fixed', 'repairable', 'end-of-life', 'unknown')),
    barrier text CHECK (barrier IN ('parts-not-available', 'parts-too-expensive', 'no-way-to-open', 'no-information',
        'lack-of-equipment', 'too-worn')),
    minutes integer CHECK (minutes >= 1 AND minutes <= 6000),
    parts text[] NOT NULL DEFAULT '{}',       -- one line each, as they were written
    learnt text NOT NULL DEFAULT '',          -- what is worth knowing the next time
    problem text NOT NULL DEFAULT '',         -- what was wrong, in words
    brand text NOT NULL DEFAULT '',
    commune_code text,                        -- where it was done: the shop's, else that of the call
    repaired_on date NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    -- What the cyclist said to it for the book of her bike; NULL while it waits for her.
    book_answer text CHECK (book_answer IN ('kept', 'declined')),
    UNIQUE (agreement_id, author_id),
    CONSTRAINT repair_result_check CHECK (barrier IS NULL OR outcome = 'end-of-life')
);
CREATE INDEX repair_result_author ON repair_result (author_id) WHERE author_id IS NOT NULL;
CREATE INDEX repair_result_cyclist ON repair_result (cyclist_id, repaired_on) WHERE cyclist_id IS NOT NULL;
CREATE INDEX repair_result_day ON repair_result (repaired_on);
CREATE INDEX repair_result_repairer ON repair_result (repairer_id, repaired_on) WHERE repairer_id IS NOT NULL;

-- A bike of a member: she alone reads it and its book. Nothing of it is told to anybody, but what she hands over.
CREATE TABLE bike (
    id bigint PRIMARY KEY,
    owner_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    name text NOT NULL,
    bike_type text NOT NULL DEFAULT 'city' CHECK (bike_type IN ('city', 'ebike', 'cargo', 'mtb', 'road', 'child',
        'folding', 'other')),
    brand text NOT NULL DEFAULT '',
    model text NOT NULL DEFAULT '',
    made_in smallint CHECK (made_in >= 1880 AND made_in <= 2200),
    wheel_size text NOT NULL DEFAULT '',
    notes text NOT NULL DEFAULT '',
    frame_number text NOT NULL DEFAULT '',  -- capitals and digits alone; shown masked
    stolen_at timestamptz,
    kilometres integer CHECK (kilometres >= 0),
    kilometres_on date,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    left_at timestamptz,                    -- given away, sold or gone: kept apart from those that are ridden
    left_how text CHECK (left_how IN ('given', 'sold', 'scrapped', 'handed-over')),
    came_on date,
    came_from text NOT NULL DEFAULT ''
);
CREATE INDEX bike_frame_number ON bike (frame_number) WHERE frame_number <> '';
CREATE INDEX bike_owner ON bike (owner_id, id);

-- A line of a bike's book: what was done, by whom and when; written by its owner, or kept of what a repairer proposed.
CREATE TABLE bike_entry (
    id bigint PRIMARY KEY,
    bike_id bigint NOT NULL REFERENCES bike(id) ON DELETE CASCADE,
    result_id bigint UNIQUE REFERENCES repair_result(id) ON DELETE SET NULL,
    done_on date NOT NULL,
    title text NOT NULL,
    text text NOT NULL DEFAULT '',
    organ text CHECK (organ IN ('flat-tyre', 'brakes', 'chain', 'gears', 'wheel', 'electric', 'lights', 'diagnosis',
        'other')),
    outcome text CHECK (outcome IN ('fixed', 'repairable', 'end-of-life', 'unknown')),
    minutes integer CHECK (minutes >= 1 AND minutes <= 6000),
    parts text[] NOT NULL DEFAULT '{}',
    repairer text NOT NULL DEFAULT '',  -- the name as it was then
    repairer_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    kilometres integer CHECK (kilometres >= 0),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX bike_entry_bike ON bike_entry (bike_id, done_on DESC, id DESC);
CREATE INDEX bike_entry_repairer ON bike_entry (repairer_id) WHERE repairer_id IS NOT NULL;

-- Pictures of a bike and of its lines, invoices: files of their owner, which no address but her own pages answers.
CREATE TABLE bike_file (
    id bigint PRIMARY KEY,
    bike_id bigint REFERENCES bike(id) ON DELETE CASCADE,
    entry_id bigint REFERENCES bike_entry(id) ON DELETE CASCADE,  -- NULL for the picture of the bike itself
    kind text NOT NULL CHECK (kind IN ('photo', 'invoice')),
    mime_type text NOT NULL CHECK (mime_type IN ('image/jpeg', 'application/pdf')),
    file_key text NOT NULL,
    thumbnail_key text,
    byte_size integer NOT NULL CHECK (byte_size > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    result_id bigint REFERENCES repair_result(id) ON DELETE CASCADE,  -- until its words are in a book
    digest bytea CHECK (octet_length(digest) = 32),  -- SHA-256 of the file; NULL until somebody asks
    file_size integer CHECK (file_size > 0),  -- of the file itself, without its small copy
    sent_uri text UNIQUE,                     -- the address that the one receiver was told
    receiver_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    kept_until timestamptz,                   -- until then that address answers
    came_uri text UNIQUE,                     -- where it was fetched, which is not done twice
    parted_at timestamptz,                    -- hers no more: it waits for the receiver alone
    CONSTRAINT bike_file_whose CHECK (num_nonnulls(bike_id, result_id) = 1)
);
CREATE INDEX bike_file_bike ON bike_file (bike_id, id);
CREATE INDEX bike_file_entry ON bike_file (entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX bike_file_kept ON bike_file (kept_until) WHERE kept_until IS NOT NULL;
CREATE INDEX bike_file_key ON bike_file (file_key);
CREATE INDEX bike_file_receiver ON bike_file (receiver_id) WHERE receiver_id IS NOT NULL;
CREATE INDEX bike_file_result ON bike_file (result_id) WHERE result_id IS NOT NULL;
CREATE INDEX bike_file_thumbnail ON bike_file (thumbnail_key) WHERE thumbnail_key IS NOT NULL;

-- Which bike of hers a call or an appointment is about: she alone knows, so that a result finds the right book.
CREATE TABLE bike_link (
    bike_id bigint NOT NULL REFERENCES bike(id) ON DELETE CASCADE,
    listing_id bigint UNIQUE REFERENCES post(id) ON DELETE CASCADE,
    agreement_id bigint UNIQUE REFERENCES agreement(id) ON DELETE CASCADE,
    CONSTRAINT bike_link_check CHECK (num_nonnulls(listing_id, agreement_id) = 1)
);
CREATE INDEX bike_link_bike ON bike_link (bike_id);

-- What its owner told of a bike's counter, when she liked; between two of these, and after, kilometres are guessed.
CREATE TABLE bike_distance (
    bike_id bigint NOT NULL REFERENCES bike(id) ON DELETE CASCADE,
    told_on date NOT NULL,
    kilometres integer NOT NULL CHECK (kilometres >= 0),
    PRIMARY KEY (bike_id, told_on)
);

-- What is to be looked at on a bike every so many months or kilometres, counted from the last time.
CREATE TABLE bike_reminder (
    id bigint PRIMARY KEY,
    bike_id bigint NOT NULL REFERENCES bike(id) ON DELETE CASCADE,
    title text NOT NULL,
    organ text CHECK (organ IN ('flat-tyre', 'brakes', 'chain', 'gears', 'wheel', 'electric', 'lights', 'diagnosis',
        'other')),
    every_months smallint CHECK (every_months >= 1 AND every_months <= 120),
    every_km integer CHECK (every_km >= 10 AND every_km <= 100000),
    since_on date NOT NULL,
    since_km integer,     -- NULL until she tells kilometres
    put_off_until date,
    told_at timestamptz,  -- when she was told of it; NULL again once it is done or put off
    CONSTRAINT bike_reminder_check CHECK (num_nonnulls(every_months, every_km) > 0)
);
CREATE INDEX bike_reminder_bike ON bike_reminder (bike_id);
CREATE INDEX bike_reminder_untold ON bike_reminder (id) WHERE told_at IS NULL;

-- A bike on its way to somebody else with its book: by a code that is shown once, to who opens it first and says yes.
CREATE TABLE bike_handover (
    id bigint PRIMARY KEY,
    bike_id bigint NOT NULL UNIQUE REFERENCES bike(id) ON DELETE CASCADE,
    giver_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    named boolean NOT NULL,                   -- whether the new owner reads who gave it
    with_invoices boolean NOT NULL,
    expires_at timestamptz NOT NULL,
    taker_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- who said yes
    taken_at timestamptz,
    sent_uri text UNIQUE,                     -- the activity that carries the book to another server, until it is there
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX bike_handover_giver ON bike_handover (giver_id);
CREATE INDEX bike_handover_taker ON bike_handover (taker_id) WHERE taker_id IS NOT NULL;

-- To whom at other servers it was offered, since she gave that address behind the code.
CREATE TABLE bike_handover_offer (
    handover_id bigint NOT NULL REFERENCES bike_handover(id) ON DELETE CASCADE,
    taker_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    offer_uri text NOT NULL UNIQUE,
    PRIMARY KEY (handover_id, taker_id)
);
CREATE INDEX bike_handover_offer_taker ON bike_handover_offer (taker_id);

-- A bike that somebody of another server offers to one of ours: what she reads of it before she says yes.
CREATE TABLE bike_offer (
    id bigint PRIMARY KEY,
    offer_uri text NOT NULL UNIQUE,
    giver_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    taker_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    name text NOT NULL,
    bike_type text NOT NULL,
    lines integer NOT NULL CHECK (lines >= 0),
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    arrived_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX bike_offer_giver ON bike_offer (giver_id);
CREATE INDEX bike_offer_taker ON bike_offer (taker_id);

-- What members asked about a frame number, here and at the friends of their cooperative; never the number itself.
CREATE TABLE frame_inquiry (
    id bigint PRIMARY KEY,
    member_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- NULL once she left
    asked_at timestamptz NOT NULL DEFAULT now(),
    ending text NOT NULL CHECK (length(ending) = 3),  -- the last signs of the number
    may_write boolean NOT NULL                -- whether the owner may write to her
);
CREATE INDEX frame_inquiry_member ON frame_inquiry (member_id, asked_at DESC) WHERE member_id IS NOT NULL;
CREATE INDEX frame_inquiry_time ON frame_inquiry (asked_at DESC);

CREATE TABLE frame_answer (
    inquiry_id bigint NOT NULL REFERENCES frame_inquiry(id) ON DELETE CASCADE,
    host text NOT NULL,
    name text NOT NULL,  -- what that cooperative was called then
    stolen boolean,      -- NULL: no answer came
    PRIMARY KEY (inquiry_id, host)
);

-- What servers of friends asked us, and what we answered; never the number itself.
CREATE TABLE frame_question (
    id bigint PRIMARY KEY,
    host text NOT NULL,
    uri text NOT NULL,  -- the question's own id: the same one is answered alike and told to nobody anew
    asked_at timestamptz NOT NULL DEFAULT now(),
    ending text NOT NULL CHECK (length(ending) = 3),
    stolen boolean NOT NULL,
    -- A friend's server that was told yes asks again at once, with the address of who asks: both are one question. The
    -- id of the second is kept beside that of the first, so that it too is answered alike when it comes again.
    completed_by text,
    UNIQUE (host, uri)
);
CREATE UNIQUE INDEX frame_question_completed ON frame_question (host, completed_by) WHERE completed_by IS NOT NULL;
CREATE INDEX frame_question_host ON frame_question (host, asked_at DESC);
CREATE INDEX frame_question_time ON frame_question (asked_at DESC);

-- What the owner of a bike that she said was stolen is told: somebody asked about its number.
CREATE TABLE frame_sighting (
    id bigint PRIMARY KEY,
    bike_id bigint NOT NULL REFERENCES bike(id) ON DELETE CASCADE,
    host text NOT NULL,                -- of whose members somebody asked
    asked_at timestamptz NOT NULL DEFAULT now(),
    contact text NOT NULL DEFAULT ''   -- name@host of who asked, where she wants to be written to
);
CREATE INDEX frame_sighting_bike ON frame_sighting (bike_id, asked_at DESC);
CREATE INDEX frame_sighting_contact ON frame_sighting (contact) WHERE contact <> '';

-- The tour of a day, of somebody who goes to where the bikes are: its stops are agreements and who walked in, and are
-- not written down again. Here stands only in which order she put them by hand.
CREATE TABLE tour_order (
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,  -- a shop, or who repairs alone
    day date NOT NULL,
    stops text[] NOT NULL,                    -- 'a' and the id of an agreement, 'w' and that of who walked in
    PRIMARY KEY (actor_id, day)
);
CREATE INDEX tour_order_over ON tour_order (day);

-- The calendar that a shop keeps elsewhere, under an address that is a secret of its own: what stands there takes its
-- appointments away. Ranges alone are kept, no titles and no people.
CREATE TABLE shop_calendar (
    actor_id bigint PRIMARY KEY REFERENCES repair_shop(actor_id) ON DELETE CASCADE,
    added_at timestamptz NOT NULL DEFAULT now(),
    next_at timestamptz NOT NULL DEFAULT now(),
    read_at timestamptz,                -- when it was read well last; the ranges are of then
    whole_at timestamptz,               -- when all of it came last, and for how many days ahead it was read
    whole_days integer,
    etag text NOT NULL DEFAULT '',
    modified text NOT NULL DEFAULT '',  -- its Last-Modified, as it came
    unread integer NOT NULL DEFAULT 0,  -- entries of it that could not be read
    failed_at timestamptz,              -- of the last try, where that failed, and why: a code
    cause text,
    failing_since timestamptz,
    told_at timestamptz,                -- when its managers were told that it fails
    secret bytea NOT NULL,
    host text NOT NULL,
    CONSTRAINT shop_calendar_failing CHECK ((cause IS NULL) = (failing_since IS NULL) AND (cause IS NULL) = (failed_at
        IS NULL))
);
CREATE INDEX shop_calendar_next ON shop_calendar (next_at);

CREATE TABLE shop_busy (
    actor_id bigint NOT NULL REFERENCES shop_calendar(actor_id) ON DELETE CASCADE,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    PRIMARY KEY (actor_id, begins_at),
    CONSTRAINT shop_busy_check CHECK (begins_at < ends_at)
);

-- Where a repairer is to come, in words: of one of ours what she typed, of somebody elsewhere what her server told once
-- both had said yes. The shop reads it while that holds.
CREATE TABLE visit_address (
    agreement_id bigint PRIMARY KEY REFERENCES agreement(id) ON DELETE CASCADE,
    address text NOT NULL,
    told_at timestamptz   -- when a shop elsewhere was told
);

-- The first time at which a shop has room, so that a list of many shops need not work it out: of ours renewed when
-- something changes and every quarter of an hour, of others as their server told it.
CREATE TABLE next_slot (
    actor_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,
    begins_at timestamptz,  -- none: no room for now
    looked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX next_slot_looked ON next_slot (looked_at);

-- Who walked in is forgotten after a month; that somebody did stays.
CREATE TABLE walk_in_month (
    month date PRIMARY KEY,  -- its first day
    total integer NOT NULL CHECK (total > 0)
);

-- What came from Rustine Libre: each row that was made, so that no second run makes it again and it can be undone.
CREATE TABLE repair_import (
    id bigint PRIMARY KEY,
    made_by bigint REFERENCES actor(id) ON DELETE SET NULL,  -- NULL for a command
    made_at timestamptz NOT NULL DEFAULT now(),
    undone_at timestamptz,
    counts jsonb NOT NULL DEFAULT '{}'        -- what was made, and once undone what was left
);
CREATE INDEX repair_import_made_by ON repair_import (made_by) WHERE made_by IS NOT NULL;

CREATE TABLE repair_import_item (
    import_id bigint NOT NULL REFERENCES repair_import(id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('shop', 'manager', 'bike', 'entry', 'result', 'walk_in')),
    origin text NOT NULL,                     -- its number over there
    row_id bigint NOT NULL,                   -- ours; of a manager the shop
    digest text NOT NULL DEFAULT '',          -- of the row as it was made: another one was touched since
    -- Of a manager the member who was made it; of a bike and a line of its book whose it was.
    member_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    PRIMARY KEY (kind, origin)
);
CREATE INDEX repair_import_item_import ON repair_import_item (import_id, kind);
CREATE INDEX repair_import_item_member ON repair_import_item (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX repair_import_item_row ON repair_import_item (kind, row_id);

-- Files that another server told one of ours of, and that are fetched one after the other.
CREATE TABLE awaited_file (
    id bigint PRIMARY KEY,
    uri text NOT NULL UNIQUE,
    sender_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    receiver_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,  -- in whose name it is asked for
    bike_id bigint REFERENCES bike(id) ON DELETE CASCADE,
    entry_id bigint REFERENCES bike_entry(id) ON DELETE CASCADE,
    result_id bigint REFERENCES repair_result(id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('photo', 'invoice')),
    file_size integer NOT NULL CHECK (file_size > 0),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    tries smallint NOT NULL DEFAULT 0,
    next_at timestamptz DEFAULT now(),        -- NULL once it is here, or nothing is tried any more
    trouble text CHECK (trouble IN ('away', 'missing', 'changed', 'unreadable', 'no-room', 'store-full')),
    received_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT awaited_file_check CHECK (num_nonnulls(bike_id, result_id) = 1)
);
CREATE INDEX awaited_file_bike ON awaited_file (bike_id) WHERE bike_id IS NOT NULL;
CREATE INDEX awaited_file_entry ON awaited_file (entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX awaited_file_next ON awaited_file (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX awaited_file_receiver ON awaited_file (receiver_id);
CREATE INDEX awaited_file_result ON awaited_file (result_id) WHERE result_id IS NOT NULL;
CREATE INDEX awaited_file_sender ON awaited_file (sender_id);

-- The published files of repairs as they were last written: whoever asks gets the same bytes for an hour, and nobody
-- makes the server write a whole file each time.
CREATE TABLE kept_open_repairs (
    file text PRIMARY KEY CHECK (file IN ('ord', 'velos')),
    made_at timestamptz NOT NULL,
    body bytea NOT NULL
);

-- Each change of a setting of the cooperative: who, when, from what, to what.
CREATE TABLE preference_change (
    id bigint PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    by_id bigint REFERENCES actor(id) ON DELETE SET NULL,
    by_member boolean NOT NULL,  -- false: a command, or the first run; true with no by_id: somebody who is gone
    key text NOT NULL,
    before jsonb NOT NULL,
    after jsonb NOT NULL
);
CREATE INDEX preference_change_by ON preference_change (by_id);
CREATE INDEX preference_change_key ON preference_change (key, id);

-- What somebody did, or put off, of the way to the opening. All else on that list is read from what there is.
CREATE TABLE opening_step (
    step text PRIMARY KEY,
    noted text NOT NULL CHECK (noted IN ('tested', 'later')),
    noted_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    noted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX opening_step_by ON opening_step (noted_by);

-- Figures of the cooperative, month by month. What is counted is remembered by its number as long as it is there, so
-- that it can be counted again; of what is erased only the sum stays.
CREATE TABLE figure_event (
    what text NOT NULL CHECK (what IN ('members', 'listings', 'agreed', 'done', 'objects', 'hours', 'answered',
        'unanswered')),
    source_id bigint NOT NULL,                -- of the account, listing, agreement or thread
    listing_id bigint,                        -- that it is about; without it, nothing says any more where it was
    month date NOT NULL,                      -- the one in which it counts: never one that is closed
    commune_code text NOT NULL DEFAULT '',
    kind text NOT NULL DEFAULT '',
    mode text NOT NULL DEFAULT '',
    category text NOT NULL DEFAULT '',
    elsewhere boolean NOT NULL DEFAULT false,  -- the other side is of another server
    bucket smallint NOT NULL DEFAULT 0,       -- of an answer: how long it took
    amount numeric NOT NULL DEFAULT 1,
    gone boolean NOT NULL DEFAULT false,      -- it counts in figure_gone, and no more here
    PRIMARY KEY (what, source_id)
);
CREATE INDEX figure_event_month ON figure_event (month) WHERE NOT gone;

-- What was counted and can be counted no more, since whoever it was of is gone or took it back.
CREATE TABLE figure_gone (
    month date NOT NULL,
    what text NOT NULL,
    commune_code text NOT NULL,
    kind text NOT NULL,
    mode text NOT NULL,
    category text NOT NULL,
    elsewhere boolean NOT NULL,
    bucket smallint NOT NULL,
    cases integer NOT NULL,
    amount numeric NOT NULL,
    PRIMARY KEY (month, what, commune_code, kind, mode, category, elsewhere, bucket)
);

-- The sums that are kept of each month that is closed: `cases` of something, which make `amount` of it.
CREATE TABLE figure_sum (
    month date NOT NULL,
    what text NOT NULL,
    commune_code text NOT NULL,
    kind text NOT NULL,
    mode text NOT NULL,
    category text NOT NULL,
    elsewhere boolean NOT NULL,
    bucket smallint NOT NULL,
    cases integer NOT NULL,
    amount numeric NOT NULL,
    PRIMARY KEY (month, what, commune_code, kind, mode, category, elsewhere, bucket)
);

-- Months that are over and do not change any more.
CREATE TABLE figure_month (
    month date PRIMARY KEY,
    closed_at timestamptz NOT NULL DEFAULT now(),
    decided boolean NOT NULL DEFAULT false   -- whether it is in figure_cell as it is kept
);

-- What may be shown, decided once for every page and file. Of what is not shown no number stands here.
CREATE TABLE figure_cell (
    first date NOT NULL,
    length text NOT NULL CHECK (length IN ('month', 'quarter', 'year', 'all')),
    what text NOT NULL,
    commune_code text NOT NULL DEFAULT '',
    epci_code text NOT NULL DEFAULT '',
    kind text NOT NULL DEFAULT '',
    mode text NOT NULL DEFAULT '',
    side text NOT NULL DEFAULT '' CHECK (side IN ('', 'here', 'elsewhere')),
    amount numeric,                          -- NULL: hidden
    partial boolean NOT NULL DEFAULT false,  -- at least so much: something of it is hidden
    PRIMARY KEY (first, length, commune_code, epci_code, kind, mode, side, what)
);
CREATE INDEX figure_cell_what ON figure_cell (what, length, commune_code, epci_code, kind, mode, side, first);

-- Kept sums that were not what was counted again at night, until somebody who administers has seen it.
CREATE TABLE figure_difference (
    id bigint PRIMARY KEY,
    month date NOT NULL,
    what text NOT NULL,
    kept integer NOT NULL,
    counted integer NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz
);
CREATE INDEX figure_difference_unseen ON figure_difference (found_at) WHERE seen_at IS NULL;

-- What neighbour cooperatives publish of themselves, asked for once a day and added up with our own.
CREATE TABLE figure_neighbour (
    host text PRIMARY KEY,
    next_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,                      -- what is kept is as it was told then
    problem text CHECK (problem IN ('not_published', 'no_answer', 'unreadable')),  -- of the last time; NULL: none
    name text NOT NULL DEFAULT '',
    url text NOT NULL DEFAULT '',
    periods text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX figure_neighbour_due ON figure_neighbour (next_at);

CREATE TABLE figure_neighbour_cell (
    host text NOT NULL REFERENCES figure_neighbour(host) ON DELETE CASCADE,
    period text NOT NULL,
    what text NOT NULL,
    amount numeric,  -- NULL: hidden
    partial boolean NOT NULL,
    PRIMARY KEY (host, period, what)
);
CREATE INDEX figure_neighbour_cell_period ON figure_neighbour_cell (period);

-- Cooperatives that follow ours, propose to be friends, or are: how far it is with each. The level of its server is
-- another decision.
CREATE TABLE friendship (
    actor_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,  -- the other cooperative
    state text NOT NULL CHECK (state IN ('met', 'proposed', 'asked', 'confirmed', 'refused', 'declined', 'ended')),
    our_offer_uri text,                       -- the Offer of ours that counts, where we proposed it
    their_offer_uri text,                     -- theirs, where they did
    member_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- who of ours said the last word
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX friendship_member ON friendship (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX friendship_state ON friendship (state, changed_at DESC);
CREATE INDEX friendship_waiting ON friendship (changed_at) WHERE state IN ('met', 'asked', 'ended');

-- Territories that members propose the cooperative to follow, and what became of each proposal; gone with the account.
CREATE TABLE territory_proposal (
    id bigint PRIMARY KEY,
    host text NOT NULL,
    member_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    reason text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'followed', 'declined')),
    answer text NOT NULL DEFAULT '',  -- a sentence of the team, where it declined
    created_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    CONSTRAINT territory_proposal_check CHECK ((state = 'waiting') = (settled_at IS NULL))
);
CREATE INDEX territory_proposal_member ON territory_proposal (member_id, id DESC);
CREATE UNIQUE INDEX territory_proposal_waiting ON territory_proposal (host, member_id) WHERE state = 'waiting';

-- Pages that a cooperative writes itself. What each said stands with the charter's versions, under 'page:ID'.
CREATE TABLE own_page (
    id bigint PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 60),
    language text NOT NULL,  -- that of its text
    placed text NOT NULL DEFAULT 'footer' CHECK (placed IN ('menu', 'footer', 'nowhere')),
    position integer NOT NULL DEFAULT 0,
    shown_version integer,   -- what everybody reads; NULL: nothing yet, or no longer
    deleted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- What a look at the machine found wrong, of what no other table tells; gone a day after it is well again.
CREATE TABLE health_trouble (
    name text PRIMARY KEY,  -- a check of web/actions/doctor
    severe boolean NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    well_at timestamptz,    -- NULL: it is not
    told_at timestamptz     -- when administrators had a mail about it
);

-- Sub-categories of the cooperative's own, each under a category that all cooperatives share. What they are is decided
-- in the settings (`preference`, key `subcategories`), with their history; this is what listings and alerts hold on to.
CREATE TABLE subcategory (
    slug text PRIMARY KEY CHECK (slug ~ '^[a-z0-9-]+\.[a-z0-9-]+$'),  -- that of the shared one, a full stop, its own
    label text NOT NULL,
    words text NOT NULL DEFAULT ''            -- what else it is found as
);

-- Until when each member has paid her yearly dues, where the cooperative asks for them; gone with the account.
CREATE TABLE dues (
    member_id bigint PRIMARY KEY REFERENCES account(actor_id) ON DELETE CASCADE,
    valid_until date,                  -- the last day; NULL: nothing is asked of her
    cents integer CHECK (cents >= 0),  -- what she gave, where the cooperative wishes to keep it
    told smallint NOT NULL DEFAULT 0,  -- her last reminder: 1 weeks before, 2 days before, 3 after
    noted_at timestamptz NOT NULL DEFAULT now(),
    noted_by bigint REFERENCES account(actor_id) ON DELETE SET NULL
);
CREATE INDEX dues_until ON dues (valid_until);

-- Several machines may share one database: what is wrong with one of them is not well because another is. A table of
-- its own: the version before goes on with health_trouble, which has a name alone; a later release drops it.
CREATE TABLE machine_trouble (
    machine text NOT NULL,                    -- its name; '' for what all machines share
    name text NOT NULL,                       -- a check of web/actions/doctor
    severe boolean NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    looked_at timestamptz NOT NULL DEFAULT now(),  -- a machine that nobody looks at any more is gone
    well_at timestamptz,                      -- NULL: it is not
    told_at timestamptz,                      -- when administrators had a mail about it
    PRIMARY KEY (machine, name)
);

-- Statements that took long, day by day: their text is ours and holds no value. Forgotten after a month.
CREATE TABLE slow_statement (
    day date NOT NULL DEFAULT CURRENT_DATE,
    statement text NOT NULL,            -- its beginning, as it stands in the code
    times integer NOT NULL,
    longest double precision NOT NULL,  -- seconds
    last_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (day, statement)
);

-- The instance ends for ever: how far its end has come. When it ends is the preference shutdown_at, which pages read.
CREATE TABLE instance_shutdown (
    only_one boolean DEFAULT true PRIMARY KEY CHECK (only_one),
    begun_at timestamptz NOT NULL DEFAULT now(),
    begun_by bigint REFERENCES actor(id) ON DELETE SET NULL,  -- NULL: a command
    told_through bigint NOT NULL DEFAULT 0,   -- members whose ids are not above were told
    copied_at timestamptz,                    -- the public pages were written as files
    archived_through bigint NOT NULL DEFAULT 0,  -- archives of members whose ids are not above were asked for
    offered_until timestamptz,                -- until when these archives are kept, once they are made
    ended_at timestamptz,                     -- every actor is gone
    -- The end of an instance is said again shortly before: `reminded` is how many days before its day, the last time.
    reminded smallint
);
CREATE INDEX instance_shutdown_by ON instance_shutdown (begun_by);

-- "A friend looks in": what a friendly cooperative saw of ours from outside when it was asked. Forgotten after a month.
CREATE TABLE asked_look (
    id bigint PRIMARY KEY,
    host text NOT NULL,                       -- the friend that was asked
    asked_at timestamptz NOT NULL DEFAULT now(),
    asked_by bigint REFERENCES actor(id) ON DELETE SET NULL,  -- NULL: by a command, or somebody who left
    ended_at timestamptz,                     -- NULL: no answer yet
    failure text,                             -- why nothing was seen
    clock integer,                            -- seconds by which the friend's clock is ahead of ours
    seen jsonb                                -- what it saw, as it said it, of what we can read alone
);
CREATE INDEX asked_look_asker ON asked_look (asked_by) WHERE asked_by IS NOT NULL;
CREATE INDEX asked_look_time ON asked_look (asked_at DESC);

-- Friends for whom we looked, and what we saw.
CREATE TABLE given_look (
    id bigint PRIMARY KEY,
    host text NOT NULL,
    uri text NOT NULL,  -- the request's own id: the same one gets the same answer, and no second look
    asked_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    seen jsonb,
    UNIQUE (host, uri)
);
CREATE INDEX given_look_time ON given_look (asked_at DESC);

-- This instance was made again of a backup: what happened between the two moments is known to others only, who hear it.
CREATE TABLE restoration (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lost_from timestamptz NOT NULL,     -- of when the backup is
    restored_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,                -- when other servers were told, and what is missed of others was asked for
    names smallint NOT NULL DEFAULT 0   -- of accounts of ours that others know and we do not: taken for ever
);

-- Other servers that said the same of themselves: what they had had from us since was sent again.
CREATE TABLE peer_restoration (
    host text NOT NULL,
    lost_from timestamptz NOT NULL,
    restored_at timestamptz NOT NULL,
    heard_at timestamptz NOT NULL DEFAULT now(),
    sent_again integer NOT NULL,
    -- The word of a server's own actor, held here with its key since before the loss (`known`), beside that of any
    -- other: to the latter what is public alone is sent again.
    known boolean NOT NULL DEFAULT true,
    due_at timestamptz NOT NULL DEFAULT now(),  -- when it is sent again
    through timestamptz,                      -- what had arrived until then was sent again
    finished_at timestamptz,
    PRIMARY KEY (host, known)
);

-- What one server had by its words since an instance was made again: names that are taken, and what was taken back on
-- its word, on that day (nobody may have as many as she likes).
CREATE TABLE restoration_word (
    restoration_id bigint NOT NULL REFERENCES restoration(id) ON DELETE CASCADE,
    host text NOT NULL,
    names smallint NOT NULL DEFAULT 0,
    taken_back smallint NOT NULL DEFAULT 0,
    day date NOT NULL DEFAULT CURRENT_DATE,
    -- Servers that are asked for what they hold of ours after a restoration, and whether they answered: until all did,
    -- or for an hour, no new name is given out.
    asked boolean NOT NULL DEFAULT false,
    answered_at timestamptz,
    PRIMARY KEY (restoration_id, host)
);

-- How far a nightly look at a large table came; the next night goes on behind it, and begins anew at the end.
CREATE TABLE sweep_position (
    name text PRIMARY KEY,
    after text NOT NULL
);

-- What browsers refused to load or to run on our pages, as they tell it: how often, and nothing of whose they were.
CREATE TABLE policy_report (
    day date NOT NULL DEFAULT CURRENT_DATE,
    directive text NOT NULL,  -- of our content policy
    page text NOT NULL,       -- a line of our table of addresses, so without names or numbers
    source text NOT NULL CHECK (source IN ('inline', 'eval', 'data', 'here', 'elsewhere')),
    times integer NOT NULL DEFAULT 1,
    PRIMARY KEY (day, directive, page, source)
);

-- What the address says that administrators chose to ask for releases, as it was when it was asked last: one row.
CREATE TABLE release_notice (
    one boolean DEFAULT true PRIMARY KEY CHECK (one),
    asked_at timestamptz NOT NULL DEFAULT now(),
    version text,         -- the newest that is for everybody; NULL: it did not say
    page text,            -- where it is described
    failure text,         -- why nothing was heard: a cause of federation/errors
    -- Which version mended a hole last: whether ours is older is seen when somebody looks, not when it was asked.
    secure_version text
);

-- What members had published in the time that was lost and other servers gave back, by its author's own proof, and what
-- the team had done with it then, as those servers were told.
CREATE TABLE returned_post (
    post_uri text PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    told_by text NOT NULL,    -- the server that gave it back, or spoke of it first
    came_at timestamptz NOT NULL DEFAULT now(),
    restored_at timestamptz,  -- it stands again since then
    withheld_at timestamptz,  -- when it was put away, the last time
    shown_at timestamptz,     -- when its author's key last said what it says
    held_at timestamptz       -- it was hidden here for the team to look at: once
);
CREATE INDEX returned_post_actor ON returned_post (actor_id);

-- What the doctor saw of what is dear to look at (a large photo, a store of copies, tiles of a map): the last time.
CREATE TABLE health_look (
    name text PRIMARY KEY,  -- a check of web/actions/doctor
    about text NOT NULL,    -- what it looked at, as the settings had it: of something else this says nothing
    looked_at timestamptz NOT NULL DEFAULT now(),
    well boolean NOT NULL,
    said text NOT NULL      -- what it found, in JSON: sentences with their values, in nobody's language
);

-- When each sweep of the night last went through all of its table: what lags behind is named. `night` is all of them.
CREATE TABLE sweep_round (
    name text PRIMARY KEY,
    ended_at timestamptz NOT NULL DEFAULT now()
);

-- References to tables further down -----------------------------------------------------------------------------------

ALTER TABLE token ADD CONSTRAINT token_application_id_fkey
    FOREIGN KEY (application_id) REFERENCES application(id) ON DELETE CASCADE;

ALTER TABLE token ADD CONSTRAINT token_grant_id_fkey
    FOREIGN KEY (grant_id) REFERENCES access_grant(id) ON DELETE CASCADE;

ALTER TABLE post ADD CONSTRAINT post_community_id_fkey
    FOREIGN KEY (community_id) REFERENCES community(actor_id) ON DELETE SET NULL;

ALTER TABLE listing ADD CONSTRAINT listing_subcategory_fkey
    FOREIGN KEY (subcategory) REFERENCES subcategory(slug) ON DELETE SET NULL;

ALTER TABLE idempotency ADD CONSTRAINT idempotency_scheduled_id_fkey
    FOREIGN KEY (scheduled_id) REFERENCES scheduled_status(id) ON DELETE SET NULL;

ALTER TABLE notification ADD CONSTRAINT notification_report_id_fkey
    FOREIGN KEY (report_id) REFERENCES report(id) ON DELETE CASCADE;

ALTER TABLE notification ADD CONSTRAINT notification_sign_up_id_fkey
    FOREIGN KEY (sign_up_id) REFERENCES sign_up(id) ON DELETE CASCADE;

ALTER TABLE report ADD CONSTRAINT report_case_id_fkey
    FOREIGN KEY (case_id) REFERENCES moderation_case(id) ON DELETE SET NULL;

ALTER TABLE search_alert ADD CONSTRAINT search_alert_subcategory_fkey
    FOREIGN KEY (subcategory) REFERENCES subcategory(slug) ON DELETE SET NULL;

ALTER TABLE walk_in ADD CONSTRAINT walk_in_result_id_fkey
    FOREIGN KEY (result_id) REFERENCES repair_result(id) ON DELETE SET NULL;

-- Views ---------------------------------------------------------------------------------------------------------------

CREATE VIEW barred AS
    SELECT actor_id AS reader_id, target_id AS author_id FROM block
    UNION ALL SELECT target_id, actor_id FROM block
    UNION ALL SELECT d.actor_id, a.id FROM domain_block d JOIN actor a ON d.domain = ANY (domains_of(a.host)) AND NOT a.local
    UNION ALL SELECT a.id, d.actor_id FROM domain_block d JOIN actor a ON d.domain = ANY (domains_of(a.host)) AND NOT a.local;
COMMENT ON VIEW barred IS
    'Who may not see whom, both ways, because one blocks the other or the server of the other: a view, so that '
    'every statement that shows something asks the same question.';

CREATE VIEW concerned AS
    SELECT actor_id AS about_id, actor_id FROM account
    UNION ALL SELECT place_id, actor_id FROM place_keeper;
COMMENT ON VIEW concerned IS
    'Of what is about somebody (about_id), who of the team may neither see nor settle it';

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
    'The repairs that this cooperative counts: of two words about one agreement the repairer''s, and nothing that '
    'the server of a repairer elsewhere counts itself, so that territories add up without a centre.';

CREATE VIEW full_actor AS
SELECT id, uri, type, local, username, host, name, summary, url, inbox, shared_inbox, outbox, followers_uri,
    following_uri, featured_uri, icon_media_id, image_media_id, locked, discoverable, indexable, fields,
    also_known_as, moved_to, implements, territory_uri, category, place_name, postcode, commune_code, latitude,
    longitude, radius, published_at, created_at, updated_at, fetched_at, suspended_at, deleted_at, automatic,
    away_until, street, hours, limited_at, excluded_at, suspended_at_home
FROM actor;
COMMENT ON VIEW full_actor IS
    'An actor as it is read, without the document as received, which is large: one list of columns for all readers.';

CREATE VIEW full_agreement AS
SELECT id, exchange_id, listing_id, owner_id, partner_id, uri, request_uri, offer_uri, proposed_by, state, quantity,
    unit, begins_at, ends_at, place, in_return, amount, currency, points, note, reason, accepted_uri, held_until,
    owner_reported_at, partner_reported_at, created_at, updated_at, agreed_at, ended_at
FROM agreement;
COMMENT ON VIEW full_agreement IS
    'An agreement as it is read: one list of columns for all readers.';

CREATE VIEW full_listing AS
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
COMMENT ON VIEW full_listing IS
    'A listing together with its post, as it is read, in any state and tombstones too: one join for all readers.';

CREATE VIEW full_post AS
SELECT id, uri, kind, local, author_id, url, audience, content, source, warning, sensitive, language,
    in_reply_to_uri, in_reply_to_id, context_uri, root_id, to_uris, cc_uris, published_at, updated_at,
    received_at, deleted_at, thanks_for, hidden_at, hidden_audience, community_id
FROM post;
COMMENT ON VIEW full_post IS
    'A post as it is read, without the object as received, which is large: one list of columns for all readers.';

CREATE VIEW full_sign_up AS
SELECT s.id, s.username, s.email, s.name, s.language, s.commune_code, s.asked_at, s.actor_id, s.confirmed_at, s.answers,
    coalesce((SELECT m.role IS NOT NULL FROM sign_up_message m WHERE m.sign_up_id = s.id ORDER BY m.id DESC LIMIT 1),
        false) AS asked_back,
    s.to_confirm
FROM sign_up s;
COMMENT ON VIEW full_sign_up IS
    'A request to join as it is read, without the hash of a password; `asked_back` while the team waits for an '
    'answer.';

CREATE VIEW hidden AS
    SELECT reader_id, author_id FROM barred
    UNION ALL SELECT actor_id, target_id FROM mute WHERE until IS NULL OR until > now();
COMMENT ON VIEW hidden IS
    'Whom the lists of a reader leave out, which are those of `barred` and whom she mutes now: a view, so that no '
    'list forgets one of the two.';

CREATE VIEW hiding AS
    SELECT actor_id AS reader_id FROM block
    UNION ALL SELECT target_id FROM block
    UNION ALL SELECT actor_id FROM domain_block
    UNION ALL SELECT a.id FROM actor a WHERE NOT a.local AND EXISTS (SELECT FROM domain_block)
    UNION ALL SELECT actor_id FROM mute;
COMMENT ON VIEW hiding IS
    'Whose lists may leave somebody out (`hidden`): a view, so that what is asked of many rows is first asked once. '
    'Whoever is not in it has nobody in `hidden`.';

CREATE VIEW insider AS
SELECT m.community_id, m.actor_id, a.local, a.host
FROM membership m JOIN actor a ON a.id = m.actor_id
WHERE m.state = 'member' AND NOT m.public_only AND a.deleted_at IS NULL AND a.suspended_at IS NULL
    AND (m.expires_at IS NULL OR m.expires_at > now());
COMMENT ON VIEW insider IS
    'Who reads what stays inside a community, here and elsewhere: members whose time is not over, whose server '
    'keeps such things; every read, list, address and delivery asks it, so that the rule is said once.';

CREATE VIEW repair_collective AS
SELECT c.id, c.uri FROM actor c JOIN community g ON g.actor_id = c.id AND g.ended_at IS NULL AND NOT g.hidden
WHERE c.uri = (SELECT value #>> '{}' FROM preference WHERE key = 'repair_collective')
    AND c.deleted_at IS NULL AND c.suspended_at IS NULL;
COMMENT ON VIEW repair_collective IS
    'The community that the cooperative named as its collective of repairers, while it goes on and may be seen: it '
    'says which shops appear. Where there is none the team does.';

CREATE VIEW shown_filtered_notification AS
    SELECT n.id, n.recipient_id, n.type, n.actor_id, n.post_id, n.created_at FROM filtered_notification n
    WHERE EXISTS (SELECT FROM actor a WHERE a.id = n.actor_id AND a.suspended_at IS NULL AND a.deleted_at IS NULL)
        AND NOT EXISTS (SELECT FROM barred b WHERE b.reader_id = n.recipient_id AND b.author_id = n.actor_id OFFSET 0)
        AND NOT EXISTS (SELECT FROM mute m WHERE m.actor_id = n.recipient_id AND m.target_id = n.actor_id
            AND m.notifications AND (m.until IS NULL OR m.until > now()))
        AND (n.post_id IS NULL OR EXISTS (SELECT FROM post p WHERE p.id = n.post_id AND p.deleted_at IS NULL
            AND (p.hidden_at IS NULL OR p.author_id = n.recipient_id)))
        AND (n.type <> 'favourite'
            OR EXISTS (SELECT FROM favourite f WHERE f.actor_id = n.actor_id AND f.post_id = n.post_id))
        AND (n.type <> 'reblog'
            OR EXISTS (SELECT FROM share s WHERE s.actor_id = n.actor_id AND s.post_id = n.post_id))
        AND (n.type NOT IN ('follow', 'follow_request')
            OR EXISTS (SELECT FROM follow f WHERE f.follower_id = n.actor_id AND f.followed_id = n.recipient_id));
COMMENT ON VIEW shown_filtered_notification IS
    'What a policy of its recipient set apart, without what was taken back and what those did who are suspended, '
    'blocked or muted since: the list and its count must agree.';

CREATE VIEW shown_message_request AS
    SELECT r.* FROM message_request r JOIN actor a ON a.id = r.author_id
    WHERE a.suspended_at IS NULL AND a.deleted_at IS NULL
        AND NOT EXISTS (SELECT FROM hidden h WHERE h.reader_id = r.reader_id AND h.author_id = r.author_id);
COMMENT ON VIEW shown_message_request IS
    'What strangers wrote to a member and she may let in, without whoever is gone, suspended, blocked or muted: the '
    'list, its count and letting in see the same.';

CREATE VIEW shown_notification AS
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
COMMENT ON VIEW shown_notification IS
    'What somebody is told of, without what those did who are suspended, limited (unless she follows them or is in '
    'an exchange with them), blocked or muted since, and what is hidden: decided when it is read, so that lifting '
    'any of it brings it back; OFFSET 0 keeps the question about `barred` a look-up.';

CREATE VIEW unread_exchange AS
    SELECT e.id, e.listing_id, e.reader_id, e.other_id, e.last_id, e.read_id FROM (
        SELECT id, listing_id, owner_id AS reader_id, partner_id AS other_id, last_id, owner_read_id AS read_id
        FROM exchange WHERE last_id > owner_read_id AND NOT owner_muted
        UNION ALL
        SELECT id, listing_id, partner_id, owner_id, last_id, partner_read_id
        FROM exchange WHERE last_id > partner_read_id AND NOT partner_muted
    ) AS e
    JOIN actor other ON other.id = e.other_id AND other.deleted_at IS NULL
        AND (other.suspended_at IS NULL OR NOT other.suspended_with_server)
    WHERE NOT EXISTS (SELECT FROM barred b WHERE b.reader_id = e.reader_id AND b.author_id = e.other_id OFFSET 0)
        AND NOT EXISTS (SELECT FROM mute m WHERE m.actor_id = e.reader_id AND m.target_id = e.other_id
            AND m.notifications AND (m.until IS NULL OR m.until > now()));
COMMENT ON VIEW unread_exchange IS
    'Threads with something that one of the two has not read, unless she muted the thread or hides from the other, '
    'or the server of the other is set aside: a view, so that the list and the numbers beside it agree. Whoever is '
    'in an exchange with somebody who was suspended is told so.';

CREATE VIEW watched_server AS
SELECT s.host, s.level, s.software, s.software_version, coalesce(coop.name, s.name) AS name, s.first_seen_at,
    s.last_in_at, s.last_out_at, s.last_failure_at, s.failure, s.failure_cause, s.failing_days[1] AS failing_since,
    s.unavailable_since, s.probe_at, s.paused_at, s.latency_ms, s.clock_seconds, s.clock_at, s.signature_scheme,
    (SELECT count(*) FROM delivery d WHERE d.host = s.host AND d.state = 'waiting') AS waiting,
    (SELECT count(*) FROM delivery d WHERE d.host = s.host AND d.state = 'held') AS held,
    (SELECT count(*) FROM delivery d WHERE d.host = s.host AND d.state = 'failed'
        AND d.cause IS DISTINCT FROM 'withheld') AS failed,
    NOT may_have_private(s.host) AS no_private,
    (SELECT min(d.due_at) FROM delivery d WHERE d.host = s.host AND d.state = 'waiting') AS due_at
FROM server s
LEFT JOIN LATERAL (
    SELECT nullif(a.name, '') AS name FROM actor a
    WHERE a.host = s.host AND a.username = 'coop' AND a.type = 'Organization' AND a.deleted_at IS NULL
) AS coop ON true;
COMMENT ON VIEW watched_server IS
    'Another server, its name, and what is in the queue for it';

CREATE VIEW watching_repairer AS
SELECT w.actor_id, w.latitude, w.longitude, w.epci_code, w.furthest, w.organs, w.bike_types
FROM repair_watch w JOIN account a ON a.actor_id = w.actor_id JOIN actor m ON m.id = w.actor_id
WHERE a.disabled_at IS NULL AND a.confirmed_at IS NOT NULL AND m.deleted_at IS NULL AND m.suspended_at IS NULL
    AND (m.away_until IS NULL OR m.away_until <= now()) AND (w.paused_until IS NULL OR w.paused_until <= now());
COMMENT ON VIEW watching_repairer IS
    'Members who are told of repair calls nearby and can be told now, with the place that distances count from: '
    'whom a new call is told to and who is counted on pages are the same people.';

CREATE VIEW appearing_shop AS
SELECT s.actor_id, c.uri AS collective_uri, m.accepted_version AS charter_version, m.since,
    NULL::bigint AS cooperative_id
FROM repair_shop s JOIN actor a ON a.id = s.actor_id AND a.local
JOIN membership m ON m.actor_id = s.actor_id AND m.state = 'member' AND (m.expires_at IS NULL OR m.expires_at > now())
JOIN repair_collective c ON c.id = m.community_id
WHERE a.deleted_at IS NULL AND a.suspended_at IS NULL AND NOT is_unpublished(a.id)
    AND EXISTS (SELECT FROM account k WHERE k.actor_id = a.id AND k.disabled_at IS NULL)
    AND NOT EXISTS (SELECT FROM community_charter h WHERE h.community_id = c.id AND h.version > m.accepted_version
        AND (h.due_at IS NULL OR h.due_at <= now())
        AND h.version = (SELECT max(n.version) FROM community_charter n WHERE n.community_id = c.id))
UNION ALL
SELECT s.actor_id, NULL, NULL, q.decided_at, NULL
FROM repair_shop s JOIN actor a ON a.id = s.actor_id AND a.local
JOIN repair_shop_request q ON q.shop_id = s.actor_id AND q.state = 'approved'
WHERE NOT EXISTS (SELECT FROM repair_collective)
    AND a.deleted_at IS NULL AND a.suspended_at IS NULL AND NOT is_unpublished(a.id)
    AND EXISTS (SELECT FROM account k WHERE k.actor_id = a.id AND k.disabled_at IS NULL)
UNION ALL
SELECT s.actor_id, p.collective_uri, p.charter_version, coalesce(p.published_at, f.told_at), p.cooperative_id
FROM repair_shop_copy p JOIN repair_shop s ON s.actor_id = p.shop_id
JOIN repair_shop_source f ON f.cooperative_id = p.cooperative_id AND f.told_at > now() - interval '3 days'
JOIN actor a ON a.id = s.actor_id AND NOT a.local AND a.deleted_at IS NULL AND a.suspended_at IS NULL
JOIN actor o ON o.id = p.cooperative_id AND o.host = a.host AND o.deleted_at IS NULL AND o.suspended_at IS NULL
JOIN server v ON v.host = o.host AND v.level = 'friend'
WHERE is_welcome(a.host);
COMMENT ON VIEW appearing_shop IS
    'Which shops stand in lists: of ours those in the collective that the cooperative named, by a version of its '
    'charter that is in force, or without a collective those that its team said yes to; of others those that a '
    'friend cooperative listed within three days. Lists, maps, the collection for peers and pages ask it, so that '
    'whoever leaves is gone from all of them at once.';

CREATE VIEW case_part AS
    SELECT c.id AS case_id, x.actor_id, 'about' AS part
    FROM moderation_case c JOIN concerned x ON x.about_id = c.actor_id
    UNION ALL SELECT case_id, by_id, 'withdrew' FROM case_step WHERE act = 'withdrew' AND by_id IS NOT NULL
    UNION ALL SELECT case_id, reporter_id, 'reported' FROM report
    WHERE local AND reporter_id IS NOT NULL AND case_id IS NOT NULL
    UNION ALL SELECT case_id, decided_by, 'decided' FROM moderation_decision WHERE decided_by IS NOT NULL
    UNION ALL SELECT case_id, second_id, 'decided' FROM moderation_decision
    WHERE second_id IS NOT NULL AND (seconded_at IS NOT NULL OR refused_at IS NOT NULL);
COMMENT ON VIEW case_part IS
    'Who has which part in a case; what she may not do for it: models/moderation/deciders';

CREATE VIEW listed_notification AS
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
COMMENT ON VIEW listed_notification IS
    'Shown notifications that have a line of their own on pages, because messages, thanks and notices of a thread '
    'stand on the line of the thread; one that only pages tell is not read because an app was read up to there.';

CREATE VIEW shop_apart AS
SELECT i.row_id AS actor_id FROM repair_import_item i
WHERE i.kind = 'shop' AND NOT EXISTS (SELECT FROM appearing_shop p WHERE p.actor_id = i.row_id);
COMMENT ON VIEW shop_apart IS
    'Shops that an import made and that do not appear, since neither the collective nor the team said yes to them: '
    'the directory, searches for accounts, places for listings and places that are open leave them out.';

-- Functions -----------------------------------------------------------------------------------------------------------

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

CREATE FUNCTION count_walk_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO walk_in_month AS m (month, total)
    VALUES (date_trunc('month', OLD.begins_at AT TIME ZONE 'Europe/Paris')::date, 1)
    ON CONFLICT (month) DO UPDATE SET total = m.total + 1;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION count_walk_in() IS
    'The month keeps the number: who came more than a week ago is forgotten, not struck out.';

CREATE FUNCTION end_access(account_id bigint, kept_session bytea) RETURNS void LANGUAGE sql AS $$
    DELETE FROM session WHERE session.actor_id = account_id AND token_hash <> kept_session;
    DELETE FROM login_step WHERE login_step.actor_id = account_id;
    UPDATE access_grant SET revoked_at = now() WHERE access_grant.actor_id = account_id AND revoked_at IS NULL;
    UPDATE token SET revoked_at = now() WHERE token.actor_id = account_id AND revoked_at IS NULL;
    SELECT pg_notify('declic_tokens', json_build_object('actor', account_id)::text);
$$;
COMMENT ON FUNCTION end_access(bigint, bytea) IS
    'Ends all sessions of an account but one, its log-ins half done, grants and tokens, and tells whoever holds '
    'streams open; in SQL because triggers do it, by whichever way an account ends.';

CREATE FUNCTION end_access_of_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM end_access(NEW.actor_id, '');
    RETURN NULL;
END $$;
COMMENT ON FUNCTION end_access_of_account() IS
    'Ends the access of an account that was disabled, see `end_access`.';

CREATE FUNCTION end_access_of_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM end_access(NEW.id, '');
    RETURN NULL;
END $$;
COMMENT ON FUNCTION end_access_of_actor() IS
    'Ends the access of an account whose actor was deleted, see `end_access`.';

CREATE FUNCTION finish_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE received SET state = 'ignored', error = 'not_let_in', finished_at = now(),
        body = substring(body FOR 8192)
    WHERE id = OLD.received_id AND state = 'held'
        AND NOT EXISTS (SELECT FROM message_request WHERE received_id = OLD.received_id);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION finish_held() IS
    'Ends a delivery that was held for members once none of them may let it in any more, and cuts its body: '
    'whichever way requests go, cascades too.';

CREATE FUNCTION fn_pgqueuer_changed() RETURNS TRIGGER AS $$
DECLARE
    to_emit BOOLEAN := false;  -- Flag to decide whether to emit a notification
BEGIN
    -- Check operation type and set the emit flag accordingly
    IF TG_OP = 'UPDATE' AND OLD IS DISTINCT FROM NEW THEN
        to_emit := true;
    ELSIF TG_OP = 'DELETE' THEN
        to_emit := true;
    ELSIF TG_OP = 'INSERT' THEN
        to_emit := true;
    ELSIF TG_OP = 'TRUNCATE' THEN
        to_emit := true;
    END IF;

    -- Perform notification if the emit flag is set
    IF to_emit THEN
        PERFORM pg_notify(
            'ch_pgqueuer',
            json_build_object(
                'channel', 'ch_pgqueuer',
                'operation', lower(TG_OP),
                'sent_at', NOW(),
                'table', TG_TABLE_NAME,
                'type', 'table_changed_event'
            )::text
        );
    END IF;

    -- Return appropriate value based on the operation
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        RETURN NEW;
    ELSIF TG_OP = 'DELETE' THEN
        RETURN OLD;
    ELSE
        RETURN NULL; -- For TRUNCATE and other non-row-specific contexts
    END IF;

END;
$$ LANGUAGE plpgsql;

CREATE FUNCTION is_asking_kind(kind text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN kind IN ('requested', 'countered');
COMMENT ON FUNCTION is_asking_kind(text) IS
    'An event of a thread that put terms on the table; said once, in SQL for the partial indexes';

CREATE FUNCTION is_bound_state(state text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN state IN ('agreed', 'done');
COMMENT ON FUNCTION is_bound_state(text) IS
    'An agreement to whose terms both said yes; said once, in SQL for the partial indexes';

CREATE FUNCTION is_free_between(listing_id bigint, free_from timestamptz, free_until timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1 AS $$
BEGIN
    RETURN (SELECT CASE l.mode
        WHEN 'loan' THEN
            NOT EXISTS (SELECT FROM unavailability u
                WHERE u.listing_id = l.post_id AND u.begins_at < $3 AND u.ends_at > $2)
            AND NOT EXISTS (SELECT FROM calendar_copy_range r
                WHERE r.listing_id = l.post_id AND r.held && tstzrange($2, $3))
            AND (n.uncounted OR coalesce((
                -- the most are gone where an agreement begins, or where the days do
                SELECT max(gone.quantity) FROM agreement a CROSS JOIN LATERAL (
                    SELECT sum(b.quantity) AS quantity FROM agreement b
                    WHERE b.listing_id = l.post_id AND is_live_state(b.state)
                        AND b.begins_at <= greatest(a.begins_at, $2) AND b.ends_at > greatest(a.begins_at, $2)) AS gone
                WHERE a.listing_id = l.post_id AND is_live_state(a.state) AND a.begins_at < $3 AND a.ends_at > $2
                ), 0) + n.wanted <= n.there)
        ELSE
            NOT coalesce((SELECT range_agg(taken.held) @> tstzrange($2, $3) FROM (
                SELECT tstzrange(u.begins_at, u.ends_at) AS held FROM unavailability u
                WHERE u.listing_id = l.post_id AND u.begins_at < $3 AND u.ends_at > $2
                UNION ALL
                SELECT r.held FROM calendar_copy_range r WHERE r.listing_id = l.post_id
                UNION ALL
                SELECT tstzrange(a.begins_at, a.ends_at) FROM agreement a
                WHERE a.listing_id = l.post_id AND is_live_state(a.state) AND a.begins_at < $3 AND a.ends_at > $2
                    AND NOT n.uncounted AND a.quantity + n.wanted > n.there) AS taken), false)
        END
        FROM listing l, LATERAL (SELECT
            -- only its author can count the hours of what she does
            l.unit_based AND l.available_quantity IS NULL AS uncounted,
            coalesce(l.available_quantity, l.quantity) AS there,
            CASE WHEN l.unit_based THEN 1 ELSE l.quantity END AS wanted) AS n
        WHERE l.post_id = $1);
END $$;
COMMENT ON FUNCTION is_free_between(bigint, timestamp with time zone, timestamp with time zone) IS
    'Whether an offer that is lent or done is to be had between two moments: what is lent all the time, of what '
    'somebody does a part of it; owners'' days, calendars told by other servers, and agreements asked for or '
    'settled count. In SQL because searches hold many listings against the same days; the pages of one are '
    'models/listings/unavailabilities.';

CREATE FUNCTION is_known(host text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (SELECT FROM known_host k WHERE k.host = $1)
        OR EXISTS (SELECT FROM server s WHERE s.host = ANY (domains_of($1)) AND (s.level = 'friend' OR s.listed))
        OR EXISTS (SELECT FROM territory t WHERE t.host = $1 AND t.accepted_at IS NOT NULL)
        OR EXISTS (SELECT FROM territory_vouch v JOIN server s ON s.host = v.voucher AND s.level = 'friend'
            WHERE v.host = $1 AND NOT EXISTS (SELECT FROM territory t WHERE t.host = $1 AND t.removed_at IS NOT NULL))
$$;
COMMENT ON FUNCTION is_known(text) IS
    'Whether what this host publishes may stand in public lists, because people here had to do with it, or the '
    'cooperative or a friend of it named it: asked by triggers and statements, some for many hosts at once.';

CREATE FUNCTION is_live_state(state text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN state IN ('requested', 'countered', 'agreed');
COMMENT ON FUNCTION is_live_state(text) IS
    'An agreement that takes its dates: asked for, or settled and not over; said once, in SQL for the partial '
    'indexes';

CREATE FUNCTION is_open_state(state text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN state IN ('requested', 'countered');
COMMENT ON FUNCTION is_open_state(text) IS
    'An agreement whose terms wait for an answer; said once, in SQL for the partial indexes';

CREATE FUNCTION is_open_status(status text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN status IN ('open', 'reserved');
COMMENT ON FUNCTION is_open_status(text) IS
    'A listing that may be found and asked for; said once, in SQL for the partial indexes';

CREATE FUNCTION is_private(activity_id bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT FROM activity a JOIN post p ON p.uri = a.object_uri
        WHERE a.id = $1 AND a.type IN ('Create', 'Update') AND p.local
            AND coalesce(p.hidden_audience, p.audience) NOT IN ('network', 'unlisted'))
$$;
COMMENT ON FUNCTION is_private(bigint) IS
    'Whether an activity of ours carries a post that is not for everybody, so that it may go only where '
    '`may_have_private` allows; statements that hold and free deliveries ask it.';

CREATE FUNCTION is_private_word(activity_id bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT FROM activity a
        WHERE a.id = $1 AND NOT a.public AND (
            -- What somebody asks, answers or reports about an agreement is kept under its own id.
            a.object_uri = a.uri
            OR a.type IN ('Create', 'Update', 'Delete') AND EXISTS (
                SELECT FROM post p WHERE p.uri = a.object_uri AND p.local
                    AND coalesce(p.hidden_audience, p.audience) = 'direct')))
$$;
COMMENT ON FUNCTION is_private_word(bigint) IS
    'Whether an activity of ours is said to one person alone, so that it has a lane of its own and waits for '
    'nothing that is said to everybody; statements that put deliveries in their lane ask it.';

CREATE FUNCTION is_standing_status(status text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN status IN ('open', 'reserved', 'paused');
COMMENT ON FUNCTION is_standing_status(text) IS
    'A listing that has not ended: open, or paused by its author; said once, in SQL for the partial indexes';

CREATE FUNCTION join_words(words tsvector, operator text) RETURNS tsquery LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_agg('''' || replace(replace(word.lexeme, '\', '\\'), '''', '''''') || '''', operator)::tsquery
    FROM unnest(words) AS word
$$;
COMMENT ON FUNCTION join_words(tsvector, text) IS
    'All or any of these words as something to look for; NULL for none, which finds nothing.';

CREATE FUNCTION keep_points() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Movements of points are never changed nor removed; another one corrects them.'
        USING ERRCODE = 'restrict_violation';
END
$$;
COMMENT ON FUNCTION keep_points() IS
    'Movements of points are never changed nor removed, only corrected by another one: accounts must be right '
    'whatever program writes.';

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
    'What listings and alerts hold on to is what the settings say: a trigger, since settings are changed by pages, '
    'by commands and by the way back in their history. What was in a sub-category that there is no more keeps the '
    'shared category; an alert on it watches that one.';

CREATE FUNCTION know_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO known_host (host, why)
    SELECT theirs.host, 'answered' FROM actor theirs, actor ours
    WHERE theirs.id IN (NEW.owner_id, NEW.partner_id) AND NOT theirs.local
        AND ours.id IN (NEW.owner_id, NEW.partner_id) AND ours.local
        AND (NEW.proposed_by = ours.id OR NEW.state = 'agreed')
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION know_agreed() IS
    'The server of the other side is known once somebody here put terms before it, or both said yes: see '
    '`is_known`.';

CREATE FUNCTION know_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO known_host (host, why)
    SELECT DISTINCT a.host, 'answered' FROM actor a
    WHERE NOT a.local AND a.id IN (
            SELECT m.actor_id FROM mention m WHERE m.post_id = NEW.id
            UNION ALL SELECT p.author_id FROM post p WHERE p.id = NEW.in_reply_to_id)
        AND NOT EXISTS (SELECT FROM known_host k WHERE k.host = a.host)
    ORDER BY a.host
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION know_answered() IS
    'The servers of those whom somebody here names or answers are known from now on: see `is_known`.';

CREATE FUNCTION know_followed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO known_host (host, why)
    SELECT a.host, 'followed' FROM actor a
    WHERE a.id = NEW.followed_id AND NOT a.local
        AND EXISTS (SELECT FROM actor ours WHERE ours.id = NEW.follower_id AND ours.local)
        AND NOT EXISTS (SELECT FROM known_host k WHERE k.host = a.host)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION know_followed() IS
    'The server of whom somebody here follows, or asked to follow, is known from now on: see `is_known`.';

CREATE FUNCTION let_stand(host text) RETURNS integer LANGUAGE sql AS $$
    DELETE FROM waiting_host w WHERE w.host = $1;
    WITH freed AS (DELETE FROM waiting_post w WHERE w.host = $1 RETURNING post_id, audience),
        stands AS (UPDATE post p SET audience = f.audience FROM freed f WHERE p.id = f.post_id RETURNING p.id)
    SELECT count(*)::integer FROM stands
$$;
COMMENT ON FUNCTION let_stand(text) IS
    'Everything of one host that waited out of public lists stands in them from now on, each in its place, and how '
    'much it was; called by a trigger and by a chore.';

CREATE FUNCTION may_have_arrived(attempts smallint, state text, cause text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT NOT ($1 = 0 AND ($2 = 'cancelled' OR $2 = 'failed' AND $3 IS NOT DISTINCT FROM 'withheld'))
$$;
COMMENT ON FUNCTION may_have_arrived(smallint, text, text) IS
    'Whether a delivery may have arrived at the peer, which is not so when it was cancelled before it was tried, or '
    'withheld: who is told that something was taken back, and what is said to have arrived, is the same.';

CREATE FUNCTION move_repair_watch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE repair_watch SET actor_id = actor_id WHERE actor_id = (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION move_repair_watch() IS
    'Whoever says another place or commune is told of calls from there on, whichever verb changed it.';

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
    'What a listing with these words is called: the things of the shipped list with all that they are a kind or in '
    'the category of (''t=velo'', where the words stand that say so), what it is called itself where that has kinds '
    '(''s=velo''), and what it serves for (''u=sport'').';

CREATE FUNCTION narrow_hidden() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.hidden_at IS NULL THEN
        NEW.audience := coalesce(NEW.hidden_audience, NEW.audience);
        NEW.hidden_audience := NULL;
    ELSIF NEW.audience <> 'author' THEN
        NEW.hidden_audience := NEW.audience;
        NEW.audience := 'author';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION narrow_hidden() IS
    'A post that is hidden is for its author alone, and for whom it was meant once it is shown again: whichever way '
    'it was hidden, no read that asks for its audience can forget it.';

CREATE FUNCTION note_unused_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unused_file (key)
    SELECT key FROM unnest(ARRAY[OLD.file_key, OLD.thumbnail_key]) AS key WHERE key IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION note_unused_files() IS
    'Names the files of a media row that is gone or has got another file, so that a chore removes them: nothing '
    'that deletes rows, cascades too, may forget files.';

CREATE FUNCTION place_of(host text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT left(a.place_name, 100) FROM actor a
        WHERE lower(a.username) = 'coop' AND a.host = $1 AND a.type = 'Organization' AND NOT a.local
            AND a.deleted_at IS NULL AND a.suspended_at IS NULL AND a.place_name <> ''
    ), $1)
$$;
COMMENT ON FUNCTION place_of(text) IS
    'How pages call a server: the place of its cooperative where that is known and not suspended, else its host; '
    'the statements that tell where a post went give it with each host.';

CREATE FUNCTION place_repair_watch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT coalesce(m.latitude, c.latitude), coalesce(m.longitude, c.longitude), c.epci_code
    INTO NEW.latitude, NEW.longitude, NEW.epci_code
    FROM account a JOIN actor m ON m.id = a.actor_id LEFT JOIN commune c ON c.code = a.default_commune_code
    WHERE a.actor_id = NEW.actor_id;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION place_repair_watch() IS
    'Keeps where a repairer is beside what she wants to be told of; nobody else reads this place.';

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
    'What is published, opened again or changed is held against alerts; a trigger, since listings come in, from '
    'here and from elsewhere, by many ways.';

CREATE FUNCTION queue_listings_of_author() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM queue_for_alerts(l.post_id, false, NULL) FROM post p JOIN listing l ON l.post_id = p.id
    WHERE p.author_id = NEW.id AND p.deleted_at IS NULL AND is_open_status(l.status);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION queue_listings_of_author() IS
    'The open listings of whoever is back, or no more suspended or limited, are held against alerts: until then '
    'they were in no list.';

CREATE FUNCTION queue_photo() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM queue_for_alerts(l.post_id, true, l.search) FROM listing l WHERE l.post_id = NEW.post_id;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION queue_photo() IS
    'A listing that gets a photo is held against alerts: some want those with a photo alone.';

CREATE FUNCTION queue_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM queue_for_alerts(NEW.id, false, NULL);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION queue_post() IS
    'What was held, hidden or waited for its host to be let in is held against alerts once it stands in lists.';

CREATE FUNCTION read_listing() RETURNS trigger LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION read_listing() IS
    'A listing keeps its words and what these name, so that a search asks for one name instead of all that a thing '
    'is called; a trigger, since listings come in by many ways and the list of words is a table.';

CREATE FUNCTION recheck_access_of_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('declic_tokens', json_build_object('actor', NEW.id)::text);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION recheck_access_of_actor() IS
    'Tells whoever holds streams of a member open that she was suspended.';

CREATE FUNCTION require_balanced_points() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    movement bigint := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
BEGIN
    IF (SELECT count(*) <> 2 OR sum(amount) <> 0 FROM points_line WHERE movement_id = movement) THEN
        RAISE EXCEPTION 'A movement of points has two lines that sum to zero.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION require_balanced_points() IS
    'A movement of points has two lines that sum to zero, or its transaction fails: accounts must be right whatever '
    'program writes.';

CREATE FUNCTION reread_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE listing SET subcategory = subcategory WHERE subcategory = NEW.slug;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION reread_listings() IS
    'A listing is found by what its sub-category is called now: its words are read anew (`read_listing`).';

CREATE FUNCTION search_key(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN array_to_string(ARRAY(SELECT stem[1] FROM regexp_matches(
        phraseto_tsquery('public.fr', search_text(value))::text, '''([^'']*)''', 'g') AS stem), ' ');
COMMENT ON FUNCTION search_key(text) IS
    'The stems of a word or expression with a space between, in whatever number and spelling it is written: by it a '
    'word that is typed meets the shipped list of words (`everyday_word`).';

CREATE FUNCTION search_words(title text, description text, place_name text, category text, kind text, mode text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN setweight(to_tsvector('public.fr', search_text(title)), 'A')
    || setweight(to_tsvector('public.fr', search_text(
        regexp_replace(description, '<[^>]*>|&#?[A-Za-z0-9]+;', ' ', 'g'))), 'B')
    || setweight(to_tsvector('public.fr', search_text(coalesce(place_name, ''))), 'C')
    || array_to_tsvector(ARRAY[search_head(title), 'c=' || coalesce(category, ''), 'k=' || kind, 'm=' || mode]);
COMMENT ON FUNCTION search_words(text, text, text, text, text, text) IS
    'The words of a listing as they are looked through, those of its title first, with what it is.';

CREATE FUNCTION sort_notification() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    chosen notification_policy;
    answer text;
BEGIN
    SELECT * INTO chosen FROM notification_policy WHERE actor_id = NEW.recipient_id;
    IF NOT FOUND THEN  -- a condition of its own: with the others it would be a query
        RETURN NEW;
    END IF;
    IF NEW.type NOT IN ('mention', 'quote', 'reblog', 'favourite', 'follow', 'follow_request')
        OR EXISTS (SELECT FROM notification_permission p
            WHERE p.actor_id = NEW.recipient_id AND p.from_id = NEW.actor_id)
        OR EXISTS (SELECT FROM exchange e WHERE e.owner_id = NEW.recipient_id AND e.partner_id = NEW.actor_id)
        OR EXISTS (SELECT FROM exchange e WHERE e.partner_id = NEW.recipient_id AND e.owner_id = NEW.actor_id)
        OR EXISTS (SELECT FROM actor a LEFT JOIN account c ON c.actor_id = a.id
            WHERE a.id = NEW.actor_id AND a.local
                AND (c.actor_id IS NULL OR c.roles && ARRAY['moderator', 'admin']))
    THEN
        RETURN NEW;
    END IF;
    SELECT CASE WHEN bool_or(rule.answer = 'drop') THEN 'drop' WHEN bool_or(rule.answer = 'filter') THEN 'filter' END
    INTO answer
    FROM (SELECT EXISTS (SELECT FROM follow f WHERE f.follower_id = NEW.recipient_id
            AND f.followed_id = NEW.actor_id AND f.state = 'accepted') AS followed) AS known
    CROSS JOIN LATERAL (VALUES
        (chosen.for_not_following, NOT known.followed),
        (chosen.for_not_followers, NOT EXISTS (SELECT FROM follow f WHERE f.follower_id = NEW.actor_id
            AND f.followed_id = NEW.recipient_id AND f.state = 'accepted'
            AND f.created_at < now() - interval '3 days')),
        (chosen.for_new_accounts, NOT known.followed AND EXISTS (SELECT FROM actor a WHERE a.id = NEW.actor_id
            AND coalesce(a.published_at, a.created_at) > now() - interval '30 days')),
        (chosen.for_private_mentions, NOT known.followed AND NEW.type = 'mention'
            AND EXISTS (SELECT FROM post p WHERE p.id = NEW.post_id AND p.audience = 'direct'
                AND NOT EXISTS (SELECT FROM post answered
                    WHERE answered.id = p.in_reply_to_id AND answered.author_id = NEW.recipient_id)))
    ) AS rule (answer, applies)
    WHERE rule.applies;
    IF answer IS NULL THEN
        RETURN NEW;
    END IF;
    IF answer = 'filter' THEN
        INSERT INTO filtered_notification (id, recipient_id, type, actor_id, post_id, created_at)
        VALUES (NEW.id, NEW.recipient_id, NEW.type, NEW.actor_id, NEW.post_id, NEW.created_at)
        ON CONFLICT DO NOTHING;
        DELETE FROM filtered_notification
        WHERE recipient_id = NEW.recipient_id AND created_at < now() - interval '90 days';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION sort_notification() IS
    'A new notification is told, set apart or dropped as its recipient chose for strangers, and the strictest '
    'answer counts; in SQL because notifications are written in many places, some for hundreds of people in one '
    'statement.';

CREATE FUNCTION stand_when_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM let_stand(NEW.host);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION stand_when_known() IS
    'What waited of a host stands as soon as the host is known, in the same transaction: see `let_stand`.';

CREATE FUNCTION subcategory_words(slug text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce((SELECT setweight(to_tsvector('public.fr', search_text(s.label || ' ' || s.words)), 'B')
        FROM subcategory s WHERE s.slug = $1), '')
$$;
COMMENT ON FUNCTION subcategory_words(text) IS
    'What a listing is found as because of the sub-category it is in, beside its own words: what that is called.';

CREATE FUNCTION suspend_with_server() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT is_welcome(NEW.host) THEN
        NEW.suspended_at := now();
        NEW.suspended_with_server := true;
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION suspend_with_server() IS
    'An actor whose host is not welcome is suspended from its first moment, and marked so that it comes back with '
    'its server.';

CREATE FUNCTION suspended_by_decision(actor_id bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(d.effective_at) FROM moderation_decision d
    WHERE d.actor_id = $1 AND d.kind IN ('suspend', 'exclude') AND d.effective_at IS NOT NULL
        AND d.taken_back_at IS NULL AND (d.ends_at IS NULL OR d.ends_at > now())
$$;
COMMENT ON FUNCTION suspended_by_decision(bigint) IS
    'Since when a decision of the team suspends this actor; NULL where none does. Besides decisions her server can '
    'be set aside, or say itself that she is suspended: whichever ends, the others hold on.';

CREATE FUNCTION tell_of_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('declic_peers', '{"hosts": true}');
    RETURN NULL;
END $$;
COMMENT ON FUNCTION tell_of_decision() IS
    'Tells every process that the cooperative decided about a domain, or closed or opened itself to those it does '
    'not know: what they keep in memory of it is old.';

CREATE FUNCTION tell_of_key() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told text := json_build_object('key', OLD.uri)::text;
BEGIN
    PERFORM pg_notify('declic_peers', CASE WHEN octet_length(told) > 7900 THEN '{"keys": true}' ELSE told END);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION tell_of_key() IS
    'Tells every process that a public key is another now, or gone: what they keep in memory of it is old. An id '
    'that is too long to be told, which others choose, makes all of them old, or whoever has it could never be '
    'deleted.';

CREATE FUNCTION title_words(kind text, title text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ts_delete(to_tsvector('fr', fold_plurals(CASE WHEN kind = 'repair_call' THEN 'réparation vélo'
            ELSE title END)),
        tsvector_to_array(to_tsvector('fr', 'cherche recherche cherchons besoin urgent prêt prête prêter emprunt
            emprunte emprunter donne donner don vends vente vendre échange échanger propose proposer loue louer')))
$$;
COMMENT ON FUNCTION title_words(text, text) IS
    'What a listing is about, by the words of its title: an offer fits a need where they share them. A bike that '
    'has broken down needs a repair, whatever is broken.';

CREATE FUNCTION was_read_in_an_app(post_id bigint, reader_id bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM conversation_post cp JOIN conversation c ON c.id = cp.conversation_id
        WHERE cp.post_id = $1 AND c.owner_id = $2 AND NOT c.unread)
$$;
COMMENT ON FUNCTION was_read_in_an_app(bigint, bigint) IS
    'Whether a member read this private note in an app, where its conversation is read: then no mail tells her of '
    'it any more.';

CREATE FUNCTION was_told_in_an_app(event_id bigint, reader_id bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM exchange_notice x
        WHERE x.event_id = $1 AND x.reader_id = $2 AND was_read_in_an_app(x.post_id, $2))
$$;
COMMENT ON FUNCTION was_told_in_an_app(bigint, bigint) IS
    'Whether a member read in an app the note that tells her of this event of a thread: then no mail tells her of '
    'it any more.';

CREATE FUNCTION who_finds(audience text, deleted_at timestamptz, suspended_at timestamptz, limited_at timestamptz,
    away_until timestamptz) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN num_nonnulls(deleted_at, suspended_at) > 0
            OR audience NOT IN ('network', 'coop', 'territories', 'community') THEN 'nobody'
        WHEN audience = 'network' AND num_nonnulls(limited_at, away_until) = 0 THEN 'everybody'
        ELSE 'some' END;
COMMENT ON FUNCTION who_finds(text, timestamp with time zone, timestamp with time zone, timestamp with time zone, timestamp with time zone) IS
    'Who finds a listing in searches, unless one blocks the other: where it is some, it depends on who asks and '
    'when, and the post and its author are looked at';

-- Triggers ------------------------------------------------------------------------------------------------------------

CREATE TRIGGER access_of_disabled AFTER UPDATE OF disabled_at ON account FOR EACH ROW
    WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL) EXECUTE FUNCTION end_access_of_account();
COMMENT ON TRIGGER access_of_disabled ON account IS
    'Whoever is disabled is out of every session and app at once, whichever way it was done.';

CREATE TRIGGER account_moves_repair_watch AFTER UPDATE OF default_commune_code ON account FOR EACH ROW
    WHEN (OLD.default_commune_code IS DISTINCT FROM NEW.default_commune_code)
    EXECUTE FUNCTION move_repair_watch('actor_id');
COMMENT ON TRIGGER account_moves_repair_watch ON account IS
    'Where a repairer is follows the commune that she named.';

CREATE TRIGGER access_of_deleted AFTER UPDATE OF deleted_at ON actor FOR EACH ROW
    WHEN (NEW.local AND OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
    EXECUTE FUNCTION end_access_of_actor();
COMMENT ON TRIGGER access_of_deleted ON actor IS
    'Whoever is deleted is out of every session and app at once, whichever way it was done.';

CREATE TRIGGER access_of_suspended AFTER UPDATE OF suspended_at ON actor FOR EACH ROW
    WHEN (NEW.local AND OLD.suspended_at IS NULL AND NEW.suspended_at IS NOT NULL)
    EXECUTE FUNCTION recheck_access_of_actor();
COMMENT ON TRIGGER access_of_suspended ON actor IS
    'Streams of whoever is suspended close at once, whichever way it was done; her sessions and apps are told why.';

CREATE TRIGGER actor_moves_repair_watch AFTER UPDATE OF latitude, longitude ON actor FOR EACH ROW
    WHEN (NEW.local AND (OLD.latitude, OLD.longitude) IS DISTINCT FROM (NEW.latitude, NEW.longitude))
    EXECUTE FUNCTION move_repair_watch('id');
COMMENT ON TRIGGER actor_moves_repair_watch ON actor IS
    'Where a repairer is follows the place that her profile shows.';

CREATE TRIGGER actor_of_unwelcome_host BEFORE INSERT ON actor FOR EACH ROW WHEN (NOT NEW.local)
    EXECUTE FUNCTION suspend_with_server();
COMMENT ON TRIGGER actor_of_unwelcome_host ON actor IS
    'Nobody of a server that is set aside appears, whichever way the actor came.';

CREATE TRIGGER author_back AFTER UPDATE OF away_until, suspended_at, limited_at ON actor FOR EACH ROW
    WHEN (OLD.away_until IS NOT NULL AND NEW.away_until IS NULL
        OR OLD.suspended_at IS NOT NULL AND NEW.suspended_at IS NULL
        OR OLD.limited_at IS NOT NULL AND NEW.limited_at IS NULL)
    EXECUTE FUNCTION queue_listings_of_author();
COMMENT ON TRIGGER author_back ON actor IS
    'What somebody offers who is back is held against alerts, see `queue_listings_of_author`.';

CREATE TRIGGER author_found_by AFTER UPDATE ON actor FOR EACH ROW
    WHEN ((OLD.suspended_at IS NULL, num_nonnulls(OLD.limited_at, OLD.away_until) = 0)
        <> (NEW.suspended_at IS NULL, num_nonnulls(NEW.limited_at, NEW.away_until) = 0))
    EXECUTE FUNCTION copy_to_listings();
COMMENT ON TRIGGER author_found_by ON actor IS
    'Nobody finds the listings of whoever is suspended, and some those of who is limited or away, however it was '
    'done.';

CREATE TRIGGER agreement_makes_known AFTER UPDATE OF state ON agreement FOR EACH ROW
    WHEN (NEW.state IN ('countered', 'agreed')) EXECUTE FUNCTION know_agreed();
COMMENT ON TRIGGER agreement_makes_known ON agreement IS
    'Countering terms or agreeing makes the server of the other side known.';

CREATE TRIGGER request_makes_known AFTER INSERT ON agreement FOR EACH ROW EXECUTE FUNCTION know_agreed();
COMMENT ON TRIGGER request_makes_known ON agreement IS
    'Asking for something, or offering terms, makes the server of the other side known.';

CREATE TRIGGER bike_files AFTER DELETE ON bike_file FOR EACH ROW EXECUTE FUNCTION note_unused_files();
COMMENT ON TRIGGER bike_files ON bike_file IS
    'Files of bikes, lines and members that are gone are noted for removal, cascades included.';

CREATE TRIGGER follow_makes_known AFTER INSERT ON follow FOR EACH ROW EXECUTE FUNCTION know_followed();
COMMENT ON TRIGGER follow_makes_known ON follow IS
    'Following somebody makes the server known; follows are written in several places.';

CREATE TRIGGER known_host_stands AFTER INSERT ON known_host FOR EACH ROW EXECUTE FUNCTION stand_when_known();
COMMENT ON TRIGGER known_host_stands ON known_host IS
    'What a host published before it was known stands in public lists once it is.';

CREATE TRIGGER listing_edited AFTER UPDATE ON listing FOR EACH ROW
    WHEN (is_open_status(NEW.status) AND (NEW.kind, NEW.mode, NEW.title, NEW.description, NEW.category, NEW.subcategory,
            NEW.territory_uri, NEW.commune_code, NEW.postcode, NEW.latitude, NEW.longitude)
        IS DISTINCT FROM (OLD.kind, OLD.mode, OLD.title, OLD.description, OLD.category, OLD.subcategory,
            OLD.territory_uri, OLD.commune_code, OLD.postcode, OLD.latitude, OLD.longitude))
    EXECUTE FUNCTION queue_listing('edited');
COMMENT ON TRIGGER listing_edited ON listing IS
    'What says something else now is held against alerts that were there before it or that it did not fit, see '
    '`queue_listing`.';

CREATE TRIGGER listing_new AFTER INSERT ON listing FOR EACH ROW EXECUTE FUNCTION queue_listing('new');
COMMENT ON TRIGGER listing_new ON listing IS
    'What is published is held against alerts, see `queue_listing`.';

CREATE TRIGGER listing_of_post BEFORE INSERT ON listing FOR EACH ROW EXECUTE FUNCTION copy_of_post();
COMMENT ON TRIGGER listing_of_post ON listing IS
    'A listing has what it keeps of its post and of its author from the first moment, see `copy_of_post`.';

CREATE TRIGGER listing_opened AFTER UPDATE OF status ON listing FOR EACH ROW
    WHEN (is_open_status(NEW.status) AND NOT is_open_status(OLD.status)) EXECUTE FUNCTION queue_listing('new');
COMMENT ON TRIGGER listing_opened ON listing IS
    'What is to be had again is held against alerts, see `queue_listing`.';

CREATE TRIGGER listing_read
    BEFORE INSERT OR UPDATE OF title, description, place_name, category, subcategory, kind, mode ON listing
    FOR EACH ROW EXECUTE FUNCTION read_listing();
COMMENT ON TRIGGER listing_read ON listing IS
    'What a listing says is read when it is written, see `read_listing`.';

CREATE TRIGGER media_files AFTER DELETE ON media FOR EACH ROW EXECUTE FUNCTION note_unused_files();
COMMENT ON TRIGGER media_files ON media IS
    'Files of removed media are noted for removal, cascades from posts and actors included.';

CREATE TRIGGER media_files_replaced AFTER UPDATE OF file_key ON media FOR EACH ROW
    WHEN (OLD.file_key IS NOT NULL AND NEW.file_key IS DISTINCT FROM OLD.file_key)
    EXECUTE FUNCTION note_unused_files();
COMMENT ON TRIGGER media_files_replaced ON media IS
    'A file that another one takes the place of is noted for removal.';

CREATE TRIGGER photo_added AFTER INSERT ON media FOR EACH ROW
    WHEN (NEW.post_id IS NOT NULL) EXECUTE FUNCTION queue_photo();
COMMENT ON TRIGGER photo_added ON media IS
    'A listing that comes with a photo, or gets one from elsewhere, is held against alerts, see `queue_photo`.';

CREATE TRIGGER photo_attached AFTER UPDATE OF post_id ON media FOR EACH ROW
    WHEN (NEW.post_id IS NOT NULL AND NEW.post_id IS DISTINCT FROM OLD.post_id) EXECUTE FUNCTION queue_photo();
COMMENT ON TRIGGER photo_attached ON media IS
    'A listing that gets a photo is held against alerts, see `queue_photo`.';

CREATE TRIGGER message_request_gone AFTER DELETE OR UPDATE OF received_id ON message_request
    FOR EACH ROW WHEN (OLD.received_id IS NOT NULL) EXECUTE FUNCTION finish_held();
COMMENT ON TRIGGER message_request_gone ON message_request IS
    'A held delivery ends with the last request that it was held for.';

CREATE TRIGGER sorted_notification BEFORE INSERT ON notification FOR EACH ROW EXECUTE FUNCTION sort_notification();
COMMENT ON TRIGGER sorted_notification ON notification IS
    'Every new notification passes the policy of its recipient, wherever it is written.';

CREATE TRIGGER tg_pgqueuer_changed
AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON pgqueuer
EXECUTE FUNCTION fn_pgqueuer_changed();

CREATE CONSTRAINT TRIGGER points_line_balanced AFTER INSERT ON points_line DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION require_balanced_points('movement_id');
COMMENT ON TRIGGER points_line_balanced ON points_line IS
    'Checked at the end of the transaction, so that no third line is added later.';

CREATE TRIGGER points_line_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON points_line
    FOR EACH STATEMENT EXECUTE FUNCTION keep_points();
COMMENT ON TRIGGER points_line_kept ON points_line IS
    'The ledger is only ever added to.';

CREATE CONSTRAINT TRIGGER points_movement_balanced AFTER INSERT ON points_movement DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION require_balanced_points('id');
COMMENT ON TRIGGER points_movement_balanced ON points_movement IS
    'Checked at the end of the transaction, when both lines are there.';

CREATE TRIGGER points_movement_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON points_movement
    FOR EACH STATEMENT EXECUTE FUNCTION keep_points();
COMMENT ON TRIGGER points_movement_kept ON points_movement IS
    'The ledger is only ever added to.';

CREATE TRIGGER post_found_by AFTER UPDATE ON post FOR EACH ROW
    WHEN (NEW.kind = 'listing' AND (OLD.audience, OLD.deleted_at) IS DISTINCT FROM (NEW.audience, NEW.deleted_at))
    EXECUTE FUNCTION copy_to_listings();
COMMENT ON TRIGGER post_found_by ON post IS
    'A listing that is hidden, removed or meant for others now is counted so, whichever way it was done.';

CREATE TRIGGER post_hidden_alone BEFORE INSERT OR UPDATE OF hidden_at, audience ON post FOR EACH ROW
    WHEN (NEW.hidden_at IS NOT NULL OR NEW.audience = 'author') EXECUTE FUNCTION narrow_hidden();
COMMENT ON TRIGGER post_hidden_alone ON post IS
    'What the team hides or holds leaves every list at once, and its indexes too.';

CREATE TRIGGER post_makes_known AFTER INSERT ON post FOR EACH ROW WHEN (NEW.local AND NEW.kind <> 'notice')
    EXECUTE FUNCTION know_answered();
COMMENT ON TRIGGER post_makes_known ON post IS
    'Writing to somebody or answering makes the server known, notices of ours excepted.';

CREATE TRIGGER post_stands AFTER UPDATE OF audience ON post FOR EACH ROW
    WHEN (NEW.kind = 'listing' AND NEW.audience IN ('network', 'coop', 'territories')
        AND OLD.audience NOT IN ('network', 'coop', 'territories'))
    EXECUTE FUNCTION queue_post();
COMMENT ON TRIGGER post_stands ON post IS
    'A listing that stands in lists at last is held against alerts, see `queue_post`.';

CREATE TRIGGER preference_limits_federation AFTER INSERT OR UPDATE ON preference FOR EACH ROW
    WHEN (NEW.key = 'limited_federation') EXECUTE FUNCTION tell_of_decision();
COMMENT ON TRIGGER preference_limits_federation ON preference IS
    'That only friends and listed servers are welcome, or all again, takes effect in every process at once.';

CREATE TRIGGER preference_limits_no_more AFTER DELETE ON preference FOR EACH ROW
    WHEN (OLD.key = 'limited_federation') EXECUTE FUNCTION tell_of_decision();
COMMENT ON TRIGGER preference_limits_no_more ON preference IS
    'The same where the preference goes back to what it is as shipped.';

CREATE TRIGGER preference_subcategories AFTER INSERT OR UPDATE ON preference FOR EACH ROW
    WHEN (NEW.key = 'subcategories') EXECUTE FUNCTION keep_subcategories();
COMMENT ON TRIGGER preference_subcategories ON preference IS
    'Sub-categories are what the settings say, see `keep_subcategories`.';

CREATE TRIGGER public_key_changed AFTER UPDATE OF pem, actor_id ON public_key FOR EACH ROW
    WHEN (OLD.pem <> NEW.pem OR OLD.actor_id <> NEW.actor_id) EXECUTE FUNCTION tell_of_key();
COMMENT ON TRIGGER public_key_changed ON public_key IS
    'What is signed with a key that was replaced is believed by no process any more.';

CREATE TRIGGER public_key_gone AFTER DELETE ON public_key FOR EACH ROW EXECUTE FUNCTION tell_of_key();
COMMENT ON TRIGGER public_key_gone ON public_key IS
    'What is signed with a key that its owner does not show any more is believed by no process.';

CREATE TRIGGER repair_watch_placed BEFORE INSERT OR UPDATE ON repair_watch
    FOR EACH ROW EXECUTE FUNCTION place_repair_watch();
COMMENT ON TRIGGER repair_watch_placed ON repair_watch IS
    'Nobody wants to be told of calls without it being known where she is, if she said so.';

CREATE TRIGGER server_decided AFTER UPDATE OF level, listed ON server FOR EACH ROW
    WHEN (OLD.level <> NEW.level OR OLD.listed <> NEW.listed) EXECUTE FUNCTION tell_of_decision();
COMMENT ON TRIGGER server_decided ON server IS
    'A decision about a domain takes effect in every process at once, whichever way it was made.';

CREATE TRIGGER server_decided_first AFTER INSERT ON server FOR EACH ROW
    WHEN (NEW.level <> 'reader' OR NEW.listed) EXECUTE FUNCTION tell_of_decision();
COMMENT ON TRIGGER server_decided_first ON server IS
    'The same for a domain that was never met before.';

CREATE TRIGGER server_decided_last AFTER DELETE ON server FOR EACH ROW
    WHEN (OLD.level <> 'reader' OR OLD.listed) EXECUTE FUNCTION tell_of_decision();
COMMENT ON TRIGGER server_decided_last ON server IS
    'The same for a domain that is forgotten, with what was decided about it.';

CREATE TRIGGER subcategory_renamed AFTER UPDATE OF label, words ON subcategory FOR EACH ROW
    EXECUTE FUNCTION reread_listings();
COMMENT ON TRIGGER subcategory_renamed ON subcategory IS
    'A sub-category that is called otherwise is found otherwise, see `reread_listings`.';

CREATE TRIGGER walk_in_forgotten AFTER DELETE ON walk_in
    FOR EACH ROW WHEN (OLD.ends_at < now() - interval '7 days') EXECUTE FUNCTION count_walk_in();
COMMENT ON TRIGGER walk_in_forgotten ON walk_in IS
    'The chore that forgets lines, and a book that ends with those in it, leave the number of who came behind.';
