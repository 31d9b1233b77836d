-- The directory of territories as this server sees it: who is known, who vouches for whom, who is on the map and why.

CREATE TABLE territory (
    host text PRIMARY KEY,
    domain text NOT NULL,               -- registrable (models/domains): one entry each
    seed boolean NOT NULL DEFAULT false,    -- typed by an administrator: where the crawl begins
    vouched_at timestamptz,             -- our own word for it; counts and is published while its server is a friend
    removed_at timestamptz,             -- taken off the map by an administrator: not visited any more
    spam boolean NOT NULL DEFAULT false,    -- and for spam: who vouched for it was struck
    depth smallint NOT NULL DEFAULT 0,  -- how many lists lie between us and it
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    visit_at timestamptz NOT NULL DEFAULT now(),
    visited_at timestamptz,
    proven_at timestamptz,              -- last signed visit that found all in order
    problem text DEFAULT 'not_visited',  -- models/directory/values.Reason of the last visit; NULL: none
    cause text,                         -- federation.errors.Cause, where it did not answer
    actor_uri text,                     -- the coop; what follows is as it was last proven
    name text NOT NULL DEFAULT '',
    place_name text NOT NULL DEFAULT '',
    latitude double precision,
    longitude double precision,
    radius integer,
    area_km double precision,           -- from the nearest commune of France
    proposals integer NOT NULL DEFAULT 0,   -- open ones inside its area, as far as they were looked at
    offers integer NOT NULL DEFAULT 0,
    requests integer NOT NULL DEFAULT 0,
    repair_calls integer NOT NULL DEFAULT 0,
    open_proposals integer NOT NULL DEFAULT 0,  -- as it counts them itself
    accepted_at timestamptz,            -- on the map since
    reason text DEFAULT 'not_visited',   -- models/directory/values.Reason that holds it back
    hop smallint NOT NULL DEFAULT 0,
    silent boolean NOT NULL DEFAULT false,
    vouchers text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX territory_due ON territory (depth, visit_at) WHERE removed_at IS NULL;
CREATE INDEX territory_domain ON territory (domain);

CREATE TABLE territory_vouch (
    voucher text NOT NULL,
    host text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),   -- when we first saw it: what it says itself may be backdated
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
