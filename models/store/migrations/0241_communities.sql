-- Groups of people with a charter of their own. The actor is a Group: ours where `actor.local`, else a copy of one
-- whose home has the word.
CREATE TABLE community (
    actor_id bigint PRIMARY KEY REFERENCES actor(id) ON DELETE CASCADE,
    access text NOT NULL CHECK (access IN ('open', 'on_request', 'invitation')),
    hidden boolean NOT NULL DEFAULT false,          -- only who is in it, was asked or asked knows that it exists
    members_shown boolean NOT NULL DEFAULT false,   -- members who agreed to it stand in a list that anybody may read
    approvals_needed integer NOT NULL DEFAULT 0     -- how many members let a newcomer in together; 0: one manager does
        CHECK (approvals_needed BETWEEN 0 AND 20),
    parent_uri text,                                -- the community that this one says it belongs to; gives no rights
    held_with text[] NOT NULL DEFAULT '{}',         -- the cooperatives that hold it together with its home
    ended_at timestamptz,                           -- the last person left
    unmanaged_since timestamptz,                    -- since when nobody manages it, as the team was told
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX community_hidden ON community (actor_id) WHERE hidden;

-- The charter as it was published, version after version; of a copy those that were told.
CREATE TABLE community_charter (
    id bigint PRIMARY KEY,
    community_id bigint NOT NULL REFERENCES community(actor_id) ON DELETE CASCADE,
    version integer NOT NULL CHECK (version > 0),
    text text NOT NULL,
    changes text NOT NULL DEFAULT '',               -- what is new in it, as members read it
    due_at timestamptz,                             -- until when who said yes to an earlier one goes on as before
    published_at timestamptz NOT NULL DEFAULT now(),
    published_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    CONSTRAINT community_charter_version UNIQUE (community_id, version)
);
CREATE INDEX community_charter_published_by ON community_charter (published_by);

CREATE TABLE membership (
    id bigint PRIMARY KEY,
    community_id bigint NOT NULL REFERENCES community(actor_id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    role text NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'moderator', 'manager')),
    state text NOT NULL CHECK (state IN
        ('invited', 'asked', 'member', 'refused', 'declined', 'left', 'removed', 'expired')),
    accepted_version integer NOT NULL DEFAULT 0,    -- the latest version of the charter that she said yes to
    asked_version integer NOT NULL DEFAULT 0,       -- the version that she was asked about in words
    uri text,                                       -- the Join, Invite or question in words that it began with
    invited_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    message text NOT NULL DEFAULT '',               -- what she wrote when she asked
    territory_uri text,                             -- the cooperative through which she came
    shown boolean NOT NULL DEFAULT false,           -- she agreed to stand in the directory of members
    public_only boolean NOT NULL DEFAULT false,     -- her server keeps nothing inside: she gets what is public
    awaited text CHECK (awaited IN ('charter', 'approve', 'refuse', 'remove', 'member', 'moderator', 'manager')),
    awaited_at timestamptz,                         -- what one of ours asked the home of this community to do, and when
    since timestamptz NOT NULL DEFAULT now(),       -- in this state
    expires_at timestamptz,
    CONSTRAINT membership_once UNIQUE (community_id, actor_id),
    CONSTRAINT membership_awaited CHECK ((awaited IS NULL) = (awaited_at IS NULL))
);
CREATE INDEX membership_actor ON membership (actor_id, state);
CREATE INDEX membership_uri ON membership (uri) WHERE uri IS NOT NULL;
CREATE INDEX membership_invited_by ON membership (invited_by) WHERE invited_by IS NOT NULL;
CREATE INDEX membership_list ON membership (community_id, state, id);
CREATE INDEX membership_expires ON membership (expires_at) WHERE expires_at IS NOT NULL AND state = 'member';

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
        'invited', 'declined', 'left', 'removed', 'expired', 'member', 'moderator', 'manager', 'unmanaged', 'ended')),
    actor_id bigint REFERENCES actor(id) ON DELETE SET NULL,    -- who decided; NULL: the clock, or who is gone
    subject_id bigint REFERENCES actor(id) ON DELETE SET NULL,  -- about whom
    reason text NOT NULL DEFAULT '',
    version integer,                                            -- of the charter that it was decided by
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX community_decision_list ON community_decision (community_id, id);
CREATE INDEX community_decision_actor ON community_decision (actor_id);
CREATE INDEX community_decision_subject ON community_decision (subject_id);

-- Of a hidden community nobody outside knows that it exists, as of members who did not confirm yet.
CREATE OR REPLACE FUNCTION is_unpublished(actor_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM account a
        WHERE a.actor_id = $1 AND (a.confirmed_at IS NULL OR a.waits_since IS NOT NULL))
        OR EXISTS (SELECT FROM community c WHERE c.actor_id = $1 AND c.hidden)
$$;
COMMENT ON FUNCTION is_unpublished(bigint) IS
    'Whether this is a member who has not confirmed her address or waits to be let in, or a hidden community: others, '
    'here and elsewhere, are answered as if there were none, which is another thing than being suspended.';
