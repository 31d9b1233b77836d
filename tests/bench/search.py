"""(n) Searches among 200,000 listings, with every filter and order, and hostile text: fitted, counted, found."""

import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from models import searches
from models.searches import NetworkFilter
from models.searches.language.everyday_words import mark_found
from models.searches.language.known_words import count_words
from models.store import sweep_positions
from models.store.database import Connection, execute, prepare_connection
from models.store.postgres import embedded
from tests.bench.form import Sized
from tests.bench.report import figure, heading, percentile
from tests.bench.server import running
from tests.large_database import fill_listings
from tests.models.searches.conftest import read_lines

LISTINGS = Sized(long=200_000, short=10_000)
ROUNDS = Sized(long=2_000, short=200)

_SAMPLE = """
    CREATE TEMP TABLE sample AS SELECT title, text, category, n - 1 AS number
    FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS line (title, text, category, n)
"""

# The words of the invented listings, with a word of its own for each, and their categories.
_WORDS = """
    SELECT s.title, s.text || ' lot' || n % 40009 AS text, s.category FROM sample s
    WHERE s.number = n / 6 % (SELECT count(*) FROM sample)
"""

# A fifth of what is lent and done is taken for some days of the next 300, here and elsewhere.
_CALENDARS = (
    """
    INSERT INTO unavailability (id, listing_id, begins_at, ends_at)
    SELECT l.post_id + 3, l.post_id, day, day + interval '3 days'
    FROM listing l JOIN post p ON p.id = l.post_id,
        LATERAL (SELECT date_trunc('day', now()) + l.post_id / 1000 % 300 * interval '1 day' AS day) AS d
    WHERE p.local AND l.kind = 'offer' AND l.mode IN ('loan', 'service')
    """,
    """
    INSERT INTO calendar_copy (listing_id, told_at)
    SELECT l.post_id, now() FROM listing l JOIN post p ON p.id = l.post_id
    WHERE NOT p.local AND l.kind = 'offer' AND l.mode IN ('loan', 'service') AND l.post_id / 1000 % 4 = 0
    """,
    """
    INSERT INTO calendar_copy_range (listing_id, held)
    SELECT c.listing_id, tstzrange(day, day + interval '4 days')
    FROM calendar_copy c, generate_series(0, 2) AS k, LATERAL (
        SELECT date_trunc('day', now()) + (c.listing_id / 1000 + k * 101) % 300 * interval '1 day' AS day) AS d
    """,
)

_FRIDAY = datetime.now(UTC) + timedelta(days=9)

FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"kinds": ("request",)},
    {"modes": ("service",)},
    {"kinds": ("offer",), "modes": ("loan", "gift")},
    {"categories": ("velo", "velo-adulte", "velo-enfant")},
    {"categories": ("instrument",), "kinds": ("repair_call",)},
    {"territory_uri": "https://h5.test/users/coop"},
    {"territory_uri": "https://h9.test/users/coop", "with_photo": True},
    {"with_photo": True},
    {"from_places": True},
    {"reader_local": True},
    {"free_from": _FRIDAY, "free_until": _FRIDAY + timedelta(days=2)},
    {"free_from": _FRIDAY, "free_until": _FRIDAY + timedelta(days=2), "modes": ("loan",)},
)

PLACES: tuple[dict[str, Any], ...] = (
    {},
    {"latitude": 50.64, "longitude": 3.06},
    {"latitude": 50.49, "longitude": 2.96, "radius": 5},
    {"latitude": 50.49, "longitude": 2.96, "radius": 25},
    {"latitude": 48.85, "longitude": 2.35},
)

HOSTILE = ("x" * 10_000, "mot " * 2_500, " ".join(map(str, range(2_000))), "tente:*&|!<->'\"\\ " * 500, "‮خيمة " * 900)


async def run(folder: Path) -> None:
    """Fill a database, search it in every way."""
    heading(f"(n) searches among {LISTINGS.now:,} listings")
    async with running(folder / "search") as server, embedded(server.data) as url:
        conn = await asyncpg.connect(url)  # that of a pool would not wait for so long
        await prepare_connection(conn)
        async with conn.transaction():
            lines = read_lines("listings.jsonl")
            await execute(conn, _SAMPLE, *([line[name] for line in lines] for name in ("title", "text", "category")))
            await fill_listings(conn, LISTINGS.now, words=_WORDS)
            for statement in _CALENDARS:
                await execute(conn, statement)
        await execute(conn, "VACUUM ANALYZE")
        await _end_steps(conn, count_words, "known_word")
        await _end_steps(conn, mark_found, "everyday_word")
        await execute(conn, "VACUUM ANALYZE known_word, everyday_word")
        await _measure(conn)
        await conn.close()


async def _end_steps(conn: asyncpg.Connection, sweep: Callable[[Connection], Awaitable[int]], place: str) -> None:
    """As several nights would."""
    more = True
    while more:
        async with conn.transaction():
            await sweep(conn)
            more = await sweep_positions.find(conn, place) is not None


async def _read_page(conn: Connection, filter: NetworkFilter) -> None:
    """All that a page asks for: what is found, and how many there are of each kind."""
    page = await searches.search_network(conn, filter)
    await searches.count_network(conn, filter, query=page.query)


async def _measure(conn: Connection) -> None:
    texts = ["", "", "vélo", "enfant", *(line["text"] for line in read_lines("queries_first.jsonl"))]
    draw = random.Random(1)
    asked = [
        NetworkFilter(
            text=draw.choice(texts),
            order=draw.choice(("best", "best", "near", "new", "ending")),
            **draw.choice(FILTERS) | draw.choice(PLACES),
        )
        for _ in range(ROUNDS.now)
    ]
    for filter in asked[:100]:
        await _read_page(conn, filter)
    await _time("a search, any filter", asked, lambda filter: searches.search_network(conn, filter))
    await _time("with its counts", asked, lambda filter: _read_page(conn, filter))
    common = [NetworkFilter(text="vélo", **PLACES[n % len(PLACES)]) for n in range(200)]
    await _time("a common word", common, lambda filter: searches.search_network(conn, filter))
    hostile = [NetworkFilter(text=text) for text in HOSTILE] * 10
    await _time("hostile text of 10 kB", hostile, lambda filter: searches.search_network(conn, filter))


async def _time(name: str, asked: list[NetworkFilter], search: Callable[[NetworkFilter], Awaitable[object]]) -> None:
    spent: list[tuple[float, NetworkFilter]] = []
    for filter in asked:
        begun = time.perf_counter()
        await search(filter)
        spent.append(((time.perf_counter() - begun) * 1000, filter))
    times = [one for one, _ in spent]
    figure(f"{name}, p50", percentile(times, 0.5), "ms", at_most=10, by="sum", size=LISTINGS)
    figure(f"{name}, p99", percentile(times, 0.99), "ms", at_most=40, by="sum", size=LISTINGS)
