-- One word had two meanings: how a server likes its requests signed, and who asked for access while the federation was
-- restricted. Both are called what they are now; every row stays.
ALTER TABLE server RENAME COLUMN knock TO signature_scheme;
ALTER TABLE server RENAME COLUMN knock_until TO signature_scheme_until;
ALTER TABLE server RENAME CONSTRAINT server_knock_check TO server_signature_scheme_check;

ALTER VIEW watched_server RENAME COLUMN knock TO signature_scheme;

CREATE OR REPLACE VIEW watched_server AS
SELECT s.host, s.level, s.software, s.software_version, coalesce(coop.name, s.name) AS name, s.first_seen_at,
    s.last_in_at, s.last_out_at, s.last_failure_at, s.failure, s.failure_cause, s.failing_days[1] AS failing_since,
    s.unavailable_since, s.probe_at, s.paused_at, s.latency_ms, s.clock_seconds, s.clock_at, s.signature_scheme,
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

ALTER TABLE knock RENAME TO access_request;
ALTER TABLE access_request RENAME COLUMN knocks TO requests;
ALTER TABLE access_request RENAME CONSTRAINT knock_pkey TO access_request_pkey;
ALTER INDEX knock_last RENAME TO access_request_last;

-- From PostgreSQL 18 on, NOT NULL is a constraint with a name, which a new name of the table does not change.
DO $$
DECLARE
    old text;
BEGIN
    FOR old IN SELECT conname FROM pg_constraint WHERE conrelid = 'access_request'::regclass AND contype = 'n' LOOP
        EXECUTE format('ALTER TABLE access_request RENAME CONSTRAINT %I TO %I', old,
            replace(replace(old, 'knock_knocks_', 'access_request_requests_'), 'knock_', 'access_request_'));
    END LOOP;
END $$;
