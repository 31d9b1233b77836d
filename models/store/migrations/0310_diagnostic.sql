-- The diagnostic as a cooperative writes it. Rows only grow: going back is a new row with the old text.
CREATE TABLE diagnostic_version (
    version integer PRIMARY KEY,
    source text CHECK (length(source) <= 200000),   -- the YAML text; NULL: the tree that ships with the software
    summary text NOT NULL DEFAULT '',               -- what changed, for the team
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
    follows integer NOT NULL,                       -- the version that stood when it was begun; 0: the tree that ships
    saved_at timestamptz NOT NULL DEFAULT now()
);
