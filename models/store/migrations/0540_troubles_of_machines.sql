-- Several machines may share one database: what is wrong with one of them is not well because another is.
ALTER TABLE health_trouble
    ADD COLUMN machine text NOT NULL DEFAULT '',            -- its name; '' for what all machines share
    ADD COLUMN looked_at timestamptz NOT NULL DEFAULT now();  -- a machine that nobody looks at any more is gone
ALTER TABLE health_trouble DROP CONSTRAINT health_trouble_pkey;
ALTER TABLE health_trouble ADD PRIMARY KEY (machine, name);
DELETE FROM health_trouble WHERE name IN ('data_folder', 'inodes', 'key_file', 'memory');
