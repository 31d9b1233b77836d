-- A site is closed to visitors until somebody opens it. An instance at which people are members already stays open,
-- and one that was started, and not set up yet, is closed like a new one.
INSERT INTO preference (key, value)
SELECT 'closed', 'true'::jsonb
WHERE EXISTS (SELECT FROM actor WHERE local) AND NOT EXISTS (SELECT FROM account)
ON CONFLICT (key) DO NOTHING;

-- What somebody did, or put off, of the way to the opening. All else on that list is read from what there is.
CREATE TABLE opening_step (
    step text PRIMARY KEY,
    noted text NOT NULL CHECK (noted IN ('tested', 'later')),
    noted_by bigint REFERENCES actor(id) ON DELETE SET NULL,
    noted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX opening_step_by ON opening_step (noted_by);
