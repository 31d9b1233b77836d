-- What people call a server: the territory of the cooperative that it serves, else its host.
CREATE FUNCTION place_of(host text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT left(a.place_name, 100) FROM actor a
        WHERE lower(a.username) = 'coop' AND a.host = $1 AND a.type = 'Organization' AND NOT a.local
            AND a.deleted_at IS NULL AND a.suspended_at IS NULL AND a.place_name <> ''
    ), $1)
$$;
