"""(d) The network page and a home timeline with 50,000 listings in the database."""

from pathlib import Path

from tests.bench.load import Request, send_all
from tests.bench.report import figure, heading
from tests.bench.server import BenchServer, running
from tests.large_database import fill
from tests.servers import PASSWORD

LISTINGS = 50_000
ROUNDS = 300

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
    result = await send_all(server.port, [Request("GET", path, headers)] * ROUNDS, connections=1)
    assert set(result.statuses) == {200}, (path, result.statuses)
    figure(f"{name}, p50", result.milliseconds(0.5), "ms", at_most=15)
    figure(f"{name}, p99", result.milliseconds(0.99), "ms", at_most=60)


async def run(folder: Path) -> None:
    """Fill a database, ask for the pages."""
    heading(f"(d) pages with {LISTINGS:,} listings")
    async with running(folder / "pages") as server:
        await server.run("account", "create", "alice", "--email", "alice@example.org", "--password", PASSWORD)
        token = await server.run("token", "create", "alice")
        async with server.pool.acquire() as conn:
            await fill(conn, LISTINGS)
            await conn.execute(FOLLOW_SOME)
        await _measure(server, "network page", "/annonces")
        await _measure(server, "network page, text and distance", "/annonces?q=velo&lieu=59160+Lomme&km=25")
        await _measure(server, "home timeline", "/api/v1/timelines/home?limit=20", token)
        await _measure(server, "public timeline", "/api/v1/timelines/public?limit=20", token)
