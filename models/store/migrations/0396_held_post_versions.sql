-- Who releases or refuses what waits decides about the text that she read: when it changed last tells another one.
ALTER TABLE held_post ADD COLUMN changed_at timestamptz NOT NULL DEFAULT clock_timestamp();
