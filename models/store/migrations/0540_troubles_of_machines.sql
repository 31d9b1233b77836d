-- Several machines may share one database: what is wrong with one of them is not well because another is.
-- A table of its own: the version before goes on with health_trouble, which has a name alone; a later release drops it.
CREATE TABLE machine_trouble (
    machine text NOT NULL,  -- its name; '' for what all machines share
    name text NOT NULL,     -- a check of web/actions/doctor
    severe boolean NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    looked_at timestamptz NOT NULL DEFAULT now(),  -- a machine that nobody looks at any more is gone
    well_at timestamptz,    -- NULL: it is not
    told_at timestamptz,    -- when administrators had a mail about it
    PRIMARY KEY (machine, name)
);
INSERT INTO machine_trouble (machine, name, severe, since, well_at, told_at)
    SELECT '', name, severe, since, well_at, told_at FROM health_trouble
    WHERE name NOT IN ('data_folder', 'inodes', 'key_file', 'memory');
