"""(l) The cooperative's home after ten years: 5,000 members, 60,000 exchanges, 2,000 reports, through HTTP."""

from pathlib import Path

from models.access import sessions
from models.settings import Site
from models.store.database import transaction
from tests.bench.form import Sized
from tests.bench.load import Request, send_all
from tests.bench.report import figure, heading
from tests.bench.server import running
from tests.large_cooperative import EXCHANGES, MEMBERS, REPORTS, fill
from tests.servers import PASSWORD
from web.security.session import cookie_name

ROUNDS = Sized(long=400, short=60)


async def run(folder: Path) -> None:
    """Fill a database; open the home as an administrator, and another page that only carries the mark in the bar."""
    heading(f"(l) home of the coop, {MEMBERS:,} members, {EXCHANGES:,} exchanges, {REPORTS:,} reports")
    async with running(folder / "coop") as server:
        await server.run("account", "create", "odile", "--email", "odile@example.org", "--password", PASSWORD)
        async with server.pool.acquire() as conn:
            await fill(conn)
            await conn.execute("UPDATE account SET roles = '{admin}' WHERE email = 'odile@example.org'")
            await conn.execute("VACUUM ANALYZE")
        async with transaction(server.pool) as conn:
            odile = await conn.fetchval("SELECT actor_id FROM account WHERE email = 'odile@example.org'")
            token = await sessions.create(conn, odile, "bench")
        host = server.url.removeprefix("http://")
        headers = {
            "Host": host,
            "Accept": "text/html",
            "Cookie": f"{cookie_name(Site(url=server.url, host=host))}={token}",
        }
        member = {**headers, "Cookie": ""}
        for name, path, sent, most in (
            ("/coop", "/coop", headers, 15),
            ("/aide to one of the team", "/aide", headers, 8),
            ("/aide to anybody", "/aide", member, 8),
        ):
            requests = [Request("GET", path, sent)] * ROUNDS.now
            await send_all(server.port, requests[:30], connections=1)
            result = await send_all(server.port, requests, connections=1)
            assert set(result.statuses) == {200}, result.statuses
            figure(f"{name}, p50", result.milliseconds(0.5), "ms", at_most=most, by="bare page")
            figure(f"{name}, p99", result.milliseconds(0.99), "ms", at_most=50, by="bare page")
