"""(h) The home timeline of a member who follows 200 people, with 100,000 statuses stored, over HTTP with a token."""

from pathlib import Path

from tests.bench.form import Sized
from tests.bench.load import Request, send_all
from tests.bench.pages import FOLLOW_SOME
from tests.bench.report import figure, heading
from tests.bench.server import running
from tests.large_database import fill
from tests.servers import PASSWORD

LISTINGS = Sized(long=50_000, short=5_000)
"""The crowd writes a note for each."""

ROUNDS = Sized(long=500, short=80)


async def run(folder: Path) -> None:
    """Fill a database, read the newest page and those further down."""
    heading(f"(h) home timeline, {2 * LISTINGS.now:,} statuses, 200 followed")
    async with running(folder / "home") as server:
        await server.run("account", "create", "alice", "--email", "alice@example.org", "--password", PASSWORD)
        token = await server.run("token", "create", "alice")
        async with server.pool.acquire() as conn:
            await fill(conn, LISTINGS.now)
            assert await conn.fetchval("SELECT count(*) FROM post") >= 2 * LISTINGS.now
            await conn.execute(FOLLOW_SOME)
            await conn.execute("VACUUM ANALYZE")
            ids = [row[0] for row in await conn.fetch("SELECT id FROM post ORDER BY id DESC LIMIT 20000")]
        headers = {"Host": server.url.removeprefix("http://"), "Authorization": f"Bearer {token}"}
        newest = [Request("GET", "/api/v1/timelines/home?limit=20", headers)] * ROUNDS.now
        paths = [
            f"/api/v1/timelines/home?limit=20&max_id={ids[place]}"
            for place in range(0, len(ids), len(ids) // ROUNDS.now)
        ]
        older = [Request("GET", path, headers) for path in paths]
        for name, requests in (("newest page", newest), ("pages further down", older)):
            await send_all(server.port, requests[:30], connections=1)
            result = await send_all(server.port, requests, connections=1)
            assert set(result.statuses) == {200}, result.statuses
            figure(f"{name}, p50", result.milliseconds(0.5), "ms", at_most=5, by="bare page", size=LISTINGS)
            figure(f"{name}, p99", result.milliseconds(0.99), "ms", at_most=20, by="bare page", size=LISTINGS)
