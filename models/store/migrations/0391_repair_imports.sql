-- What came from Rustine Libre: each row that was made, so that no second run makes it again and it can be undone.
CREATE TABLE repair_import (
    id bigint PRIMARY KEY,
    made_by bigint REFERENCES actor(id) ON DELETE SET NULL,  -- NULL for a command
    made_at timestamptz NOT NULL DEFAULT now(),
    undone_at timestamptz,
    counts jsonb NOT NULL DEFAULT '{}'        -- what was made, and once undone what was left
);

CREATE TABLE repair_import_item (
    import_id bigint NOT NULL REFERENCES repair_import(id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('shop', 'manager', 'bike', 'entry', 'result', 'walk_in')),
    origin text NOT NULL,                     -- its number over there
    row_id bigint NOT NULL,                   -- ours; of a manager the shop
    digest text NOT NULL DEFAULT '',          -- of the row as it was made: another one was touched since
    PRIMARY KEY (kind, origin)
);
CREATE INDEX repair_import_item_import ON repair_import_item (import_id, kind);
CREATE INDEX repair_import_item_row ON repair_import_item (kind, row_id);
