"""A database as it is after years: 50,000 listings by 2,000 people on 201 servers, with notes, shares, tags and photos.

Written by the database itself in a few statements, so that a test or a benchmark has it within seconds. Nothing is
random: the same numbers give the same rows.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.store.database import Connection, execute, fetch_value

PEOPLE = 2_000
MOST_PEOPLE = 100_000
"""The ids of posts begin behind those of so many."""

HOSTS = 200
FIRST_ID = 4_000_000_000_000_000_000
"""Ids of the crowd's rows start here: lower than any that `make_id` gives, so that a test's own rows are newer."""

LAST_POST = FIRST_ID + 10_000_000_000

_PEOPLE = """
    INSERT INTO actor (id, uri, type, local, username, host, name, url, inbox, shared_inbox, followers_uri,
        published_at)
    SELECT $1::bigint + n, base || '/users/p' || n, CASE WHEN n % 100 = 99 THEN 'Group' ELSE 'Person' END, n % 10 = 0,
        'p' || n, host, 'Person ' || n, base || '/@p' || n, base || '/users/p' || n || '/inbox', base || '/inbox',
        base || '/users/p' || n || '/followers', now()
    FROM generate_series(0, $2::int - 1) AS n,
        LATERAL (SELECT CASE WHEN n % 10 = 0 THEN 'lomme.test' ELSE 'h' || n % $3::int || '.test' END AS host) AS h,
        LATERAL (SELECT 'https://' || host AS base) AS b
"""

# A fifth are replies, which stand in the table like everything else; three quarters of the rest are listings.
_POSTS = """
    INSERT INTO post (id, uri, kind, local, author_id, url, audience, content, language, in_reply_to_uri,
        in_reply_to_id, root_id, published_at)
    SELECT $1::bigint + 100000 + n * 1000::bigint, a.uri || '/posts/' || n,
        CASE WHEN n % 2 = 0 THEN 'listing' ELSE 'note' END, a.local, a.id, a.url || '/' || n,
        CASE n % 29 WHEN 1 THEN 'unlisted' WHEN 3 THEN 'followers' WHEN 5 THEN 'coop' WHEN 7 THEN 'direct'
            WHEN 9 THEN 'territories' ELSE 'network' END,
        '<p>Annonce ' || n || '</p>', 'fr',
        CASE WHEN n % 4 = 1 AND n > 1 THEN a.uri || '/posts/x' || n END,
        CASE WHEN n % 4 = 1 AND n > 1 THEN $1::bigint + 100000 + (n - 1) * 1000::bigint END,
        NULL, now() - (n || ' seconds')::interval
    FROM generate_series(0, $2::int * 2 - 1) AS n
    JOIN actor a ON a.id = $1::bigint + (n * 7919::bigint) % $3::int
"""

WORDS = """
    SELECT (ARRAY['Tente', 'Vélo', 'Perceuse', 'Échelle', 'Remorque', 'Tondeuse', 'Livre'])[1 + n % 7] || ' ' || n
            AS title,
        'En bon état, à venir chercher le soir ou le samedi matin.' AS text,
        (ARRAY['diy', 'garden', 'sport', 'books'])[1 + n % 4] AS category
"""
"""What the listing number `n` is about."""

# As the trigger would write it, which rests meanwhile: what says the same but for the numbers in it is read once, with
# others in their place.
_LISTINGS = """
    WITH said AS MATERIALIZED (
        SELECT p.id, p.author_id, p.audience, n, w.title, '<p>' || w.text || '</p>' AS description, w.category,
            'Commune ' || n % 90 AS place, coalesce(substring(w.title FROM ' (\\d+)$'), '') AS number,
            coalesce(substring(w.text FROM ' lot(\\d+)$'), '') AS lot,
            regexp_replace(w.title, ' \\d+$', ' 987654321') AS same_title,
            '<p>' || regexp_replace(w.text, ' lot\\d+$', ' lot987654322') || '</p>' AS same_text,
            (ARRAY['offer', 'offer', 'offer', 'request', 'repair_call'])[1 + n / 7 % 5] AS kind,
            (ARRAY['loan', 'gift', 'service', 'loan', 'repair'])[1 + n / 7 % 5] AS mode
        FROM post p, LATERAL (SELECT ((p.id - $1::bigint - 100000) / 2000)::int AS n) AS x, LATERAL ({words}) AS w
        WHERE p.kind = 'listing' AND p.id BETWEEN $1::bigint AND $1::bigint + 10000000000
    ), named AS MATERIALIZED (
        SELECT same_title, same_text, category,
            name_things(search_words(same_title, same_text, '', category, '', '')) AS names
        FROM said GROUP BY same_title, same_text, category
    ), written AS MATERIALIZED (
        SELECT same_title, same_text, category, place, kind, mode,
            (search_words(same_title, same_text, place, category, kind, mode) || names)::text AS words
        FROM (SELECT DISTINCT same_title, same_text, category, place, kind, mode FROM said) AS one
        JOIN named USING (same_title, same_text, category)
    )
    INSERT INTO listing (post_id, kind, mode, title, description, category, status, territory_uri, place_name,
        postcode, latitude, longitude, radius, author_id, found_by, search)
    SELECT id, kind, mode, title, description, category, CASE WHEN n % 6 = 0 THEN 'fulfilled' ELSE 'open' END,
        'https://h' || n % 50 || '.test/users/coop', place, '59' || lpad((n % 90)::text, 3, '0'),
        50.2 + (n % 97) / 100.0, 2.5 + (n % 89) / 80.0, 500, author_id,
        who_finds(audience, NULL, NULL, NULL, NULL),
        replace(replace(words, '987654321', number), '987654322', lot)::tsvector
    FROM said JOIN written USING (same_title, same_text, category, place, kind, mode)
"""

_TAGS = """
    INSERT INTO post_tag (post_id, tag, name)
    SELECT l.post_id, lower(name), name FROM listing l, LATERAL (SELECT (l.post_id / 1000 % 90)::text AS place) AS x,
        unnest(ARRAY[CASE l.kind WHEN 'offer' THEN 'Offre' WHEN 'request' THEN 'Demande' ELSE 'DepannageVelo' END,
            initcap(l.category), 'Commune' || place,
            CASE l.kind WHEN 'offer' THEN 'Offre' ELSE 'Demande' END || 'Commune' || place]) AS name
    WHERE l.post_id BETWEEN $1::bigint AND $1::bigint + 10000000000
    ON CONFLICT DO NOTHING
"""

_MEDIA = """
    INSERT INTO media (id, post_id, owner_id, type, width, height, remote_url)
    SELECT p.id + 1, p.id, p.author_id, 'image', 1200, 900, p.uri || '.jpg'
    FROM post p WHERE p.kind = 'listing' AND p.id / 1000 % 5 < 3
        AND p.id BETWEEN $1::bigint AND $1::bigint + 10000000000
"""

# Ten Groups show a third of the listings.
_SHARES = """
    INSERT INTO share (id, uri, actor_id, post_id)
    SELECT p.id + 2, p.uri || '#share', $1::bigint + 99 + (p.id / 1000 % 10) * 200, p.id
    FROM post p WHERE p.kind = 'listing' AND p.id / 1000 % 3 = 0 AND p.audience = 'network'
        AND p.id BETWEEN $1::bigint AND $1::bigint + 10000000000
"""

_REACTIONS = """
    INSERT INTO favourite (id, actor_id, post_id)
    SELECT p.id + 10 + k, $1::bigint + (p.id / 1000 + k * 13) % $2::int, p.id
    FROM post p, generate_series(1, 3) AS k
    WHERE p.id / 1000 % 4 = 0 AND p.id BETWEEN $1::bigint AND $1::bigint + 10000000000
"""

# Everybody of ours follows 150 people; the Groups have 500 followers each.
_FOLLOWS = """
    INSERT INTO follow (id, follower_id, followed_id, state)
    SELECT $1::bigint + 50000000000 + row_number() OVER (), a.id,
        $1::bigint + ((a.id - $1::bigint) + 1 + k * 13) % $2::int, 'accepted'
    FROM actor a, generate_series(1, 150) AS k WHERE a.local AND a.id BETWEEN $1::bigint AND $1::bigint + $2::int
    ON CONFLICT DO NOTHING
"""

# As the trigger would say of each, which rests meanwhile.
_KNOWN = """
    INSERT INTO known_host (host, why)
    SELECT DISTINCT a.host, 'followed' FROM follow f JOIN actor a ON a.id = f.followed_id AND NOT a.local
    JOIN actor ours ON ours.id = f.follower_id AND ours.local
    ON CONFLICT DO NOTHING
"""

# One person in four blocks somebody.
_BLOCKS = """
    INSERT INTO block (id, actor_id, target_id)
    SELECT $1::bigint + 60000000000 + a.id % 100000, a.id, $1::bigint + (a.id - $1::bigint + 7) % $2::int
    FROM actor a WHERE a.id % 4 = 0 AND a.id BETWEEN $1::bigint AND $1::bigint + $2::int
"""


@asynccontextmanager
async def unchecked(conn: Connection) -> AsyncIterator[None]:
    """Rows that are known to fit: to look up the keys of each takes longer than to write it (superusers only)."""
    await execute(conn, "SET session_replication_role = replica")
    yield
    await execute(conn, "RESET session_replication_role")


@asynccontextmanager
async def unindexed(conn: Connection, *tables: str) -> AsyncIterator[None]:
    """Indexes of tables that many rows are written to are made of all of them at once, those of keys too.

    Meanwhile nothing is found by them, and ON CONFLICT sees none (superusers only): what is written twice fails at the
    end.
    """
    await execute(
        conn,
        "UPDATE pg_index SET indisvalid = false, indisready = false WHERE indrelid = ANY($1::text[]::regclass[])",
        tables,
    )
    yield
    for table in tables:
        await execute(conn, f"REINDEX TABLE {table}")


async def write_people(conn: Connection, *, people: int = PEOPLE) -> None:
    """The people, who have said nothing yet."""
    assert PEOPLE <= people <= MOST_PEOPLE
    await execute(conn, _PEOPLE, FIRST_ID, people, HOSTS)


async def write_posts(conn: Connection, listings: int, *, people: int = PEOPLE) -> None:
    """What they write; what its listings are about comes after."""
    async with unchecked(conn), unindexed(conn, "post"):
        await execute(conn, _POSTS, FIRST_ID, listings, people)


async def write_listings(conn: Connection, *, words: str = WORDS) -> None:
    """What the listings among the posts are about, with photos; `words` says it."""
    async with unchecked(conn), unindexed(conn, "listing", "media"):
        await execute(conn, "SET enable_nestloop = off")  # of rows nobody counted yet PostgreSQL expects a handful
        await execute(conn, _LISTINGS.format(words=words), FIRST_ID)
        await execute(conn, "RESET enable_nestloop")
        await execute(conn, _MEDIA, FIRST_ID)


async def write_shares(conn: Connection) -> None:
    """The tags of the listings, and which of them the Groups pass on."""
    async with unchecked(conn), unindexed(conn, "post_tag", "share"):
        await execute(conn, _TAGS, FIRST_ID)
        await execute(conn, _SHARES, FIRST_ID)


async def write_likes(conn: Connection, *, people: int = PEOPLE) -> None:
    """What posts are liked."""
    async with unchecked(conn), unindexed(conn, "favourite"):
        await execute(conn, _REACTIONS, FIRST_ID, people)


async def write_relations(conn: Connection, *, people: int = PEOPLE) -> None:
    """Who follows and blocks whom."""
    async with unchecked(conn), unindexed(conn, "follow"):
        await execute(conn, _FOLLOWS, FIRST_ID, people)
    await execute(conn, _KNOWN)
    await execute(conn, _BLOCKS, FIRST_ID, people)


async def fill_listings(conn: Connection, listings: int, *, words: str = WORDS, people: int = PEOPLE) -> None:
    """The people, and what they write, with photos and nothing else; `words` is what the listings are about."""
    await write_people(conn, people=people)
    await write_posts(conn, listings, people=people)
    await write_listings(conn, words=words)


async def fill(conn: Connection, listings: int = 50_000, *, people: int = PEOPLE) -> None:
    """Write the crowd, and let the database look at it (ANALYZE)."""
    await fill_listings(conn, listings, people=people)
    await write_shares(conn)
    await write_likes(conn, people=people)
    await write_relations(conn, people=people)
    await execute(conn, "ANALYZE")


async def find_person(conn: Connection, number: int = 0) -> int:
    """The row id of the crowd's person `number`; every tenth, from 0 on, is one of ours."""
    found: int = await fetch_value(conn, "SELECT id FROM actor WHERE id = $1", FIRST_ID + number)
    return found
