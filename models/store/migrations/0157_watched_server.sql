-- Another server as the administrators watch it: what is known of it, its cooperative's name, and what is in the queue
-- for it. One list and one page show the same; what was withheld on purpose is no failure.
CREATE VIEW watched_server AS
SELECT s.host, s.level, s.software, s.software_version, coalesce(coop.name, s.name) AS name, s.first_seen_at,
    s.last_in_at, s.last_out_at, s.last_failure_at, s.failure, s.failure_cause, s.failing_days[1] AS failing_since,
    s.unavailable_since, s.probe_at, s.paused_at, s.latency_ms, s.clock_seconds, s.clock_at, s.knock,
    (SELECT count(*) FROM delivery d WHERE d.host = s.host AND d.state = 'waiting') AS waiting,
    (SELECT count(*) FROM delivery d WHERE d.host = s.host AND d.state = 'held') AS held,
    (SELECT count(*) FROM delivery d WHERE d.host = s.host AND d.state = 'failed'
        AND d.cause IS DISTINCT FROM 'withheld') AS failed,
    NOT may_have_private(s.host) AS no_private,
    (SELECT min(d.due_at) FROM delivery d WHERE d.host = s.host AND d.state = 'waiting') AS due_at
FROM server s
LEFT JOIN LATERAL (
    SELECT nullif(a.name, '') AS name FROM actor a
    WHERE a.host = s.host AND a.username = 'coop' AND a.type = 'Organization' AND a.deleted_at IS NULL
) AS coop ON true;

COMMENT ON VIEW watched_server IS 'Another server, its name, and what is in the queue for it';
