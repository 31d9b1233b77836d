"""Large databases are filled with their indexes at rest, and have all of them afterwards."""

import asyncpg
import pytest

from models.store.database import Connection, Pool, connection, execute, fetch_column
from tests.large_database import fill, unindexed

_TABLE = "CREATE TEMPORARY TABLE filled (id bigint PRIMARY KEY, name text UNIQUE, place integer)"

_AWA = """
    INSERT INTO actor (id, uri, type, local, username, host, name, url, inbox, shared_inbox, followers_uri,
        published_at)
    SELECT 4771271713174675000, base, 'Person', true, 'awa', 'lomme.test', 'Awa', base, base || '/inbox',
        base || '/inbox', base || '/followers', now()
    FROM (SELECT 'https://lomme.test/users/awa' AS base) AS one
"""

_DRILL = """
    INSERT INTO post (id, uri, kind, local, author_id, url, audience, content, language, published_at)
    SELECT id + 48, uri || '/items/1', 'listing', true, id, uri || '/items/1', 'network', 'Perceuse', 'fr', now()
    FROM actor WHERE username = 'awa'
"""

_WORDS = """
    INSERT INTO listing (post_id, kind, mode, title, description, category, status, author_id)
    SELECT id, 'offer', 'loan', 'Perceuse', 'Perceuse', 'diy', 'open', author_id FROM post
"""

_RESTING = "SELECT 1 FROM pg_index WHERE indrelid = 'filled'::regclass AND NOT (indisvalid AND indisready)"


async def write(conn: Connection, *, names: int) -> None:
    """A thousand rows with so many names."""
    async with unindexed(conn, "filled"):
        await execute(
            conn, "INSERT INTO filled SELECT n, 'n' || n % $1::int, n % 7 FROM generate_series(1, 1000) n", names
        )


async def test_what_was_written_is_found_by_all_indexes_and_nothing_is_written_twice_again(pool: Pool) -> None:
    async with connection(pool) as conn:
        await execute(conn, _TABLE)
        await execute(conn, "CREATE INDEX filled_place ON filled (place, id)")

        await write(conn, names=1000)
        resting = await fetch_column(conn, _RESTING)
        await execute(conn, "SET enable_seqscan = off")
        plan = await fetch_column(conn, "EXPLAIN SELECT id FROM filled WHERE name = 'n7'")
        found = await fetch_column(conn, "SELECT id FROM filled WHERE name = 'n7'")
        places = await fetch_column(conn, "SELECT count(*) FROM filled WHERE place = 3")
        await execute(conn, "RESET enable_seqscan")
        with pytest.raises(asyncpg.UniqueViolationError):
            await execute(conn, "INSERT INTO filled VALUES (1, 'x', 1)")
        await execute(conn, "DROP TABLE filled")

    assert (resting, found, places) == ([], [7], [143])
    assert "filled_name_key" in plan[0]


async def test_what_was_written_twice_ends_the_filling(pool: Pool) -> None:
    async with connection(pool) as conn:
        await execute(conn, _TABLE)

        with pytest.raises(asyncpg.UniqueViolationError):
            await write(conn, names=999)
        await execute(conn, "DROP TABLE filled")


async def test_the_crowd_leaves_alone_what_was_there_before(pool: Pool) -> None:
    async with connection(pool) as conn:
        emptied = conn.transaction()
        await emptied.start()
        await execute(conn, _AWA)
        await execute(conn, _DRILL)
        await execute(conn, _WORDS)
        await execute(conn, "INSERT INTO post_tag (post_id, tag, name) SELECT max(id), 'offre', 'Offre' FROM post")

        await fill(conn, 100)
        listings = await fetch_column(conn, "SELECT count(*) FROM listing")
        tags = await fetch_column(conn, "SELECT name FROM post_tag WHERE post_id = (SELECT max(id) FROM post)")
        photos = await fetch_column(conn, "SELECT id FROM media WHERE post_id = (SELECT max(id) FROM post)")
        await emptied.rollback()

    assert (listings, tags, photos) == ([101], ["Offre"], [])
