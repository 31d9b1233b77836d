-- Links by which somebody whose server knows no Join answers the charter of a community: they name one version, act
-- once, and last a month.
CREATE TABLE community_link (
    token_hash bytea PRIMARY KEY,
    community_id bigint NOT NULL REFERENCES community(actor_id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor(id) ON DELETE CASCADE,     -- who may answer by it
    version integer NOT NULL,                                            -- to this version and no other
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX community_link_community ON community_link (community_id);
CREATE INDEX community_link_actor ON community_link (actor_id);
CREATE INDEX community_link_expiry ON community_link (expires_at);
