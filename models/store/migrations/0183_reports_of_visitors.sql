-- A report says more: what a visitor is called, why something is held to be against the law, how often the same person
-- came back to it, and when it last changed.
ALTER TABLE report
    ADD COLUMN reporter_name text NOT NULL DEFAULT '',  -- a visitor's, where she gave one
    ADD COLUMN law text NOT NULL DEFAULT '',            -- why it is held to be against the law
    ADD COLUMN times integer NOT NULL DEFAULT 1,        -- how often the same person reported the same thing
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
UPDATE report SET changed_at = coalesce(closed_at, created_at);
CREATE INDEX report_visitor ON report (lower(reporter_email)) WHERE reporter_email IS NOT NULL;

-- Whoever settles reports is told once of a case, not once of each report that joins it.
UPDATE notification SET case_id = report.case_id
FROM report WHERE report.id = notification.report_id AND notification.type = 'admin.report';
