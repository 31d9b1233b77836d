-- The whole first schema. One database is one instance, so no table carries an instance id.
-- Ids are made in Python (models/ids.py) and grow with time; times are the database's.

CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- French words without their accents: « été » is found by "ete".
CREATE TEXT SEARCH CONFIGURATION fr (COPY = french);
ALTER TEXT SEARCH CONFIGURATION fr
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;

-- unaccent() is only STABLE because its dictionary may change; ours does not, and indexes need IMMUTABLE.
CREATE FUNCTION fold(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(public.unaccent('public.unaccent', value));

-- Places ------------------------------------------------------------------------------------------------------

CREATE TABLE commune (
    code text PRIMARY KEY,              -- INSEE code; a former commune that gave its code to a new one has a D after it
    name text NOT NULL,
    search_name text NOT NULL,          -- folded by models/places.fold_name, a space before each word
    postcodes text[] NOT NULL,          -- its own first, then those of the commune that it is part of
    department text NOT NULL,           -- codes, as in the official list
    region text NOT NULL,
    epci_code text,
    epci_name text,
    population integer NOT NULL DEFAULT 0,
    latitude double precision,
    longitude double precision,
    precision text NOT NULL,            -- exact, namesake, parent, postcode, epci, department: see models/data/README.md
    parent_code text,                   -- of a delegated or associated commune, or a district
    kind text NOT NULL                  -- commune, delegated, associated, district
);
CREATE INDEX commune_postcodes ON commune USING gin (postcodes);
CREATE INDEX commune_name ON commune USING gin (search_name gin_trgm_ops);
CREATE INDEX commune_epci ON commune (epci_code);

-- Which edition of the data that comes with the software is loaded.
CREATE TABLE shipped_data (
    name text PRIMARY KEY,
    edition text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now()
);

-- Actors ------------------------------------------------------------------------------------------------------

CREATE TABLE actor (
    id bigint PRIMARY KEY,
    uri text NOT NULL UNIQUE,
    type text NOT NULL CHECK (type IN ('Person', 'Group', 'Organization', 'Application', 'Service')),
    local boolean NOT NULL,
    username text NOT NULL,
    host text NOT NULL,                 -- A-label, with its port where not the default; ours for local actors
    name text NOT NULL DEFAULT '',
    summary text NOT NULL DEFAULT '',   -- cleaned HTML
    url text NOT NULL,                  -- the page for people
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
    fields jsonb NOT NULL DEFAULT '[]', -- [{"name": …, "value": cleaned HTML}]
    also_known_as text[] NOT NULL DEFAULT '{}',
    moved_to text,
    moved_at timestamptz,
    implements text[] NOT NULL DEFAULT '{}',
    territory_uri text,                 -- the coop actor to whose territory this one belongs
    category text,                      -- of a Group: the IRI of what it announces
    place_name text,
    postcode text,
    commune_code text,
    latitude double precision,
    longitude double precision,
    radius integer,
    raw jsonb,                          -- the document as received; NULL for local actors
    published_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    fetched_at timestamptz,
    suspended_at timestamptz,
    deleted_at timestamptz,
    gone_since timestamptz              -- first 410 from the actor itself (HT8)
);
CREATE UNIQUE INDEX actor_handle ON actor (lower(username), host) WHERE deleted_at IS NULL;
CREATE INDEX actor_host ON actor (host);
CREATE INDEX actor_inbox ON actor (inbox) WHERE NOT local;
CREATE INDEX actor_name ON actor USING gin (fold(username || ' ' || name) gin_trgm_ops);
CREATE INDEX actor_local ON actor (id) WHERE local;
CREATE INDEX actor_organization ON actor (id) WHERE type = 'Organization';   -- cooperatives, among many people

-- An actor as models/actors reads it: all but the document as received.
CREATE VIEW full_actor AS
SELECT id, uri, type, local, username, host, name, summary, url, inbox, shared_inbox, outbox, followers_uri,
    following_uri, featured_uri, icon_media_id, image_media_id, locked, discoverable, indexable, fields,
    also_known_as, moved_to, implements, territory_uri, category, place_name, postcode, commune_code, latitude,
    longitude, radius, published_at, created_at, updated_at, fetched_at, suspended_at, deleted_at
FROM actor;

-- Public keys: ours and the cache of others'.
CREATE TABLE public_key (
    uri text PRIMARY KEY,               -- the key id with its fragment
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    algorithm text NOT NULL CHECK (algorithm IN ('rsa', 'ed25519')),
    pem text NOT NULL,                  -- SPKI
    fetched_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX public_key_actor ON public_key (actor_id);

CREATE TABLE private_key (
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    algorithm text NOT NULL CHECK (algorithm IN ('rsa', 'ed25519')),
    uri text NOT NULL,
    pem bytea NOT NULL,                 -- PKCS8, encrypted when the instance has a key file
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
    used_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE account (
    actor_id bigint PRIMARY KEY REFERENCES actor ON DELETE CASCADE,
    email text NOT NULL,
    password_hash text,
    role text NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'welcome', 'moderator', 'admin')),
    language text NOT NULL DEFAULT 'fr',
    confirmed_at timestamptz,
    disabled_at timestamptz,
    -- The exact place stays in this row, is read by its owner only and joined by no public query.
    exact_latitude double precision,
    exact_longitude double precision,
    default_commune_code text,
    last_seen_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX account_email ON account (lower(email));

CREATE TABLE session (
    token_hash bytea PRIMARY KEY,       -- SHA-256 of the cookie's random token
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    csrf_token text NOT NULL,
    user_agent text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_actor ON session (actor_id);

-- One-time links: log-in, address confirmation, new password, first-run wizard.
CREATE TABLE one_time_link (
    token_hash bytea PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('login', 'confirm', 'password', 'setup')),
    actor_id bigint REFERENCES account ON DELETE CASCADE,
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
    actor_id bigint REFERENCES account ON DELETE CASCADE,
    application_name text NOT NULL DEFAULT '',
    application_website text,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX token_actor ON token (actor_id);

-- Relations ---------------------------------------------------------------------------------------------------

CREATE TABLE follow (
    id bigint PRIMARY KEY,
    uri text UNIQUE,                    -- of the Follow activity
    follower_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    followed_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected')),
    shares boolean NOT NULL DEFAULT true,   -- show what they share in my home
    notify boolean NOT NULL DEFAULT false,  -- tell me of each of their posts
    created_at timestamptz NOT NULL DEFAULT now(),
    answered_at timestamptz,
    UNIQUE (follower_id, followed_id)
);
CREATE INDEX follow_followed ON follow (followed_id, state);
CREATE INDEX follow_follower ON follow (follower_id, state) INCLUDE (followed_id, shares);

CREATE TABLE block (
    id bigint PRIMARY KEY,
    uri text UNIQUE,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, target_id)
);
CREATE INDEX block_target ON block (target_id);

-- Posts -------------------------------------------------------------------------------------------------------

-- What every post shares, whether a listing or an ordinary note: one id space, so that one timeline, one
-- favourite, one reply and one attachment serve both. A listing has a second row in `listing`.
CREATE TABLE post (
    id bigint PRIMARY KEY,              -- by time of arrival, also for what was published long ago elsewhere
    uri text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('note', 'listing')),
    local boolean NOT NULL,
    author_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    url text NOT NULL,
    -- network is Public in `to`, unlisted Public in `cc`; coop never leaves the server; territories are the
    -- followers of the author and the coop actors of friend cooperatives.
    audience text NOT NULL CHECK (audience IN ('network', 'unlisted', 'coop', 'territories', 'followers', 'direct')),
    content text NOT NULL DEFAULT '',   -- cleaned HTML, as shown
    source text NOT NULL DEFAULT '',    -- what a local author typed
    warning text NOT NULL DEFAULT '',   -- content warning
    sensitive boolean NOT NULL DEFAULT false,
    language text,
    application text,                   -- the client that it was written with, where one says so
    in_reply_to_uri text,
    in_reply_to_id bigint REFERENCES post ON DELETE SET NULL,
    context_uri text,
    root_id bigint,                     -- the first post of the thread, where known
    to_uris text[] NOT NULL DEFAULT '{}',
    cc_uris text[] NOT NULL DEFAULT '{}',
    raw jsonb,                          -- the object as received; NULL for local posts
    published_at timestamptz NOT NULL,
    updated_at timestamptz,             -- of the last edit, as the author's server tells it
    received_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz              -- a tombstone stays for local posts (OB1)
);
CREATE INDEX post_author ON post (author_id, id DESC) INCLUDE (audience) WHERE deleted_at IS NULL;
CREATE INDEX post_reply ON post (in_reply_to_id) WHERE in_reply_to_id IS NOT NULL;
CREATE INDEX post_reply_uri ON post (in_reply_to_uri) WHERE in_reply_to_id IS NULL AND in_reply_to_uri IS NOT NULL;
CREATE INDEX post_url ON post (url);   -- pages are asked for by it, and search boxes
CREATE INDEX post_root ON post (root_id) WHERE root_id IS NOT NULL;
-- Public timelines show what answers nothing: from everywhere, from here, from elsewhere.
CREATE INDEX post_public ON post (id DESC)
    WHERE audience = 'network' AND deleted_at IS NULL AND in_reply_to_uri IS NULL;
CREATE INDEX post_public_local ON post (id DESC)
    WHERE audience = 'network' AND deleted_at IS NULL AND in_reply_to_uri IS NULL AND local;
CREATE INDEX post_public_remote ON post (id DESC)
    WHERE audience = 'network' AND deleted_at IS NULL AND in_reply_to_uri IS NULL AND NOT local;

-- A post as models/posts reads it: all but the object as received.
CREATE VIEW full_post AS
SELECT id, uri, kind, local, author_id, url, audience, content, source, warning, sensitive, language,
    in_reply_to_uri, in_reply_to_id, context_uri, root_id, to_uris, cc_uris, published_at, updated_at,
    received_at, deleted_at
FROM post;

CREATE TABLE listing (
    post_id bigint PRIMARY KEY REFERENCES post ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('offer', 'request', 'repair_call')),
    mode text NOT NULL CHECK (mode IN ('gift', 'loan', 'swap', 'sale', 'service', 'repair', 'other')),
    title text NOT NULL,
    description text NOT NULL DEFAULT '',   -- cleaned HTML of the text alone, without title, place and tags
    category text,                          -- slug of models/categories
    category_uri text,                      -- as received; unknown ones keep their IRI
    status text NOT NULL DEFAULT 'open'
        CHECK (status IN ('open', 'reserved', 'fulfilled', 'cancelled', 'expired', 'paused')),
    closed_reason text CHECK (closed_reason IN ('here', 'elsewhere')),
    stream_uri text,                        -- the Group that announces it
    territory_uri text,                     -- the coop actor
    place_name text,
    postcode text,
    commune_code text,
    latitude double precision,              -- blurred: centre of a 500 m cell, or of the commune
    longitude double precision,
    radius integer,                         -- metres
    condition text,
    quantity numeric NOT NULL DEFAULT 1,
    unit text NOT NULL DEFAULT 'one',
    available_quantity numeric,
    unit_based boolean NOT NULL DEFAULT false,
    price numeric,                          -- of a sale
    currency text,
    free_price boolean NOT NULL DEFAULT false,
    wants text,                             -- what is hoped for in return, in words
    reciprocal jsonb,                       -- the intent as received
    deposit numeric,
    max_duration text,                      -- ISO 8601 duration
    begins_at timestamptz,                  -- the wanted window
    ends_at timestamptz,
    expires_at timestamptz,
    repair jsonb,                           -- {"bike_type", "interventions", "wheel_size", "rideable", "urgency"}
    search tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('fr', title), 'A') || setweight(to_tsvector('fr', regexp_replace(description, '<[^>]*>', ' ', 'g')), 'B')
        || setweight(to_tsvector('fr', coalesce(place_name, '')), 'C')
    ) STORED
);
CREATE INDEX listing_search ON listing USING gin (search);
CREATE INDEX listing_open ON listing (post_id DESC) WHERE status IN ('open', 'reserved');
CREATE INDEX listing_place ON listing (latitude, longitude) WHERE status IN ('open', 'reserved');
CREATE INDEX listing_territory ON listing (territory_uri, post_id DESC);
CREATE INDEX listing_category ON listing (category, post_id DESC) WHERE status IN ('open', 'reserved');
CREATE INDEX listing_expiry ON listing (expires_at) WHERE status IN ('open', 'reserved', 'paused');

-- A listing with its post, as models/listings reads it.
CREATE VIEW full_listing AS
SELECT p.id, p.uri, p.kind AS post_kind, p.local, p.author_id, p.url, p.audience, p.content, p.source, p.warning,
    p.sensitive, p.language, p.in_reply_to_uri, p.in_reply_to_id, p.context_uri, p.root_id, p.to_uris, p.cc_uris,
    p.published_at, p.updated_at, p.received_at, p.deleted_at,
    l.kind, l.mode, l.title, l.description, l.category, l.category_uri, l.status, l.closed_reason, l.stream_uri,
    l.territory_uri, l.place_name, l.postcode, l.commune_code, l.latitude, l.longitude, l.radius, l.condition,
    l.quantity, l.unit, l.available_quantity, l.unit_based, l.price, l.currency, l.free_price, l.wants, l.reciprocal,
    l.deposit, l.max_duration, l.begins_at, l.ends_at, l.expires_at, l.repair, l.search
FROM listing l JOIN post p ON p.id = l.post_id;

CREATE TABLE post_tag (
    post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    tag text NOT NULL,                  -- folded: "offrelomme"
    name text NOT NULL,                 -- as shown: "OffreLomme"
    PRIMARY KEY (tag, post_id)
);
CREATE INDEX post_tag_post ON post_tag (post_id);

-- Who is mentioned in, or addressed by, a post.
CREATE TABLE mention (
    post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    silent boolean NOT NULL DEFAULT false,  -- addressed without being named in the text
    PRIMARY KEY (post_id, actor_id)
);
CREATE INDEX mention_actor ON mention (actor_id, post_id DESC);

CREATE TABLE media (
    id bigint PRIMARY KEY,
    post_id bigint REFERENCES post ON DELETE CASCADE,
    owner_id bigint REFERENCES actor ON DELETE CASCADE,
    position smallint NOT NULL DEFAULT 0,
    type text NOT NULL DEFAULT 'image' CHECK (type IN ('image', 'gifv', 'video', 'audio', 'unknown')),
    mime_type text NOT NULL DEFAULT 'image/jpeg',
    description text NOT NULL DEFAULT '',
    width integer,
    height integer,
    focus_x real,
    focus_y real,
    blurhash text,
    file_key text,                      -- in the media store: ours, or the cached copy of a remote picture
    thumbnail_key text,
    byte_size integer,
    remote_url text,                    -- NULL for ours
    fetched_at timestamptz,
    read_at timestamptz,                -- the cache forgets the longest unread first
    failed_at timestamptz,
    failure text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX media_post ON media (post_id, position);
CREATE INDEX media_orphan ON media (created_at) WHERE post_id IS NULL AND remote_url IS NULL;
CREATE INDEX media_cached ON media (read_at) WHERE remote_url IS NOT NULL AND file_key IS NOT NULL;
CREATE UNIQUE INDEX media_remote ON media (post_id, remote_url) WHERE remote_url IS NOT NULL;
CREATE INDEX media_owner ON media (owner_id);

-- Files whose row is gone, however it went: a chore removes them from the store.
CREATE TABLE unused_file (
    key text PRIMARY KEY,
    unused_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION note_unused_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO unused_file (key)
    SELECT key FROM unnest(ARRAY[OLD.file_key, OLD.thumbnail_key]) AS key WHERE key IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER media_files AFTER DELETE ON media FOR EACH ROW EXECUTE FUNCTION note_unused_files();
CREATE TRIGGER media_files_replaced AFTER UPDATE OF file_key ON media FOR EACH ROW
    WHEN (OLD.file_key IS NOT NULL AND NEW.file_key IS DISTINCT FROM OLD.file_key)
    EXECUTE FUNCTION note_unused_files();

-- What a client asked for with an Idempotency-Key: the same key gives the same post, also in parallel.
CREATE TABLE idempotency (
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    key text NOT NULL,
    post_id bigint REFERENCES post ON DELETE CASCADE,   -- NULL only while its transaction runs
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor_id, key)
);

-- Reactions ---------------------------------------------------------------------------------------------------

CREATE TABLE favourite (
    id bigint PRIMARY KEY,
    uri text UNIQUE,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, post_id)
);
CREATE INDEX favourite_post ON favourite (post_id);
CREATE INDEX favourite_actor ON favourite (actor_id, id DESC);

CREATE TABLE share (
    id bigint PRIMARY KEY,              -- the id of the wrapping status in Mastodon's API
    uri text UNIQUE,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES post ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (actor_id, post_id)
);
CREATE INDEX share_actor ON share (actor_id, id DESC);
CREATE INDEX share_post ON share (post_id);

-- Telling people ----------------------------------------------------------------------------------------------

CREATE TABLE notification (
    id bigint PRIMARY KEY,
    recipient_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    type text NOT NULL CHECK (type IN
        ('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'poll', 'update')),
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    post_id bigint REFERENCES post ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at timestamptz,
    UNIQUE NULLS NOT DISTINCT (recipient_id, type, actor_id, post_id)
);
CREATE INDEX notification_recipient ON notification (recipient_id, id DESC);

-- Federation --------------------------------------------------------------------------------------------------

-- Every activity of ours, verbatim: what is delivered is what is served.
CREATE TABLE activity (
    id bigint PRIMARY KEY,
    uri text NOT NULL UNIQUE,
    type text NOT NULL,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    object_uri text,
    public boolean NOT NULL,
    body text NOT NULL,                 -- the JSON as it is signed, byte for byte
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX activity_outbox ON activity (actor_id, id DESC) WHERE public;
CREATE INDEX activity_object ON activity (object_uri);

CREATE TABLE received (
    id bigint PRIMARY KEY,
    activity_uri text NOT NULL,
    body_hash bytea NOT NULL,           -- SHA-256; the same id with another body is processed (decisions.md)
    type text NOT NULL,
    actor_uri text NOT NULL,
    host text NOT NULL,
    body bytea NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'ignored', 'failed')),
    attempts smallint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    claimed_by uuid,
    claimed_until timestamptz,
    error text,
    received_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    UNIQUE (activity_uri, body_hash)
);
CREATE INDEX received_waiting ON received (actor_uri, id) WHERE state = 'waiting';
CREATE INDEX received_due ON received (id) WHERE state = 'waiting';
CREATE INDEX received_old ON received (finished_at) WHERE state <> 'waiting';

CREATE TABLE delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- by the database, since the fan-out is one statement
    activity_id bigint NOT NULL REFERENCES activity ON DELETE CASCADE,
    actor_id bigint NOT NULL,           -- who signs
    inbox text NOT NULL,
    personal_inbox text,                -- tried once when a shared inbox answers 404 or 410 (HT5)
    host text NOT NULL,
    priority smallint NOT NULL DEFAULT 1,   -- 0: people named in it, 1: followers
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed', 'held', 'cancelled')),
    attempts smallint NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    claimed_by uuid,
    claimed_until timestamptz,
    last_status smallint,
    error text,                         -- the cause in plain words
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    UNIQUE (activity_id, inbox)
);
CREATE INDEX delivery_lane ON delivery (host, actor_id, id) WHERE state = 'waiting';
CREATE INDEX delivery_due ON delivery (due_at, priority, id) WHERE state = 'waiting';
CREATE INDEX delivery_held ON delivery (host) WHERE state = 'held';

-- Other servers: what we know of them and how they do.
CREATE TABLE server (
    host text PRIMARY KEY,
    level text NOT NULL DEFAULT 'reader' CHECK (level IN ('friend', 'reader', 'aside')),
    software text,
    software_version text,
    name text,                          -- as its NodeInfo tells
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_in_at timestamptz,
    last_out_at timestamptz,            -- last success
    last_failure_at timestamptz,
    failure text,                       -- the cause in plain words
    failing_days date[] NOT NULL DEFAULT '{}',
    unavailable_since timestamptz,
    probe_at timestamptz,
    knock text CHECK (knock IN ('cavage', 'rfc9421')),
    knock_until timestamptz
);

-- What was deleted, and what was undone before it came (AX4, AX9). Forgotten after their time.
CREATE TABLE tombstone (
    uri text NOT NULL,
    reason text NOT NULL CHECK (reason IN ('deleted', 'undone')),
    actor_uri text NOT NULL,            -- who says so: one word each, so that nobody's keeps another's from counting
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
    reporter_id bigint REFERENCES actor ON DELETE SET NULL,
    target_id bigint REFERENCES actor ON DELETE CASCADE,
    object_uris text[] NOT NULL DEFAULT '{}',
    content text NOT NULL DEFAULT '',
    local boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz
);

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
    beat_at timestamptz NOT NULL DEFAULT now()
);
