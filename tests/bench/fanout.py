"""(c) One listing to 1,000 followers on 200 hosts over TLS: of its author, then of `@offres`."""

import asyncio
import time
from pathlib import Path
from uuid import uuid4

from models.listings.listings import ListingDraft
from models.people import actors
from models.people.actors import Actor, RemoteActor
from models.relations import follows
from models.settings import Site
from models.store.database import Connection, transaction
from outbox.listings.listings import publish
from tests.bench.form import Sized
from tests.bench.report import figure, heading, percentile
from tests.bench.rig.hosts import HOSTS, Sink, running_sink
from tests.bench.server import BenchServer, running
from tests.bench.sink import address
from tests.servers import PASSWORD
from web.middlewares.work_signals import notify_work

FOLLOWERS = Sized(long=1000, short=400)
READING_SECONDS = 3
"""What sends is read within a second or two after somebody did something here for the first time."""

LISTING = ListingDraft(kind="offer", mode="loan", title="Remorque vélo", text="Trois jours au plus.")


async def _make_followers(conn: Connection, followed: Actor, port: int) -> None:
    for number in range(FOLLOWERS.now):
        host = f"{address(number % HOSTS)}:{port}"
        base = f"https://{host}/users/f{number}"
        follower = await actors.save_remote(
            conn,
            RemoteActor(
                uri=base, type="Person", username=f"f{number}", host=host, url=base, inbox=f"{base}/inbox",
                shared_inbox=f"https://{host}/inbox",
            ),
        )  # fmt: skip
        await follows.save(
            conn, uri=f"urn:uuid:{uuid4()}", follower_id=follower.id, followed_id=followed.id, state="accepted"
        )


async def watch_published(
    server: BenchServer,
    sink: Sink,
    name: str,
    *,
    expected: int,
    target: float,
    listing: ListingDraft = LISTING,
    by: str = "200 bare deliveries",
) -> None:
    """Publish once, as a page does, and watch the hosts; the clock runs from when the author has her answer.

    Not by `declic publish`: the end of that process would take a core from the server just then.
    """
    await sink.take()
    site = Site(url=server.url, host=server.url.removeprefix("http://"))
    async with transaction(server.pool) as conn:
        await publish(conn, site, await actors.get_local(conn, "alice"), listing)
    start = time.time()
    await notify_work(server.pool)
    arrived: list[tuple[float, str, str]] = []
    deadline = time.monotonic() + 15
    while len({(host, id) for _, host, id in arrived}) < expected and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
        arrived += await sink.take()
    await asyncio.sleep(0.5)
    arrived += await sink.take()
    first_of_host: dict[str, float] = {}
    for moment, host, _ in sorted(arrived):
        first_of_host.setdefault(host, moment)
    distinct = {(host, id) for _, host, id in arrived}
    after = sorted(moment - start for moment in first_of_host.values())
    every = sorted(moment - start for moment, _, _ in arrived)
    figure(f"{name}: first host", after[0], "s")
    figure(f"{name}: half of the hosts", percentile(after, 0.5), "s")
    figure(f"{name}: last of {len(after)} hosts", after[-1], "s", at_most=target, by=by, size=FOLLOWERS)
    figure(f"{name}: everything ({len(distinct)} deliveries)", every[-1], "s")
    figure(f"{name}: deliveries per second", len(every) / (every[-1] - every[0] or 1), "/s")
    figure(f"{name}: duplicates", len(arrived) - len(distinct), "", at_most=0)
    figure(f"{name}: losses", expected - len(distinct), "", at_most=0)


async def run(folder: Path) -> None:
    """Publish four times: by the author with new and warm connections, then through the stream."""
    heading(f"(c) one listing to {FOLLOWERS.now:,} followers on {HOSTS} hosts over TLS")
    (folder / "sink").mkdir()
    async with (
        running_sink(folder / "sink") as sink,
        running(folder / "fanout", ca_file=str(folder / "sink/ca.pem")) as server,
    ):
        await server.run("account", "create", "alice", "--email", "alice@example.org", "--password", PASSWORD)
        async with server.pool.acquire() as conn, conn.transaction():
            await _make_followers(conn, await actors.get_local(conn, "alice"), sink.port)
        await notify_work(server.pool)  # she logged in before she writes
        await asyncio.sleep(READING_SECONDS)
        first = "200 first deliveries"
        await watch_published(server, sink, "author, new connections", expected=HOSTS, target=0.3, by=first)
        await watch_published(server, sink, "author, warm connections", expected=HOSTS, target=0.12)
        async with server.pool.acquire() as conn, conn.transaction():
            await conn.execute("DELETE FROM follow")
            await _make_followers(conn, await actors.get_local(conn, "offres"), sink.port)
        # Two Announces reach each host.
        await watch_published(server, sink, "@offres, warm connections", expected=2 * HOSTS, target=0.25)
