-- How many open listings have a word, as far as the count that goes on came; it takes the place of the last one at its
-- end.
ALTER TABLE known_word ADD COLUMN counted integer NOT NULL DEFAULT 0;
