"""With 50,000 listings every timeline reads a few pages of the database, whatever plan PostgreSQL picks."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from models import searches, timelines
from models.listings.listings import ListingStatus
from models.people import actors
from models.searches import CatalogueFilter, NetworkFilter
from models.searches.points import list_points
from models.store.database import Connection, connection, execute, fetch_column, open_pool
from models.timelines import Page, PostFilter
from tests import large_database, large_database_activity
from tests.databases import copied_database
from tests.explaining import Explaining
from tests.models.member_reads import ADMINISTRATORS, MEMBERS

LOMME = large_database.FIRST_ID
GROUP = large_database.FIRST_ID + 99
LIST = 1
AUTHOR = large_database.FIRST_ID + 10
STATES: tuple[ListingStatus, ...] = ("open", "reserved", "fulfilled", "cancelled", "expired", "paused")
MIDDLE = large_database.FIRST_ID + 50_000_000
DAYS = (datetime(2027, 5, 15, tzinfo=UTC), datetime(2027, 5, 17, tzinfo=UTC))

Read = Callable[[Connection], Awaitable[Any]]

AROUND = (50.5, 2.8, 50.8, 3.2)


async def put_on_map(conn: Connection, filter: NetworkFilter) -> object:
    """What the map of a search asks for."""
    return await list_points(conn, filter, await searches.fit_query(conn, filter))


# The most pages (8 kB, all in memory) that each read may touch, about twice what it does.
READS: dict[str, tuple[int, Read]] = {
    "home": (6000, lambda conn: timelines.list_home(conn, LOMME, Page())),
    "home, further down": (4000, lambda conn: timelines.list_home(conn, LOMME, Page(before=MIDDLE))),
    "home, upward": (4000, lambda conn: timelines.list_home(conn, LOMME, Page(after=MIDDLE))),
    "home, a long page": (8000, lambda conn: timelines.list_home(conn, LOMME, Page(limit=40))),
    "a list": (4000, lambda conn: timelines.list_list(conn, LIST, Page())),
    "a list, upward": (4000, lambda conn: timelines.list_list(conn, LIST, Page(after=MIDDLE))),
    "public": (300, lambda conn: timelines.list_public(conn, LOMME, PostFilter(), Page())),
    "public, upward": (300, lambda conn: timelines.list_public(conn, None, PostFilter(), Page(after=MIDDLE))),
    "public, ours": (300, lambda conn: timelines.list_public(conn, LOMME, PostFilter(local=True), Page())),
    "public, others'": (300, lambda conn: timelines.list_public(conn, LOMME, PostFilter(remote=True), Page())),
    "public, photos": (600, lambda conn: timelines.list_public(conn, LOMME, PostFilter(only_media=True), Page())),
    "a common tag": (500, lambda conn: timelines.list_public(conn, LOMME, PostFilter(any_tags=("offre",)), Page())),
    "a rare tag": (600, lambda conn: timelines.list_public(conn, LOMME, PostFilter(any_tags=("commune4",)), Page())),
    "a common and a rare tag": (
        9000,
        lambda conn: timelines.list_public(
            conn, LOMME, PostFilter(any_tags=("offre",), all_tags=("commune8",)), Page()
        ),
    ),
    "an author": (600, lambda conn: timelines.list_by_author(conn, LOMME + 10, LOMME, PostFilter(), Page())),
    "an author who shares nothing": (
        80,
        lambda conn: timelines.list_by_author(conn, LOMME, LOMME, PostFilter(), Page()),
    ),
    "a stream's Group": (600, lambda conn: timelines.list_by_author(conn, GROUP, LOMME, PostFilter(), Page())),
    "a Group, upward": (
        600,
        lambda conn: timelines.list_by_author(conn, GROUP, LOMME, PostFilter(), Page(after=MIDDLE)),
    ),
    "network": (400, lambda conn: searches.list_network(conn, NetworkFilter())),
    "network, photos": (800, lambda conn: searches.list_network(conn, NetworkFilter(with_photo=True))),
    "network, one territory": (
        2400,
        lambda conn: searches.list_network(conn, NetworkFilter(territory_uri="https://h5.test/users/coop")),
    ),
    "network, free on two days": (
        500,
        lambda conn: searches.list_network(conn, NetworkFilter(order="new", free_from=DAYS[0], free_until=DAYS[1])),
    ),
    "network, several territories": (
        2400,
        lambda conn: searches.list_network(
            conn,
            NetworkFilter(order="new", territory_uris=("https://h5.test/users/coop", "https://h6.test/users/coop")),
        ),
    ),
    "network, nearest": (
        8000,
        lambda conn: searches.list_network(conn, NetworkFilter(latitude=50.64, longitude=3.0, radius=10, order="near")),
    ),
    "network, words near a place": (
        6000,
        lambda conn: searches.list_network(
            conn, NetworkFilter(text="vélo", latitude=50.64, longitude=3.0, order="near")
        ),
    ),
    "network, a common word": (6000, lambda conn: searches.list_network(conn, NetworkFilter(text="vélo"))),
    "network, a common word and a place": (
        9000,
        lambda conn: searches.list_network(conn, NetworkFilter(text="vélo", latitude=50.64, longitude=3.0)),
    ),
    "network, what is for one place only": (
        6000,
        lambda conn: searches.list_network(
            conn, NetworkFilter(text="vélo", territory_uri="https://h5.test/users/coop", order="new")
        ),
    ),
    "network, the best around": (
        6000,
        lambda conn: searches.list_network(conn, NetworkFilter(latitude=50.64, longitude=3.0)),
    ),
    "network, words free on two days": (
        6000,
        lambda conn: searches.list_network(
            conn, NetworkFilter(text="vélo", modes=("loan",), free_from=DAYS[0], free_until=DAYS[1])
        ),
    ),
    "network, several words around a place": (
        9000,
        lambda conn: searches.list_network(
            conn, NetworkFilter(text="échelle samedi", latitude=50.64, longitude=3.0, radius=10)
        ),
    ),
    "network, a word of one territory's": (
        9000,
        lambda conn: searches.list_network(
            conn, NetworkFilter(text="remorque", territory_uri="https://h5.test/users/coop")
        ),
    ),
    "network, what ends first": (6000, lambda conn: searches.list_network(conn, NetworkFilter(order="ending"))),
    "counts of people who share nothing": (
        2600,
        lambda conn: actors.count(conn, [LOMME + number for number in range(1, 21)]),
    ),
    "a map": (5000, lambda conn: put_on_map(conn, NetworkFilter(bounds=AROUND))),
    "a map to a member": (
        11000,
        lambda conn: put_on_map(conn, NetworkFilter(bounds=AROUND, reader_id=LOMME, reader_local=True)),
    ),
    "a map of everything": (8000, lambda conn: put_on_map(conn, NetworkFilter())),
    "catalogue": (400, lambda conn: searches.list_catalogue(conn, CatalogueFilter(), Page())),
    "catalogue, upward": (
        400,
        lambda conn: searches.list_catalogue(conn, CatalogueFilter(reader_id=LOMME), Page(after=MIDDLE)),
    ),
    "catalogue, in any state": (
        600,
        lambda conn: searches.list_catalogue(conn, CatalogueFilter(statuses=STATES), Page(before=MIDDLE)),
    ),
    "catalogue, one author": (
        4000,
        lambda conn: searches.list_catalogue(conn, CatalogueFilter(author_id=AUTHOR, statuses=STATES), Page()),
    ),
    "catalogue, near a place": (
        8000,
        lambda conn: searches.list_catalogue(
            conn, CatalogueFilter(latitude=50.64, longitude=3.0, radius=10, kinds=("offer",)), Page()
        ),
    ),
}


# The reader follows tags, one of them on half of all listings, and reads a third of her people in a list.
_READING = (
    "INSERT INTO account (actor_id, email) VALUES ($1, 'p0@example.org')",
    """
    INSERT INTO followed_tag (id, actor_id, tag, name)
    SELECT row_number() OVER (), $1, tag, tag
    FROM unnest(ARRAY['offre', 'diy', 'commune4', 'offrecommune8', 'demandecommune9', 'nobodys']) AS tag
    """,
    "INSERT INTO list (id, owner_id, title) VALUES (1, $1, 'Voisins')",
    """
    INSERT INTO list_member (id, list_id, actor_id, follow_id)
    SELECT id, 1, followed_id, id FROM follow WHERE follower_id = $1 AND id % 3 = 0
    """,
)


@pytest.fixture(scope="module")
async def crowded(postgres_url: str, template: str) -> AsyncIterator[str]:
    """A database with the crowd in it."""
    async with copied_database(postgres_url, template) as url:
        pool = await open_pool(url, size=1)
        async with connection(pool) as conn:
            await large_database.fill(conn)
            for statement in _READING:
                await execute(conn, statement, LOMME)
            await execute(conn, "VACUUM")
            await execute(conn, "ANALYZE account, followed_tag, list, list_member")
        await pool.close()
        yield url


@pytest.fixture(scope="module")
async def lived(postgres_url: str, crowded: str) -> AsyncIterator[str]:
    """The same with what one of them has piled up in years, and the administrators."""
    async with copied_database(postgres_url, urlsplit(crowded).path[1:]) as url:
        pool = await open_pool(url, size=1)
        async with connection(pool) as conn:
            await large_database_activity.fill(conn)
            await execute(conn, "VACUUM")
        await pool.close()
        yield url


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_every_timeline_touches_few_pages(crowded: str, mode: str) -> None:
    touched = await look(crowded, mode, READS)

    assert {name: rows for name, (_, rows) in touched.items() if rows < 20} == {}
    assert {name: pages for name, (pages, _) in touched.items() if pages > READS[name][0]} == {}


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_every_list_of_members_and_administrators_touches_few_pages(lived: str, mode: str) -> None:
    reads = MEMBERS | ADMINISTRATORS

    touched = await look(lived, mode, reads)

    assert [name for name, (_, rows) in touched.items() if not rows] == []
    assert {name: pages for name, (pages, _) in touched.items() if pages > reads[name][0]} == {}


async def look(url: str, mode: str, reads: dict[str, tuple[int, Read]]) -> dict[str, tuple[int, int]]:
    """How many pages each of these touches, and how many rows it gives."""
    pool = await open_pool(url, size=1)
    touched: dict[str, tuple[int, int]] = {}
    async with connection(pool) as conn:
        await execute(conn, f"SET plan_cache_mode = {mode}")
        for name, (_, read) in reads.items():
            explaining = Explaining(conn)

            async with conn.transaction():
                await read(cast(Connection, explaining))

            touched[name] = (explaining.pages, explaining.rows)
    await pool.close()
    return touched


# Four Groups share a third of all listings each, one after the other, so that the first rests since the others began.
RESTING = """
    INSERT INTO share (id, uri, actor_id, post_id)
    SELECT $2 + row_number() OVER (ORDER BY k, p.id), p.uri || '#share' || k, $1::bigint + k * 200, p.id
    FROM post p, generate_series(0, 3) AS k WHERE p.kind = 'listing' AND p.id / 1000 % 3 = 1
"""
REST = large_database.LAST_POST + 1
GROUPS: dict[str, Read] = {
    "a Group that rests": lambda conn: timelines.list_by_author(conn, GROUP, LOMME, PostFilter(), Page()),
    "a Group, further down": lambda conn: timelines.list_by_author(
        conn, GROUP, LOMME, PostFilter(), Page(before=REST + 15_000)
    ),
    "a Group that rests, upward": lambda conn: timelines.list_by_author(
        conn, GROUP, LOMME, PostFilter(), Page(after=MIDDLE)
    ),
}


async def test_of_what_is_shared_a_group_reads_its_own_and_nothing_of_what_others_share_after_it(crowded: str) -> None:
    pool = await open_pool(crowded, size=1)
    touched: dict[tuple[str, str], tuple[int, int]] = {}
    async with connection(pool) as conn, rolled_back(conn):
        async with large_database.unchecked(conn):
            await execute(conn, RESTING, GROUP, REST)
        await execute(conn, "ANALYZE share")
        for mode in ("force_custom_plan", "force_generic_plan"):
            await execute(conn, f"SET LOCAL plan_cache_mode = {mode}")
            for name, read in GROUPS.items():
                explaining = Explaining(conn)
                await read(cast(Connection, explaining))
                touched[name, mode] = (explaining.pages, explaining.rows)
    await pool.close()

    assert {name: rows for name, (_, rows) in touched.items() if rows < 20} == {}
    assert {name: pages for name, (pages, _) in touched.items() if pages > 500} == {}


# Everybody of ours has lists of some whom she follows, one of each policy, and the third is read by itself; and follows
# a tag that one post in some hundreds has.
LISTS = """
    INSERT INTO list (id, owner_id, title, replies_policy, exclusive)
    SELECT 100 + row_number() OVER (), a.id, 'Liste', policy.name, policy.number = 3
    FROM actor a, unnest(ARRAY['followed', 'list', 'none']) WITH ORDINALITY AS policy (name, number)
    WHERE a.id = ANY($1::bigint[])
"""
LISTED = """
    INSERT INTO list_member (id, list_id, follow_id, actor_id)
    SELECT row_number() OVER () + 10, l.id, f.id, f.followed_id FROM list l JOIN follow f ON f.follower_id = l.owner_id
    WHERE l.owner_id = ANY($1::bigint[]) AND l.id > 100 AND (f.id + l.id) % 5 < 2
"""
TAGS = """
    INSERT INTO followed_tag (id, actor_id, tag, name)
    SELECT row_number() OVER () + 100, id, 'commune5', 'Commune5' FROM actor WHERE id = ANY($1::bigint[])
"""
ACCOUNTS = """
    INSERT INTO account (actor_id, email) SELECT id, username || '@example.org' FROM actor WHERE id = ANY($1::bigint[])
    ON CONFLICT DO NOTHING
"""


async def test_in_whose_homes_and_lists_a_post_stands_is_what_these_show(crowded: str) -> None:
    """The statements of both sides are made of one rule: they agree on each line of each reader and of each list."""
    pool = await open_pool(crowded, size=1)
    async with connection(pool) as conn, rolled_back(conn):
        readers = [large_database.FIRST_ID + 10 * number for number in range(0, 60, 2)]
        for statement in (ACCOUNTS, LISTS, LISTED, TAGS):
            await execute(conn, statement, readers)
        lists = await fetch_column(conn, "SELECT id FROM list WHERE owner_id = ANY($1)", readers)
        homes = {reader: await timelines.list_home(conn, reader, Page(limit=400)) for reader in readers}
        listed = {list: await timelines.list_list(conn, list, Page(limit=400)) for list in lists}
        shown = {**homes, **listed}
        floor = max(entries[-1].id for entries in shown.values() if len(entries) == 400)
        lines = [(entry.id, reader) for reader, entries in shown.items() for entry in entries if entry.id >= floor]
        entries = {
            "post_ids": await fetch_column(conn, "SELECT id FROM post WHERE id >= $1", floor),
            "share_ids": await fetch_column(conn, "SELECT id FROM share WHERE id >= $1", floor),
        }

        found = [
            *(await timelines.list_home_readers(conn, readers, **entries)).items(),
            *(await timelines.list_lists_with(conn, lists, **entries)).items(),
        ]
    await pool.close()

    assert len(lines) > 1000 and len({reader for _, reader in lines}) > 50
    assert sorted((id, reader) for id, seen in found for reader in seen) == sorted(lines)


@asynccontextmanager
async def rolled_back(conn: Connection) -> AsyncIterator[None]:
    """A transaction that leaves nothing."""
    transaction = conn.transaction()
    await transaction.start()
    yield
    await transaction.rollback()
