-- Who runs which place of ours: she edits its hours, its closures and its listings, as long as she holds the role.
CREATE TABLE place_keeper (
    place_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    actor_id bigint NOT NULL REFERENCES account(actor_id) ON DELETE CASCADE,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (place_id, actor_id),
    CHECK (place_id <> actor_id)
);
CREATE INDEX place_keeper_actor ON place_keeper (actor_id);
