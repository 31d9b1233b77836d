"""(n) Searches among 200,000 listings, with every filter and order, and hostile text: fitted, found, counted."""

import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from models import searches
from models.searches import NetworkFilter
from models.searches.language.known_words import count_words
from models.store.database import Connection, connection, execute, transaction
from tests.bench.report import figure, heading, percentile
from tests.bench.server import running
from tests.large_database import fill
from tests.models.searches.conftest import read_lines

LISTINGS = 200_000
ROUNDS = 2_000

# The words of the invented listings, with a word of its own for each, and their categories.
_WORDS = """
    WITH sample AS (
        SELECT title, text, category, n FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY
            AS line (title, text, category, n))
    UPDATE listing l SET title = s.title, description = '<p>' || s.text || ' lot' || l.post_id / 1000 % 40009 || '</p>',
        category = s.category
    FROM sample s WHERE s.n = 1 + l.post_id / 1000 % (SELECT count(*) FROM sample)
"""

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
    heading(f"(n) searches among {LISTINGS:,} listings")
    async with running(folder / "search") as server:
        async with transaction(server.pool) as conn:
            await fill(conn, LISTINGS)
            lines = read_lines("listings.jsonl")
            await execute(conn, _WORDS, *([line[name] for line in lines] for name in ("title", "text", "category")))
        async with transaction(server.pool) as conn:
            await count_words(conn)
        async with connection(server.pool) as conn:
            await execute(conn, "VACUUM ANALYZE")
            await _measure(conn)


async def _measure(conn: Connection) -> None:
    texts = ["", "", "vélo", "enfant", *(line["text"] for line in read_lines("queries_first.jsonl"))]
    draw = random.Random(1)
    asked = [
        NetworkFilter(
            text=draw.choice(texts),
            order=draw.choice(("best", "best", "near", "new", "ending")),
            **draw.choice(FILTERS) | draw.choice(PLACES),
        )
        for _ in range(ROUNDS)
    ]
    for filter in asked[:100]:
        await searches.search_network(conn, filter)
    await _time("a page, any filter", asked, lambda filter: searches.search_network(conn, filter))
    await _time("its count", asked, lambda filter: searches.count_network(conn, filter))
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
    figure(f"{name}, p50", percentile(times, 0.5), "ms", at_most=10)
    figure(f"{name}, p99", percentile(times, 0.99), "ms", at_most=40)
