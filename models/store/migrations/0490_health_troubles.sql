-- What a look at the machine found wrong, of what no other table tells; gone a day after it is well again.
CREATE TABLE health_trouble (
    name text PRIMARY KEY,  -- a check of web/actions/doctor
    severe boolean NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    well_at timestamptz,    -- NULL: it is not
    told_at timestamptz     -- when administrators had a mail about it
);
