"""With 200,000 listings every search looks at few of them, by the index that is made for it, whatever plan is kept."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from models import searches
from models.searches import NetworkFilter
from models.store.database import Connection, connection, execute, open_pool
from tests.databases import copied_database
from tests.explaining import Explaining, count_read, list_nodes
from tests.factories import make_member
from tests.large_database import FIRST_ID, unchecked, unindexed

LISTINGS = 200_000

_POSTS = """
    INSERT INTO post (id, uri, kind, local, author_id, url, audience, published_at)
    SELECT $1::bigint + n * 1000, 'https://lomme.test/' || n, 'listing', true, $2, 'https://lomme.test/' || n,
        'network', now()
    FROM generate_series(1, $3::int) AS n
"""

# Words and names as the column has them, without the time that reading so many texts takes: one in ten is a bike, one
# in fifty a drill, one in five hundred a tent, one in ten thousand a sextant; every other is for a child.
_LISTINGS = """
    WITH named AS MATERIALIZED (
        SELECT word, age, words || name_things(words) AS words
        FROM unnest(ARRAY['velo', 'perceux', 'tent', 'sext', 'chos']) AS word,
            unnest(ARRAY['enfant', 'grand']) AS age, LATERAL (
            SELECT (word || ':1A ' || age || ':2B bon:3B etat:4B')::tsvector AS words) AS said)
    INSERT INTO listing (post_id, kind, mode, title, category, status, territory_uri, latitude, longitude, search,
        author_id, found_by)
    SELECT $1::bigint + n * 1000, kind, mode, '', category, CASE WHEN n % 6 = 0 THEN 'fulfilled' ELSE 'open' END,
        'https://h' || n % 97 || '.test/users/coop', 44 + n % 701 / 100.0, n % 809 / 100.0,
        named.words || ('lot' || n % 5000 || ':5B c=' || category || ' k=' || kind || ' m=' || mode)::tsvector, $3,
        'everybody'
    FROM generate_series(1, $2::int) AS n, LATERAL (
        SELECT (ARRAY['offer', 'offer', 'request', 'repair_call'])[1 + n / 7 % 4] AS kind,
            (ARRAY['loan', 'gift', 'service'])[1 + n / 28 % 3] AS mode, 'category' || n % 41 AS category) AS x, named
    WHERE word = CASE WHEN n % 10 = 1 THEN 'velo' WHEN n % 50 = 2 THEN 'perceux' WHEN n % 500 = 3 THEN 'tent'
            WHEN n % 10000 = 5 THEN 'sext' ELSE 'chos' END
        AND age = CASE n / 3 % 2 WHEN 1 THEN 'enfant' ELSE 'grand' END
"""

# Searches find posts by their keys alone.
_DROP_INDEXES = """
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'post'::regclass AND NOT indisunique LOOP
            EXECUTE 'DROP INDEX ' || name;
        END LOOP;
    END $$
"""

_PHOTOS = """
    INSERT INTO media (id, post_id, owner_id, type)
    SELECT post_id + 1, post_id, $1, 'image' FROM listing WHERE post_id / 1000 % 5 < 3
"""

_MUTED = """
    WITH muted AS (
        INSERT INTO actor (id, uri, type, local, username, host, name, url, inbox)
        SELECT $1::bigint - n, 'https://h.test/' || n, 'Person', false, 'm' || n, 'h.test', '', '', ''
        FROM generate_series(1, $3::int) AS n RETURNING id)
    INSERT INTO mute (id, actor_id, target_id) SELECT id, $2, id FROM muted
"""

MUTED = 1_500

LILLE = {"latitude": 50.63, "longitude": 3.06}

DAYS = {"free_from": datetime(2027, 5, 15, tzinfo=UTC), "free_until": datetime(2027, 5, 17, tzinfo=UTC)}

# The most listings that each search may look at, about twice as many as it does, and an index that it needs.
SEARCHES: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({}, 1000, "listing_open"),
    ({"order": "ending"}, 1000, "listing_ends"),
    ({"order": "near", **LILLE}, 1000, "listing_point"),
    (LILLE, 1500, "listing_point"),
    ({"kinds": ("request",)}, 3000, "listing_open"),
    ({"modes": ("service",), "with_photo": True}, 2000, "listing_open"),
    ({"categories": ("category3", "category4")}, 3200, "listing_open"),
    ({"territory_uri": "https://h5.test/users/coop"}, 5000, "listing_territory"),
    ({"radius": 10, **LILLE}, 600, "listing_place"),
    ({"bounds": (50.5, 2.8, 50.8, 3.2), "order": "new"}, 1200, "listing_place"),
    ({"order": "new", **DAYS}, 1000, "listing_open"),
    ({"text": "vélo"}, 2500, "listing_search"),
    ({"text": "vélo", "order": "new"}, 1700, "listing_search"),
    ({"text": "vélo", "order": "near", **LILLE}, 1700, "listing_point"),
    ({"text": "vélo", "radius": 10, **LILLE}, 320, "listing_place"),
    ({"text": "vélo enfant"}, 3300, "listing_search"),
    ({"text": "vélo enfant", "categories": ("category3",)}, 1300, "listing_category"),
    ({"text": "perceuse"}, 6000, "listing_search"),
    ({"text": "perceuse", "modes": ("loan",), **DAYS}, 8000, "listing_search"),
    ({"text": "perceuse enfant", "radius": 50, **LILLE}, 200, "listing_place"),
    ({"text": "tente 4 personnes"}, 1600, "listing_search"),
    ({"text": "tente", "territory_uri": "https://h5.test/users/coop"}, 100, "listing_territory"),
    ({"text": "sextant", **LILLE}, 320, "listing_search"),
    ({"text": "sextant vélo bon état"}, 2700, "listing_search"),
)


@pytest.fixture(scope="module")
async def crowded(postgres_url: str, furnished: str) -> AsyncIterator[Connection]:
    """A database with so many."""
    async with copied_database(postgres_url, furnished) as url:
        pool = await open_pool(url, size=1)
        async with connection(pool) as conn:
            author = (await make_member(conn)).id
            async with unchecked(conn), unindexed(conn, "listing", "media"):
                await execute(conn, _DROP_INDEXES)
                await execute(conn, _POSTS, FIRST_ID, author, LISTINGS)
                await execute(conn, _LISTINGS, FIRST_ID, LISTINGS, author)
                await execute(conn, _PHOTOS, author)
            await execute(conn, "VACUUM ANALYZE listing, post, media, actor")
            yield conn
        await pool.close()


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize(("filter", "most", "index"), SEARCHES)
async def test_a_search_looks_at_few_listings(
    crowded: Connection, mode: str, filter: dict[str, Any], most: int, index: str
) -> None:
    await execute(crowded, f"SET plan_cache_mode = {mode}")
    explaining = Explaining(crowded)

    page = await searches.search_network(cast(Connection, explaining), NetworkFilter(**filter))
    beside_words = [node for plan in explaining.plans for node in list_nodes(plan) if _is_whole_index(node)]
    await searches.count_network(cast(Connection, explaining), NetworkFilter(**filter), query=page.query)

    nodes = [node for plan in explaining.plans for node in list_nodes(plan)]
    multiplied = [node["Index Cond"] for node in nodes if node.get("Index Cond", "").count("search @@ ANY") > 1]
    read_for_each = [node["Filter"] for node in nodes if re.search(r"\$\d[^=]*::tsquery", node.get("Filter", ""))]
    assert page.found
    assert beside_words == []
    assert read_for_each == []
    assert index in {node.get("Index Name") for node in nodes}
    assert multiplied == []
    assert sum(count_read(plan, "listing") for plan in explaining.plans) <= most


def _is_whole_index(node: dict[str, Any]) -> bool:
    """Whether it reads most of an index, but that of words, since most listings may have one."""
    if node["Node Type"] != "Bitmap Index Scan" or node["Index Name"] == "listing_search":
        return False
    read: float = node["Actual Rows"] * node["Actual Loops"]
    return read > LISTINGS / 2


@pytest.mark.parametrize("filter", [{}, {"text": "perceuse"}, {"order": "near", **LILLE}])
async def test_whom_a_reader_hides_is_read_once_however_many_they_are(
    crowded: Connection, filter: dict[str, Any]
) -> None:
    await execute(crowded, "SET plan_cache_mode = force_generic_plan")
    explaining = Explaining(crowded)
    undone = crowded.transaction()
    await undone.start()
    reader = (await make_member(crowded, "reader")).id
    await execute(crowded, _MUTED, FIRST_ID, reader, MUTED)
    mine = NetworkFilter(reader_id=reader, reader_local=True, **filter)

    page = await searches.search_network(cast(Connection, explaining), mine)
    await searches.count_network(cast(Connection, explaining), mine, query=page.query)

    await undone.rollback()
    nodes = [node for plan in explaining.plans for node in list_nodes(plan) if node.get("Relation Name") == "mute"]
    assert page.found
    assert {node["Actual Loops"] for node in nodes} <= {0, 1}
    assert sum(count_read(plan, "mute") for plan in explaining.plans) >= MUTED


async def test_where_many_stand_in_an_area_words_are_looked_up_alone(crowded: Connection) -> None:
    await execute(crowded, "RESET plan_cache_mode")
    explaining = Explaining(crowded)
    wide: dict[str, Any] = {"text": "perceuse", "radius": 150, **LILLE}

    page = await searches.search_network(cast(Connection, explaining), NetworkFilter(**wide))

    names = {node.get("Index Name") for plan in explaining.plans for node in list_nodes(plan)}
    assert page.found and page.query.alone
    assert "listing_search" in names and "listing_place" not in names
