-- What the doctor saw of what is dear to look at (a large photo, a store of copies, tiles of a map): the last time.
CREATE TABLE health_look (
    name text PRIMARY KEY,   -- a check of web/actions/doctor
    about text NOT NULL,     -- what it looked at, as the settings had it: of something else this says nothing
    looked_at timestamptz NOT NULL DEFAULT now(),
    well boolean NOT NULL,
    said text NOT NULL       -- what it found, in JSON: sentences with their values, in nobody's language
);
