-- Members who want to be told of repair calls and can be told now, and from where distances count: the place that
-- their profile shows, else the middle of the commune that they named when they joined. Nobody else reads this place.
CREATE VIEW watching_repairer AS
SELECT w.actor_id, coalesce(m.latitude, c.latitude) AS latitude, coalesce(m.longitude, c.longitude) AS longitude
FROM repair_watch w JOIN account a ON a.actor_id = w.actor_id JOIN actor m ON m.id = w.actor_id
LEFT JOIN commune c ON c.code = a.default_commune_code
WHERE a.disabled_at IS NULL AND a.confirmed_at IS NOT NULL AND m.deleted_at IS NULL AND m.suspended_at IS NULL
    AND (m.away_until IS NULL OR m.away_until <= now());
