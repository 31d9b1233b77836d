-- What the address says that administrators chose to ask for releases, as it was when it was asked last: one row.
CREATE TABLE release_notice (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    asked_at timestamptz NOT NULL DEFAULT now(),
    version text,     -- the newest that is for everybody; NULL: it did not say
    page text,        -- where it is described
    secure boolean,   -- one of those that are newer than ours mends a hole
    failure text      -- why nothing was heard: a cause of federation/errors
);
