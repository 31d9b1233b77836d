-- Reports are read and settled by somebody. What was reported is kept as it was then: its author may change or delete
-- it, and whoever decides has to see what somebody else saw.
ALTER TABLE report
    ADD COLUMN extracts jsonb NOT NULL DEFAULT '[]',    -- [{"uri", "title", "text"}]: plain text, cut
    ADD COLUMN target_name text NOT NULL DEFAULT '',    -- stays where the reported account is gone
    ADD COLUMN reporter_email text,                     -- a visitor's, where she gave one
    ADD COLUMN reporter_language text NOT NULL DEFAULT 'fr',
    ADD COLUMN closed_by bigint REFERENCES actor ON DELETE SET NULL,
    ADD COLUMN note text NOT NULL DEFAULT '',           -- for the team alone
    ADD COLUMN answer text NOT NULL DEFAULT '',         -- read by whoever reported
    ADD COLUMN mailed_at timestamptz,                   -- when those who can settle it were written to
    ADD COLUMN reminded_at timestamptz;                 -- when administrators were, since nobody had settled it
ALTER TABLE report DROP CONSTRAINT report_target_id_fkey;
ALTER TABLE report ADD CONSTRAINT report_target_id_fkey FOREIGN KEY (target_id) REFERENCES actor ON DELETE SET NULL;

UPDATE report SET target_name = a.name FROM actor a WHERE a.id = report.target_id AND a.name <> '';
UPDATE report SET target_name = a.username || '@' || a.host
    FROM actor a WHERE a.id = report.target_id AND report.target_name = '';
UPDATE report SET extracts = found.extracts FROM (
    SELECT r.id, jsonb_agg(jsonb_build_object('uri', p.uri, 'title', coalesce(l.title, ''),
        'text', left(regexp_replace(p.content, '<[^>]*>', ' ', 'g'), 1000)) ORDER BY p.id) AS extracts
    FROM report r JOIN post p ON p.uri = ANY(r.object_uris) AND p.deleted_at IS NULL
    LEFT JOIN listing l ON l.post_id = p.id GROUP BY r.id
) AS found WHERE found.id = report.id;

CREATE INDEX report_open ON report (id) WHERE closed_at IS NULL;
CREATE INDEX report_closed ON report (closed_at DESC, id DESC) WHERE closed_at IS NOT NULL;
CREATE INDEX report_reporter ON report (reporter_id, id DESC);
CREATE INDEX report_target ON report (target_id);
