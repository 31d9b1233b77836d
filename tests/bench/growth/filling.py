"""A cooperative of many years, as large as wanted: what `large_database` writes, and all that has been sent and told.

Size 1 is 50,000 posts of 2,000 people; at size 100 they are five million of 100,000, and ten million deliveries are
over. Alice, who reads, and what she follows stay the same at every size.
"""

import asyncio
import time
from collections.abc import Awaitable, Coroutine, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import asyncpg

from models.store.database import Connection, execute, fetch_column
from tests.large_database import (
    FIRST_ID,
    HOSTS,
    MOST_PEOPLE,
    PEOPLE,
    unchecked,
    unindexed,
    write_likes,
    write_listings,
    write_people,
    write_posts,
    write_relations,
    write_shares,
)

POSTS = 50_000

DELIVERIES = 20
"""Inboxes to which each post of ours went."""

LOADING: Mapping[str, str] = MappingProxyType(
    {
        "wal_level": "minimal",  # indexes are made without a word in the log; taken up by the next start
        "max_wal_senders": "0",
        "max_wal_size": "16GB",
        "checkpoint_timeout": "60min",
        "autovacuum": "off",  # it would read along, and is done by hand at the end
        "synchronous_commit": "off",
        "fsync": "off",  # nobody needs what a crash would leave
        "full_page_writes": "off",
    }
)
"""What PostgreSQL is told before it starts to be filled, and not any more when it is measured."""

MEMORY: Mapping[str, str] = MappingProxyType({"maintenance_work_mem": "768MB", "work_mem": "256MB"})
"""Of each of the two connections that fill: of these PostgreSQL is told at its start, which only they may overrule."""

OF_LISTINGS = ("listing", "media", "post_tag", "share", "exchange", "exchange_event", "actor", "account")
OF_TRAFFIC = ("post", "favourite", "follow", "activity", "delivery", "received", "notification")
"""The large tables, by halves: PostgreSQL looks at both at once."""

# Each of our posts as it was told, with a body as long as they are.
_ACTIVITIES = """
    INSERT INTO activity (id, uri, type, actor_id, object_uri, public, body, created_at)
    SELECT p.id + 20, p.uri || '/activity', 'Create', p.author_id, p.uri, true,
        '{"type": "Create", "id": "' || p.uri || '", "content": "' || repeat(md5(p.uri), 20) || '"}', p.published_at
    FROM post p WHERE p.local AND p.id BETWEEN $1::bigint AND $1::bigint + 10000000000
"""

# Of a tenth of them there was another one, which was taken back during the last four hundred days.
_WITHDRAWN = """
    INSERT INTO post (id, uri, kind, local, author_id, url, audience, content, language, published_at, deleted_at)
    SELECT id + 500, uri || '/gone', 'note', true, author_id, url || '/gone', audience, '', 'fr', published_at,
        now() - id / 1000 % 400 * interval '1 day'
    FROM post p WHERE p.local AND p.id BETWEEN $1::bigint AND $1::bigint + 10000000000 AND p.id / 1000 % 100 = 0
"""

# What was answered, liked, taken back and changed, and passed on for others, during two years: half of it may go.
_PASSING = """
    INSERT INTO activity (id, uri, type, actor_id, object_uri, public, body, created_at)
    SELECT p.id + 100 + said.number, place || said.number, said.type, p.author_id, CASE said.type
            WHEN 'Accept' THEN NULL WHEN 'Undo' THEN place || 2 WHEN 'Create' THEN NULL ELSE p.uri END, false,
        '{"type":"' || said.type || '","object":{"type":"' || said.about || '","id":"' || p.uri || '"}}',
        now() - p.id / 1000 % 730 * interval '1 day'
    FROM post p
    CROSS JOIN (VALUES (1, 'Accept', 'Follow'), (2, 'Like', 'Note'), (3, 'Undo', 'Like'), (4, 'Update', 'Note'),
        (5, 'Update', 'Note'), (6, 'Create', 'Note')) AS said (number, type, about)
    CROSS JOIN LATERAL (SELECT
        CASE said.type WHEN 'Create' THEN 'https://h1.test/' || p.id ELSE p.uri END || '/said/' AS place) AS x
    WHERE p.local AND p.id BETWEEN $1::bigint AND $1::bigint + 10000000000 AND p.deleted_at IS NULL
"""

# They arrived during the last four hundred days.
_DELIVERIES = """
    INSERT INTO delivery (activity_id, actor_id, inbox, host, state, attempts, last_status, due_at, created_at,
        finished_at)
    SELECT a.id, a.actor_id, 'https://h' || h || '.test/inbox', 'h' || h || '.test', 'done', 1, 202, told, told, told
    FROM activity a, LATERAL generate_series(0, $1::int - 1 + (a.id * 0)::int) AS k,  -- those of each together
        LATERAL (SELECT (a.id / 1000 * 7 + k * 10) % $2::int AS h,
            now() - a.id / 1000 % 400 * interval '1 day' AS told) AS x
"""

# What came in during a week and took effect.
_RECEIVED = """
    INSERT INTO received (id, activity_uri, body_hash, type, actor_uri, host, body, state, attempts, received_at,
        finished_at)
    SELECT $1::bigint + n, 'https://h' || n % $3::int || '.test/a/' || n, decode(md5(n::text) || md5(n::text), 'hex'),
        'Create', 'https://h' || n % $3::int || '.test/users/p' || n % 2000, 'h' || n % $3::int || '.test',
        convert_to(repeat(md5(n::text), 25), 'UTF8'), 'done', 1, at, at
    FROM generate_series(1, $2::int) AS n, LATERAL (SELECT now() - n % 160 * interval '1 hour' AS at) AS x
"""

# Thirty told to each of ours, and one thread each with two messages about it.
_NOTIFICATIONS = """
    INSERT INTO notification (id, recipient_id, type, actor_id, post_id, created_at)
    SELECT $1::bigint + 200000000000 + a.id % 1000000 * 100 + k, a.id, 'mention', a.id + 1 + k % 7,
        $1::bigint + 100000 + (a.id % 20000 * 2 + k) * 1000, now()
    FROM actor a, generate_series(0, 29) AS k WHERE a.local AND a.id BETWEEN $1::bigint AND $1::bigint + 99999
    ON CONFLICT DO NOTHING
"""
_ACCOUNTS = """
    INSERT INTO account (actor_id, email, confirmed_at)
    SELECT id, username || '@example.org', now() FROM actor
    WHERE local AND type = 'Person' AND id BETWEEN $1::bigint AND $1::bigint + 99999
    ON CONFLICT DO NOTHING
"""
_THREADS = """
    INSERT INTO exchange (id, listing_id, owner_id, partner_id, last_id)
    SELECT l.post_id + 30, l.post_id, l.author_id, l.author_id + 1, l.post_id + 31
    FROM listing l JOIN actor a ON a.id = l.author_id AND a.local
"""
_EVENTS = """
    INSERT INTO exchange_event (id, exchange_id, actor_id, kind)
    SELECT e.id + k, e.id, e.partner_id, CASE k WHEN 1 THEN 'requested' ELSE 'countered' END
    FROM exchange e, generate_series(1, 2) AS k
"""

# The first of ours has as many followers elsewhere at every size.
_FOLLOWERS = """
    INSERT INTO follow (id, follower_id, followed_id, state)
    SELECT $1::bigint + 300000000000 + n, $1::bigint + n, $1, 'accepted' FROM generate_series(1, 166) AS n
    WHERE n % 10 <> 0
    ON CONFLICT DO NOTHING
"""


async def loosen(conn: Connection) -> None:
    """Let the next start be one that loads."""
    for name, value in LOADING.items():
        await execute(conn, f"ALTER SYSTEM SET {name} = '{value}'")


@dataclass(slots=True)
class Clock:
    """How long each part of the filling took, in seconds; parts lie beside one another."""

    seconds: dict[str, float] = field(default_factory=dict)

    async def time(self, name: str, part: Awaitable[object]) -> None:
        """One part."""
        begun = time.monotonic()
        await part
        self.seconds[name] = time.monotonic() - begun

    def write(self) -> str:
        """All of them."""
        return ", ".join(f"{name} {seconds:.0f} s" for name, seconds in self.seconds.items())


async def fill_to_size(conn: Connection, beside: Connection, size: int) -> Clock:
    """Write all of it, by two connections at once, and let PostgreSQL look at it."""
    for name, value in MEMORY.items():
        for one in (conn, beside):
            await execute(one, f"SET {name} = '{value}'")
    people, clock = min(max(PEOPLE, 1_000 * size), MOST_PEOPLE), Clock()
    await clock.time("people", write_people(conn, people=people))
    await _at_once(_write_posts(conn, size, people, clock), _write_received(beside, size, people, clock))
    await _at_once(_write_listings(conn, clock), _write_traffic(beside, people, clock))
    await _at_once(
        clock.time("listings looked at", execute(conn, f"VACUUM ANALYZE {', '.join(OF_LISTINGS)}")),
        clock.time("traffic looked at", execute(beside, f"VACUUM ANALYZE {', '.join(OF_TRAFFIC)}")),
    )
    await clock.time("the rest looked at", _analyze_rest(conn))
    for name in LOADING:
        await execute(conn, f"ALTER SYSTEM RESET {name}")
    return clock


async def _at_once(*parts: Coroutine[Any, Any, None]) -> None:
    async with asyncio.TaskGroup() as group:
        for part in parts:
            group.create_task(part)


async def _write_posts(conn: Connection, size: int, people: int, clock: Clock) -> None:
    await clock.time("posts", write_posts(conn, POSTS * size // 2, people=people))
    await clock.time("likes", write_likes(conn, people=people))


async def _write_received(conn: Connection, size: int, people: int, clock: Clock) -> None:
    """What needs no post."""

    async def receive() -> None:
        async with unchecked(conn), unindexed(conn, "received"):
            await execute(conn, _RECEIVED, FIRST_ID, 20_000 * size, HOSTS)

    await clock.time("received", receive())
    await clock.time("relations", write_relations(conn, people=people))


async def _write_listings(conn: Connection, clock: Clock) -> None:
    async def exchange() -> None:
        async with unchecked(conn), unindexed(conn, "exchange", "exchange_event"):
            await execute(conn, _THREADS)
            await execute(conn, _EVENTS)
        # Their words were taken as they came, and count anew at night.
        await execute(conn, "UPDATE known_word_count SET last_id = (SELECT max(post_id) FROM listing)")

    await clock.time("listings", write_listings(conn))
    await clock.time("tags and shares", write_shares(conn))
    await clock.time("exchanges", exchange())


async def _write_traffic(conn: Connection, people: int, clock: Clock) -> None:
    async def tell() -> None:
        async with unchecked(conn), unindexed(conn, "activity", "delivery", "notification"):
            await execute(conn, _WITHDRAWN, FIRST_ID)
            await execute(conn, _ACTIVITIES, FIRST_ID)
            await execute(conn, _DELIVERIES, DELIVERIES, HOSTS)
            await execute(conn, _PASSING, FIRST_ID)
            await execute(conn, _ACCOUNTS, FIRST_ID)
            await execute(conn, _NOTIFICATIONS, FIRST_ID)
            await execute(conn, _FOLLOWERS, FIRST_ID)

    await clock.time("activities and deliveries", tell())


async def _analyze_rest(conn: Connection) -> None:
    """The small tables too, and what is written for good."""
    tables = await fetch_column(
        conn,
        """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname = 'public' AND NOT c.oid = ANY($1::text[]::regclass[])
        """,
        [*OF_LISTINGS, *OF_TRAFFIC],
    )
    await execute(conn, f"ANALYZE {', '.join(tables)}")
    await execute(conn, "CHECKPOINT")


async def count_rows(conn: asyncpg.Connection) -> dict[str, int]:
    """How many rows the largest tables have, as PostgreSQL reckons."""
    rows = await conn.fetch(
        """
        SELECT relname, n_live_tup FROM pg_stat_user_tables WHERE n_live_tup > 10000 ORDER BY n_live_tup DESC LIMIT 12
        """
    )
    return {row["relname"]: row["n_live_tup"] for row in rows}
