"""(d) The network page, a listing, a thread and timelines with 50,000 listings in the database."""

from pathlib import Path

from models.access import sessions
from models.people import actors
from models.settings import Site
from models.store.database import Connection, fetch_value, transaction
from tests.bench.exchange import Talk, say
from tests.bench.form import Sized
from tests.bench.load import Request, send_all
from tests.bench.report import figure, heading
from tests.bench.server import BenchServer, running
from tests.factories import make_listing, make_remote_actor
from tests.large_database import fill
from tests.sample_threads import find_thread
from tests.servers import PASSWORD
from web.security.session import cookie_name

LISTINGS = Sized(long=50_000, short=5_000)
ROUNDS = Sized(long=300, short=60)

MESSAGES = 40
"""Of the thread."""

NEWEST_COPY = """
    SELECT l.post_id FROM listing l JOIN post p ON p.id = l.post_id
    WHERE NOT p.local AND p.audience = 'network' AND l.status = 'open' ORDER BY l.post_id DESC LIMIT 1
"""

FOLLOW_SOME = """
    INSERT INTO follow (id, follower_id, followed_id, state)
    SELECT row_number() OVER (), alice.id, a.id, 'accepted' FROM actor alice, (
        SELECT id FROM actor WHERE NOT local ORDER BY id LIMIT 200) AS a
    WHERE alice.username = 'alice' AND alice.local
"""


async def _begin_thread(conn: Connection, site: Site) -> tuple[int, str]:
    """A thread about something of Alice's; the cookie of a session of hers."""
    alice = await actors.get_local(conn, "alice")
    bob = await make_remote_actor(conn, "bob", "henin.test", name="Léonie")
    post = {"uri": f"{alice.uri}/items/1", "url": f"{site.url}/annonces/1"}
    talk = Talk(site=site, alice=alice, bob=bob, tent=await make_listing(conn, alice, post=post))
    for number in range(MESSAGES):
        await say(conn, talk, number)
    token = await sessions.create(conn, alice.id, "bench")
    return (await find_thread(conn, talk.tent, bob)).id, f"{cookie_name(site)}={token}"


async def _measure(server: BenchServer, name: str, path: str, token: str | None = None, cookie: str = "") -> None:
    headers = {"Host": server.url.removeprefix("http://"), "Accept": "text/html"}
    if token:
        headers = {"Host": headers["Host"], "Authorization": f"Bearer {token}"}
    if cookie:
        headers["Cookie"] = cookie
    await send_all(server.port, [Request("GET", path, headers)] * 20, connections=1)
    begun = server.processor_seconds()
    result = await send_all(server.port, [Request("GET", path, headers)] * ROUNDS.now, connections=1)
    worked = server.processor_seconds() - begun
    assert set(result.statuses) == {200}, (path, result.statuses)
    figure(f"{name}, p50", result.milliseconds(0.5), "ms", at_most=5, by="bare page", size=LISTINGS)
    figure(f"{name}, p99", result.milliseconds(0.99), "ms", at_most=20, by="bare page", size=LISTINGS)
    figure(f"{name}, processor of the server", 1000 * worked / ROUNDS.now, "ms")


async def run(folder: Path) -> None:
    """Fill a database, ask for the pages."""
    heading(f"(d) pages with {LISTINGS.now:,} listings")
    async with running(folder / "pages") as server:
        await server.run("account", "create", "alice", "--email", "alice@example.org", "--password", PASSWORD)
        token = await server.run("token", "create", "alice")
        async with server.pool.acquire() as conn:
            await fill(conn, LISTINGS.now)
            await conn.execute(FOLLOW_SOME)
            copy = await fetch_value(conn, NEWEST_COPY)
        async with transaction(server.pool) as conn:
            site = Site(url=server.url, host=server.url.removeprefix("http://"))
            thread, cookie = await _begin_thread(conn, site)
        await _measure(server, "network page", "/annonces")
        await _measure(server, "network page, a member's", "/annonces", cookie=cookie)
        await _measure(server, "a listing", f"/annonces/d/{copy}")
        await _measure(server, "a listing, a member's", f"/annonces/d/{copy}", cookie=cookie)
        await _measure(server, "a thread", f"/echanges/{thread}", cookie=cookie)
        await _measure(server, "network page, text and distance", "/annonces?q=velo&lieu=59160+Lomme&km=25")
        await _measure(server, "home timeline", "/api/v1/timelines/home?limit=20", token)
        await _measure(server, "public timeline", "/api/v1/timelines/public?limit=20", token)
