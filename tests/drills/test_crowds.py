"""Many hosts at once: half of them swallow everything, or one author takes back what thousands were sent."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from federation.http_client import transport
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection, Pool, connection, transaction
from outbox.people import accounts
from outbox.posts.deletions import delete_post
from outbox.traffic import deliver
from outbox.traffic.deliver import deliver_due
from tests.attacks.judge import percentile
from tests.drills.ground import by_form, chance
from tests.drills.report import report
from tests.drills.town import Town, host_address, open_town, resident
from tests.eventually import eventually
from tests.factories import HERE
from tests.federation.loopback import serve

PATIENCE = by_form(1, 10)
"""Seconds after which a silent host is left alone; ten among real peers."""

PLACES = by_form(8, deliver.LANES)
"""So many deliveries at once: in the short form there are as many silent hosts for each as in the long one."""

SLOWEST = 6 * PATIENCE
"""p99 of the healthy hosts: 60 s among real peers."""


OTHERS = 3
"""Authors who publish while somebody else's deletion is on its way."""

Deletion = Callable[[Connection, Actor, list[Post]], Awaitable[None]]


@dataclass(slots=True)
class Crowd:
    """Many hosts behind one listener; `holes` take every request and never answer."""

    port: int = 0
    holes: set[str] = field(default_factory=set)
    arrived: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)
    swallowed: int = 0

    def origin(self, number: int) -> str:
        """One of the hosts."""
        return f"http://{host_address(number)}:{self.port}"

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Note what came, or swallow it."""
        body = json.loads(await request.read())
        if request.host in self.holes:
            self.swallowed += 1
            await asyncio.Event().wait()
        self.arrived.append((time.monotonic(), request.host, body))
        return web.Response(status=202)

    def by_host(self) -> dict[str, list[dict[str, Any]]]:
        """What came to each, in order."""
        found: dict[str, list[dict[str, Any]]] = {}
        for _, host, body in self.arrived:
            found.setdefault(host, []).append(body)
        return found

    def waits(self, begun: float, uri: str) -> list[float]:
        """How long each host that got something about this object waited for it, in seconds."""
        return [moment - begun for moment, _, body in self.arrived if uri in json.dumps(body)]


@asynccontextmanager
async def open_crowd() -> AsyncIterator[Crowd]:
    """All of them listen."""
    crowd = Crowd()
    async with serve(crowd.answer, address="0.0.0.0") as server:
        crowd.port = int(server.url.rpartition(":")[2])
        yield crowd


async def follow_from_everywhere(town: Town, crowd: Crowd, author: Actor, hosts: int, each: int = 1) -> None:
    """So many readers at each of the hosts."""
    for number in range(hosts):
        for place in range(each):
            await town.add_reader(author, crowd.origin(number), name=f"{author.username}{place}")


async def deliver_to_healthy(
    town: Town, crowd: Crowd, uri: str, expected: int, *, at: datetime | None = None
) -> list[float]:
    """Deliver until so many hosts have it, then stop in an orderly way; how long each waited."""
    begun, stopping = time.monotonic(), asyncio.Event()
    delivering = asyncio.create_task(deliver_due(town.instance, at, stopping=stopping))

    async def arrived() -> bool:
        return len(crowd.waits(begun, uri)) >= expected

    await eventually(arrived, within=3 * SLOWEST)
    stopping.set()
    await delivering
    return crowd.waits(begun, uri)


async def test_d09_half_of_the_inboxes_swallow_everything(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "IDLE_SECONDS", PATIENCE)
    monkeypatch.setattr(deliver, "LANES", PLACES)
    monkeypatch.setattr(deliver, "LANES_TRIED_BEFORE", PLACES // 4)
    hosts = by_form(40, 1000)
    async with open_crowd() as crowd, open_town(pool, tmp_path) as town:
        numbers = chance("d09").sample(range(hosts), hosts // 2)
        crowd.holes = {crowd.origin(number).partition("://")[2] for number in numbers}
        author = await town.add_author("alice")
        await follow_from_everywhere(town, crowd, author, hosts)
        memory = resident()

        first = await town.publish(author, "Première annonce")
        first_waits = await deliver_to_healthy(town, crowd, first.uri, hosts - hosts // 2)
        # The silent ones are tried again while the others are to get something new.
        second = await town.publish(author, "Seconde annonce")
        again = datetime.now(UTC) + timedelta(seconds=20)
        second_waits = await deliver_to_healthy(town, crowd, second.uri, hosts - hosts // 2, at=again)
        grown = resident() - memory
        left = await town.instance.pool.fetchval(
            "SELECT count(*) FROM delivery WHERE state = 'waiting' AND claimed_by IS NOT NULL"
        )

    report(
        "D9 black holes",
        hosts=hosts,
        holes=len(crowd.holes),
        p99_first=f"{percentile(first_waits):.2f} s",
        p99_beside_retries=f"{percentile(second_waits):.2f} s",
        swallowed=crowd.swallowed,
        memory_grown=f"{grown:.0f} MiB",
    )
    assert len(first_waits) == len(second_waits) == hosts - hosts // 2, "each healthy host got each of them once"
    assert percentile(first_waits) < SLOWEST
    assert percentile(second_waits) < SLOWEST
    assert left == 0, "no place is still taken"
    assert grown < by_form(48, 128)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vast:
    """A vast deletion: how long everything took, how long other authors' posts waited, and what was said before."""

    seconds: float
    waits: list[float]
    notes: list[Post]


async def delete_beside_others(town: Town, crowd: Crowd, known: Actor, posts: int, delete: Deletion) -> Vast:
    """Let a known author's posts be half delivered, take them back, and let three others publish meanwhile."""
    small = [await town.add_author(f"author{number}") for number in range(OTHERS)]
    for author in small:
        await follow_from_everywhere(town, crowd, author, 10)
    wake, notes = asyncio.Event(), [await town.publish(known, f"annonce {number}") for number in range(posts)]
    due: int = await town.instance.pool.fetchval("SELECT count(*) FROM delivery")
    delivering = asyncio.create_task(keep_delivering(town, wake))

    async def half_arrived() -> bool:
        return len(crowd.arrived) > due // 2

    await eventually(half_arrived, within=by_form(20, 300))
    vast = time.monotonic()
    async with transaction(town.instance.pool) as conn:
        await delete(conn, known, notes)
    wake.set()
    begun = time.monotonic()
    beside = [await town.publish(author, "pendant ce temps") for author in small]
    wake.set()

    async def everything_left() -> bool:
        async with connection(town.instance.pool) as conn:
            return not await conn.fetchval("SELECT EXISTS (SELECT FROM delivery WHERE state = 'waiting')")

    await eventually(everything_left, within=by_form(60, 900))
    seconds = time.monotonic() - vast
    delivering.cancel()
    await asyncio.gather(delivering, return_exceptions=True)
    waits = [wait for note in beside for wait in crowd.waits(begun, note.uri)]
    return Vast(seconds=seconds, waits=waits, notes=notes)


async def delete_posts(conn: Connection, author: Actor, notes: list[Post]) -> None:
    """Each of them for itself."""
    for note in notes:
        await delete_post(conn, HERE, author, note)


async def delete_author(conn: Connection, author: Actor, _: list[Post]) -> None:
    """The account with all that it wrote."""
    await accounts.delete(conn, HERE, author)


@pytest.mark.parametrize("delete", [delete_posts, delete_author], ids=["posts", "actor"])
async def test_d18_a_vast_deletion_is_complete_in_order_and_delays_nobody(
    pool: Pool, tmp_path: Path, delete: Deletion
) -> None:
    hosts, each, posts = by_form(60, 3000), by_form(2, 17), by_form(3, 5)
    async with open_crowd() as crowd, open_town(pool, tmp_path) as town:
        known = await town.add_author("alice")
        await pool.execute("INSERT INTO account (actor_id, email) VALUES ($1, 'alice@lomme.test')", known.id)
        await follow_from_everywhere(town, crowd, known, hosts, each)
        memory = resident()
        vast = await delete_beside_others(town, crowd, known, posts, delete)
        grown = resident() - memory

    report(
        f"D18 vast deletion: {delete.__name__}",
        hosts=hosts,
        followers=hosts * each,
        seconds=round(vast.seconds, 1),
        others_p99=f"{percentile(vast.waits):.2f} s",
        memory_grown=f"{grown:.0f} MiB",
    )
    heard = crowd.by_host()
    for number in range(hosts):
        of_known = [one for one in heard[crowd.origin(number).partition("://")[2]] if one["actor"] == known.uri]
        if delete is delete_posts:
            require_order(of_known, [note.uri for note in vast.notes])
        else:
            types = [one["type"] for one in of_known]
            assert types.count("Delete") == 1 and types[-1] == "Delete", types
    assert len(vast.waits) == OTHERS * 10
    assert percentile(vast.waits) < by_form(10, 60)
    assert vast.seconds < 600


def require_order(activities: list[dict[str, Any]], uris: list[str]) -> None:
    """Of each object one Delete came, and nothing after it. Raises AssertionError."""
    for uri in uris:
        types = [one["type"] for one in activities if uri in json.dumps(one["object"])]
        assert types in (["Create", "Delete"], ["Delete"]), types


async def keep_delivering(town: Town, wake: asyncio.Event) -> None:
    """As the worker does."""
    while True:
        await deliver_due(town.instance, wake=wake)
        wake.clear()
        try:
            await asyncio.wait_for(wake.wait(), 0.2)
        except TimeoutError:
            continue
