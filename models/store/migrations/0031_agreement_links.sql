-- Links by which somebody without an account here answers terms: they name one Offer, act once, and last a week.
CREATE TABLE agreement_link (
    token_hash bytea PRIMARY KEY,
    agreement_id bigint NOT NULL REFERENCES agreement ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,     -- who may answer by it
    offer_uri text NOT NULL,                                         -- to these terms and no others
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX agreement_link_agreement ON agreement_link (agreement_id);
CREATE INDEX agreement_link_actor ON agreement_link (actor_id);
CREATE INDEX agreement_link_expiry ON agreement_link (expires_at);
