-- Whoever asks to join has an account at once, so that what she brings along is hers at once: no second table under her
-- name. The few lines that may stand in it become hers before it goes.
INSERT INTO invitation_use (actor_id, invitation_id)
SELECT a.id, w.invitation_id FROM arrival w
JOIN actor a ON a.local AND a.username = w.username JOIN account c ON c.actor_id = a.id
WHERE w.invitation_id IS NOT NULL
ON CONFLICT DO NOTHING;

INSERT INTO document_acceptance (actor_id, version_id, accepted_at)
SELECT a.id, v.id, w.at FROM arrival w
JOIN actor a ON a.local AND a.username = w.username JOIN account c ON c.actor_id = a.id
JOIN document_version v ON v.id = ANY (w.version_ids)
ON CONFLICT DO NOTHING;

DROP TABLE arrival;
