"""Five thousand repairers within forty kilometres of one call: what they repair, how far they go, of many communes."""

from models.store.database import Connection, execute

REPAIRERS = 5_000

FIRST_REPAIRER = 3_100_000_000_000_000_000

CALL = (50.645, 2.987)

_PEOPLE = (
    """
    INSERT INTO actor (id, uri, type, local, username, host, name, url, inbox, latitude, longitude)
    SELECT $1::bigint + n, base || '/users/r' || n, 'Person', true, 'r' || n, 'lomme.test', 'Repairer ' || n,
        base || '/@r' || n, base || '/users/r' || n || '/inbox',
        CASE WHEN n % 3 > 0 THEN 50.285 + n % 601 * 0.0012 END, CASE WHEN n % 3 > 0 THEN 2.587 + n % 797 * 0.001 END
    FROM generate_series(0, $2::int - 1) AS n, LATERAL (SELECT 'https://lomme.test' AS base) AS b
    """,
    """
    WITH near AS (
        SELECT array_agg(code ORDER BY code) AS codes FROM commune
        WHERE kind = 'commune' AND latitude BETWEEN 50.285 AND 51.005 AND longitude BETWEEN 2.587 AND 3.387
    )
    INSERT INTO account (actor_id, email, confirmed_at, default_commune_code)
    SELECT $1::bigint + n, 'r' || n || '@example.org', now(), codes[1 + n % cardinality(codes)]
    FROM generate_series(0, $2::int - 1) AS n, near
    """,
    """
    INSERT INTO repair_watch (actor_id, organs, bike_types, furthest, paused_until)
    SELECT $1::bigint + n, CASE WHEN n % 4 = 0 THEN ARRAY['brakes', 'gears'] ELSE '{}' END,
        CASE WHEN n % 5 = 0 THEN ARRAY['cargo'] ELSE '{}' END, (ARRAY[3, 8, 15, 30])[1 + n % 4],
        CASE WHEN n % 20 = 0 THEN now() + interval '1 day' END
    FROM generate_series(0, $2::int - 1) AS n
    """,
)


async def fill_repairers(conn: Connection, repairers: int = REPAIRERS) -> None:
    """So many, each with an account, a place or a commune, and what she wants to be told of."""
    for statement in _PEOPLE:
        await execute(conn, statement, FIRST_REPAIRER, repairers)
    await execute(conn, "ANALYZE repair_watch, account, actor")
