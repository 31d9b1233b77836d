-- Links by which people come into a community of ours: made by who manages it, for so many, until a day. Whoever has
-- one reads the charter, also of a hidden one; a link holds as long as its maker manages the community.
CREATE TABLE community_entry_link (
    id bigint PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    community_id bigint NOT NULL REFERENCES community(actor_id) ON DELETE CASCADE,
    made_by bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,
    uses integer NOT NULL CHECK (uses > 0),
    used integer NOT NULL DEFAULT 0 CHECK (used <= uses),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX community_entry_link_community ON community_entry_link (community_id, id);
CREATE INDEX community_entry_link_made_by ON community_entry_link (made_by);
CREATE INDEX community_entry_link_expiry ON community_entry_link (expires_at);
