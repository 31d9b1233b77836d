-- Whom a member shows on her profile, among those she follows; who is followed no longer is shown no longer.
CREATE TABLE endorsement (
    id bigint PRIMARY KEY,
    actor_id bigint NOT NULL,
    target_id bigint NOT NULL,
    UNIQUE (actor_id, target_id),
    FOREIGN KEY (actor_id, target_id) REFERENCES follow (follower_id, followed_id) ON DELETE CASCADE
);
CREATE INDEX endorsement_actor ON endorsement (actor_id, id DESC);

-- Whom a member does not want to be proposed again.
CREATE TABLE suggestion_dismissal (
    actor_id bigint NOT NULL REFERENCES account ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES actor ON DELETE CASCADE,
    PRIMARY KEY (actor_id, target_id)
);
CREATE INDEX suggestion_dismissal_target ON suggestion_dismissal (target_id);
