-- The charter and the terms of use: every version that was ever published stays readable, with its date.
CREATE TABLE document_version (
    id bigint PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('charter', 'terms')),
    version integer NOT NULL,
    text text NOT NULL,
    summary text NOT NULL DEFAULT '',         -- what changed, as members read it
    due_at timestamptz,                       -- until when members may go on without a yes; NULL: none is asked
    published_at timestamptz NOT NULL DEFAULT now(),
    published_by bigint REFERENCES actor(id) ON DELETE SET NULL,
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

-- Until when this member may go on without having accepted what she is asked for; NULL: nothing is asked.
ALTER TABLE account ADD COLUMN documents_due_at timestamptz;
