"""(d) The network page and a home timeline with 50,000 listings in the database."""

from pathlib import Path

from tests.bench.form import Sized
from tests.bench.load import Request, send_all
from tests.bench.report import figure, heading
from tests.bench.server import BenchServer, running
from tests.large_database import fill
from tests.servers import PASSWORD

LISTINGS = Sized(long=50_000, short=5_000)
ROUNDS = Sized(long=300, short=60)

LISTING = "/annonces/00000000-0000-4000-8000-000000000001"

# One of ours gets an address of this server.
SHOW_ONE = """
    UPDATE post SET url = $1 WHERE id = (SELECT max(p.id) FROM post p JOIN listing l ON l.post_id = p.id
        WHERE p.local AND p.audience = 'network' AND l.status = 'open')
"""

FOLLOW_SOME = """
    INSERT INTO follow (id, follower_id, followed_id, state)
    SELECT row_number() OVER (), alice.id, a.id, 'accepted' FROM actor alice, (
        SELECT id FROM actor WHERE NOT local ORDER BY id LIMIT 200) AS a
    WHERE alice.username = 'alice' AND alice.local
"""


async def _measure(server: BenchServer, name: str, path: str, token: str | None = None) -> None:
    headers = {"Host": server.url.removeprefix("http://"), "Accept": "text/html"}
    if token:
        headers = {"Host": headers["Host"], "Authorization": f"Bearer {token}"}
    await send_all(server.port, [Request("GET", path, headers)] * 20, connections=1)
    result = await send_all(server.port, [Request("GET", path, headers)] * ROUNDS.now, connections=1)
    assert set(result.statuses) == {200}, (path, result.statuses)
    figure(f"{name}, p50", result.milliseconds(0.5), "ms", at_most=5, by="bare page")
    figure(f"{name}, p99", result.milliseconds(0.99), "ms", at_most=20, by="bare page")


async def run(folder: Path) -> None:
    """Fill a database, ask for the pages."""
    heading(f"(d) pages with {LISTINGS.now:,} listings")
    async with running(folder / "pages") as server:
        await server.run("account", "create", "alice", "--email", "alice@example.org", "--password", PASSWORD)
        token = await server.run("token", "create", "alice")
        async with server.pool.acquire() as conn:
            await fill(conn, LISTINGS.now)
            await conn.execute(FOLLOW_SOME)
            await conn.execute(SHOW_ONE, server.url + LISTING)
        await _measure(server, "network page", "/annonces")
        await _measure(server, "network page, text and distance", "/annonces?q=velo&lieu=59160+Lomme&km=25")
        await _measure(server, "a listing", LISTING)
        await _measure(server, "home timeline", "/api/v1/timelines/home?limit=20", token)
        await _measure(server, "public timeline", "/api/v1/timelines/public?limit=20", token)
