"""(m) One new listing held against 10,000 alerts, beside 50,000 listings; and what fits it among those."""

from pathlib import Path
from time import perf_counter

from models.searches.alerts import alert_matching, matches
from models.searches.alerts.alert_matching import Unmatched
from models.store.database import Connection
from tests import large_alerts, large_database
from tests.bench.form import Sized
from tests.bench.report import figure, heading
from tests.bench.server import running

LISTINGS = Sized(long=50_000, short=5_000)

ROUNDS = Sized(long=200, short=40)


async def run(folder: Path) -> None:
    """Hold some of the newest against the alerts, each in a transaction of its own that is rolled back."""
    heading(f"(m) one new listing against {large_alerts.ALERTS:,} alerts, {LISTINGS.now:,} listings")
    async with running(folder / "alerts") as server, server.pool.acquire() as conn:
        await large_database.fill(conn, LISTINGS.now)
        await large_alerts.fill_alerts(conn)
        await conn.execute(_ALL_WANT_MATCHES)
        await conn.execute("VACUUM ANALYZE")
        ids = [row[0] for row in await conn.fetch(_NEWEST, ROUNDS.now)]
        await measure(conn, ids[:20])  # plans are made
        alerts, told, fits = await measure(conn, ids)
        figure("held against all alerts, p50", alerts[len(alerts) // 2], "ms", at_most=50, by="sum", size=LISTINGS)
        figure("held against all alerts, p99", alerts[len(alerts) * 99 // 100], "ms")
        figure("members for whom one is a find", told / len(ids), "")
        figure(
            "held against what members offer and seek, p50",
            fits[len(fits) // 2],
            "ms",
            at_most=50,
            by="sum",
            size=LISTINGS,
        )


# Everybody of ours who published wants to be told of what fits.
_ALL_WANT_MATCHES = """
    WITH members AS (
        INSERT INTO account (actor_id, email, confirmed_at)
        SELECT id, username || '@offers.test', now() FROM actor WHERE local AND EXISTS (
            SELECT FROM post WHERE author_id = actor.id) ON CONFLICT DO NOTHING RETURNING actor_id)
    INSERT INTO match_choice (actor_id, needs, offers, radius) SELECT actor_id, true, true, 10 FROM members
"""

_NEWEST = "SELECT post_id FROM listing WHERE status = 'open' ORDER BY post_id DESC LIMIT $1"


async def measure(conn: Connection, ids: list[int]) -> tuple[list[float], int, list[float]]:
    """Milliseconds for each of these listings, sorted; how many members were to be told in all."""
    alerts, told, fits = list[float](), 0, list[float]()
    for id in ids:
        transaction = conn.transaction()
        await transaction.start()
        began = perf_counter()
        told += await alert_matching.match(conn, Unmatched(post_id=id, edited=False))
        between = perf_counter()
        await matches.match(conn, id)
        alerts.append((between - began) * 1000)
        fits.append((perf_counter() - between) * 1000)
        await transaction.rollback()
    return sorted(alerts), told, sorted(fits)
