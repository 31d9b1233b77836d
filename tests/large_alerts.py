"""Ten thousand alerts of a thousand members, as people have them: words, places, categories, some on hardly more."""

from models.store.database import Connection, execute

ALERTS = 10_000

MEMBERS = 1_000

FIRST_MEMBER = 3_000_000_000_000_000_000

_MEMBERS = (
    """
    INSERT INTO actor (id, uri, type, local, username, host, name, url, inbox)
    SELECT $1::bigint + n, base || '/users/w' || n, 'Person', true, 'w' || n, 'lomme.test', 'Member ' || n,
        base || '/@w' || n, base || '/users/w' || n || '/inbox'
    FROM generate_series(0, $2::int - 1) AS n, LATERAL (SELECT 'https://lomme.test' AS base) AS b
    """,
    """
    INSERT INTO account (actor_id, email, confirmed_at)
    SELECT $1::bigint + n, 'w' || n || '@example.org', now() FROM generate_series(0, $2::int - 1) AS n
    """,
)

# A third are words alone, a third words near a place, the rest what a commune's volunteers and collectors watch.
_ALERTS = """
    INSERT INTO search_alert (id, actor_id, parameters, text, query, kinds, modes, categories, communes, latitude,
        longitude, radius, rhythm)
    SELECT $1::bigint + 1000000 + n, $1 + n % $2::int, 'q=' || n, word.text,
        CASE WHEN n % 12 < 8 THEN websearch_to_tsquery('fr', fold_plurals(word.text)) END,
        CASE WHEN n % 5 = 0 THEN ARRAY['offer'] WHEN n % 12 > 9 THEN ARRAY['request', 'repair_call'] ELSE '{}' END,
        CASE WHEN n % 7 = 0 THEN ARRAY['loan', 'gift'] ELSE '{}' END,
        CASE WHEN n % 12 = 8 THEN ARRAY['sport', 'camping'] WHEN n % 12 = 9 THEN ARRAY['outillage'] ELSE '{}' END,
        CASE WHEN n % 12 > 9 THEN ARRAY[(59000 + n % 600)::text] ELSE '{}' END,
        place.latitude, place.longitude, CASE WHEN place.latitude IS NOT NULL THEN 2 + n % 24 END,
        (ARRAY['now', 'daily', 'weekly'])[1 + n % 3]
    FROM generate_series(0, $3::int - 1) AS n,
        LATERAL (SELECT (ARRAY['tente', 'vélo enfant', 'perceuse', 'échelle -alu', 'remorque vélo', 'tondeuse',
            'livre jardin', 'machine à coudre', 'table', 'armoire', 'scie sauteuse', 'canapé d’angle'])[1 + n % 12]
            || CASE WHEN n % 4 = 0 THEN '' ELSE ' ' || (ARRAY['bois', 'pliante', 'occasion'])[n % 4] END AS text
        ) AS word,
        LATERAL (SELECT CASE WHEN n % 12 BETWEEN 4 AND 9 THEN 50.2 + (n % 97) / 100.0 END AS latitude,
            CASE WHEN n % 12 BETWEEN 4 AND 9 THEN 2.5 + (n % 89) / 80.0 END AS longitude) AS place
"""


async def fill_alerts(conn: Connection, alerts: int = ALERTS) -> None:
    """As many alerts, and those who have them."""
    for statement in _MEMBERS:
        await execute(conn, statement, FIRST_MEMBER, MEMBERS)
    await execute(conn, _ALERTS, FIRST_MEMBER, MEMBERS, alerts)
    await execute(conn, "ANALYZE search_alert, account, actor")
