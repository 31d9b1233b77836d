-- The answers that the team keeps ready become one of the settings, with a history like the others. The table of
-- before is read no more, and goes in a later release.
INSERT INTO preference (key, value)
SELECT 'canned_answers', jsonb_agg(jsonb_build_object('kind', kind, 'title', title, 'words', words) ORDER BY id)
FROM canned_answer HAVING count(*) > 0
ON CONFLICT (key) DO NOTHING;
