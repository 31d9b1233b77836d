-- Servers to which nothing private is sent: theirs may take a request to follow for a follow (B-52).

ALTER TABLE server ADD COLUMN no_private boolean NOT NULL DEFAULT false;
CREATE INDEX server_no_private ON server (host) WHERE no_private;

-- May this host have what is not for everybody? As with levels, whoever stands under a domain counts with it.
CREATE FUNCTION may_have_private(host text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT NOT EXISTS (SELECT FROM server s WHERE s.no_private AND s.host = ANY (domains_of($1)))
$$;

-- Does this activity bring a post of ours that is not for everybody? What takes one back brings nothing.
CREATE FUNCTION is_private(activity_id bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (
        SELECT FROM activity a JOIN post p ON p.uri = a.object_uri
        WHERE a.id = $1 AND a.type IN ('Create', 'Update') AND p.local AND p.audience NOT IN ('network', 'unlisted'))
$$;
