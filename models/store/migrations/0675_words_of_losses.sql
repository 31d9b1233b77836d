-- Since when all keys of somebody elsewhere are those that they are: a server made again of a backup has the keys that
-- it had before. NULL: at the latest since they were fetched.
ALTER TABLE public_key ADD COLUMN held_since timestamptz;
ALTER TABLE public_key ALTER COLUMN held_since SET DEFAULT now();

-- The word of a server's own actor, held here with its key since before the loss (`known`), beside that of any other:
-- to the latter what is public alone is sent again.
ALTER TABLE peer_restoration ADD COLUMN known boolean NOT NULL DEFAULT true;
ALTER TABLE peer_restoration DROP CONSTRAINT peer_restoration_pkey;
ALTER TABLE peer_restoration ADD PRIMARY KEY (host, known);
ALTER TABLE peer_restoration ADD COLUMN due_at timestamptz NOT NULL DEFAULT now();  -- when it is sent again
ALTER TABLE peer_restoration ADD COLUMN through timestamptz;  -- what had arrived until then was sent again
ALTER TABLE peer_restoration ADD COLUMN finished_at timestamptz;
UPDATE peer_restoration SET finished_at = heard_at;

-- A name that is taken because another server spoke of it after a restoration: which one. The team may give it back.
ALTER TABLE used_username ADD COLUMN told_by text;
ALTER TABLE used_username ADD COLUMN given_back_at timestamptz;

-- What one server had by its words since an instance was made again: names that are taken, and what was taken back on
-- its word, on that day (nobody may have as many as she likes).
CREATE TABLE restoration_word (
    restoration_id bigint NOT NULL REFERENCES restoration(id) ON DELETE CASCADE,
    host text NOT NULL,
    names smallint NOT NULL DEFAULT 0,
    taken_back smallint NOT NULL DEFAULT 0,
    day date NOT NULL DEFAULT CURRENT_DATE,
    PRIMARY KEY (restoration_id, host)
);
