"""(q) What stays inside a community to 2,000 members on 40 servers; pages of a member of 30 communities."""

from dataclasses import replace
from pathlib import Path
from statistics import median

from models.access import sessions
from models.communities import charters, communities, memberships
from models.communities.charters import NewCharter
from models.communities.communities import CommunitySettings
from models.communities.memberships import Change
from models.people import actors
from models.settings import Site
from models.store.database import Connection
from tests.bench.fanout import LISTING, watch_published
from tests.bench.form import Sized
from tests.bench.load import Request, send_all
from tests.bench.pages import FOLLOW_SOME
from tests.bench.report import figure, heading
from tests.bench.rig.hosts import Sink, running_sink
from tests.bench.server import BenchServer, running
from tests.bench.sink import address
from tests.factories import make_local_actor
from tests.large_database import FIRST_ID, fill
from tests.servers import PASSWORD
from web.security.session import cookie_name

MEMBERS, SERVERS, JOINED = 2_000, 40, 30

LISTINGS = Sized(long=20_000, short=5_000)
INSIDE = 20
"""Listings inside each community."""

ROUNDS, TURNS = Sized(long=100, short=25), 5

_MEMBERS = """
    WITH new AS (
        INSERT INTO actor (id, uri, type, local, username, host, url, inbox, shared_inbox)
        SELECT $1::bigint + n, base, 'Person', false, 'm' || n, host, base, base || '/inbox',
            'https://' || host || '/inbox'
        FROM generate_series(0, $2::integer - 1) AS n, LATERAL (SELECT $4::text[] AS hosts) AS known,
            LATERAL (SELECT hosts[1 + n % $3::integer] AS host) AS h,
            LATERAL (SELECT 'https://' || host || '/users/m' || n AS base) AS b
        RETURNING id
    )
    INSERT INTO membership (id, community_id, actor_id, state, accepted_version)
    SELECT id + 1000000, $5::bigint, id, 'member', 1 FROM new
"""


async def _found(conn: Connection, name: str) -> int:
    """A community of this server, with its charter."""
    group = await make_local_actor(conn, name, type="Group")
    await communities.create(conn, group.id, CommunitySettings(access="open"))
    await charters.publish(conn, group.id, NewCharter(version=1, text="1. On rend ce qu’on emprunte."))
    return group.id


async def _put_in(conn: Connection, community_id: int, actor_id: int) -> None:
    await memberships.save(conn, community_id, actor_id, Change(state="member", accepted_version=1))


async def _fill_community(conn: Connection, sink: Sink) -> int:
    """2,000 members on 40 servers, and who publishes."""
    community_id = await _found(conn, "remorques")
    hosts = [f"{address(number)}:{sink.port}" for number in range(SERVERS)]
    await conn.execute(_MEMBERS, FIRST_ID, MEMBERS, SERVERS, hosts, community_id)
    await _put_in(conn, community_id, (await actors.get_local(conn, "alice")).id)
    return community_id


async def _deliver(folder: Path) -> None:
    (folder / "sink").mkdir()
    async with (
        running_sink(folder / "sink") as sink,
        running(folder / "inside", ca_file=str(folder / "sink/ca.pem")) as server,
    ):
        await server.run("account", "create", "alice", "--email", "alice@example.org", "--password", PASSWORD)
        async with server.pool.acquire() as conn, conn.transaction():
            community_id = await _fill_community(conn, sink)
        listing = replace(LISTING, audience="community", community_id=community_id)
        for name in ("new connections", "warm connections"):
            await watch_published(server, sink, f"inside, {name}", expected=SERVERS, target=1, listing=listing)


async def _join_many(conn: Connection) -> None:
    """Zoe is in 30 communities, inside each of which some of the newest listings stay."""
    zoe = await actors.get_local(conn, "zoe")
    newest = [row[0] for row in await conn.fetch("SELECT post_id FROM listing ORDER BY post_id DESC LIMIT 2000")]
    for number in range(JOINED):
        community_id = await _found(conn, f"groupe{number}")
        await _put_in(conn, community_id, zoe.id)
        await conn.execute(
            "UPDATE post SET audience = 'community', community_id = $1 WHERE id = ANY($2)",
            community_id,
            newest[number :: JOINED * 2][:INSIDE],
        )


async def _write_requests(conn: Connection, server: BenchServer, name: str) -> dict[str, Request]:
    """How a member asks for her pages."""
    member, site = await actors.get_local(conn, name), Site(url=server.url, host=server.url.removeprefix("http://"))
    session = await sessions.create(conn, member.id, "bench")
    headers = {"Host": site.host, "Accept": "text/html", "Cookie": f"{cookie_name(site)}={session}"}
    return {what: Request("GET", path, headers) for what, path in (("network page", "/annonces"), ("home", "/fil"))}


async def _compare(server: BenchServer, what: str, without: Request, within: Request) -> None:
    """The two in turn, and how much slower the second is at the median."""
    times: dict[str, list[float]] = {"in none": [], f"in {JOINED}": []}
    for _ in range(TURNS):
        for name, request in zip(times, (without, within), strict=True):
            result = await send_all(server.port, [request] * ROUNDS.now, connections=1)
            assert set(result.statuses) == {200}, (what, result.statuses)
            times[name].append(result.milliseconds(0.5))
    for name, found in times.items():
        figure(f"{what} of a member {name}, p50", median(found), "ms")
    none, many = (median(found) for found in times.values())
    figure(f"{what}: many communities to none", many / none, "", at_most=1.05, size=LISTINGS)


async def run(folder: Path) -> None:
    """Deliver, then read."""
    heading(f"(q) communities: {MEMBERS:,} members on {SERVERS} servers; a member of {JOINED}")
    await _deliver(folder)
    async with running(folder / "members") as server:
        for name in ("alice", "zoe"):
            await server.run("account", "create", name, "--email", f"{name}@example.org", "--password", PASSWORD)
        async with server.pool.acquire() as conn:
            await fill(conn, LISTINGS.now)
            await conn.execute(FOLLOW_SOME)
            others = FOLLOW_SOME.replace("row_number() OVER ()", "1000 + row_number() OVER ()")
            await conn.execute(others.replace("alice", "zoe"))
            async with conn.transaction():
                await _join_many(conn)
            await conn.execute("VACUUM ANALYZE")
            alices, zoes = [await _write_requests(conn, server, name) for name in ("alice", "zoe")]
        for what, request in alices.items():
            await send_all(server.port, [request, zoes[what]] * 20, connections=1)
            await _compare(server, what, request, zoes[what])
