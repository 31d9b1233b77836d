"""The steps that are measured at every size, and which of them may grow with it."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from federation.instance import Instance
from models.access import sessions, tokens
from models.settings import Settings, Site
from models.store.database import Connection, transaction
from models.traffic.inbound import received
from models.traffic.inbound.received import NewReceived
from models.traffic.outbound import activities, deliveries
from models.traffic.outbound.activities import NewActivity
from tests.bench.load import Request, send_all
from tests.bench.server import BenchServer
from tests.large_database import FIRST_ID
from web.security.session import cookie_name
from web.server.bootstrap import open_instance
from web.server.worker.jobs import PERIODIC_TASKS
from web.server.worker.nightly_sweep import SWEEPS, forget

READER = FIRST_ID
"""The first of the crowd: she follows 150, wrote as much as everybody, and is told as much."""

NIGHTLY = frozenset({"sweep", "sweep_media", "figures_closed"})
"""Measured by themselves, or with nothing to measure here."""

FORGETTING = frozenset({"deliveries", "activities", "passed_on"})
"""What may go of these is there at every size."""

Act = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that a server does; what is done first is not counted. `may_grow` with what is stored."""

    name: str
    act: Act
    before: Act | None = None
    rounds: int = 20
    may_grow: bool = False

    async def measure(self) -> list[float]:
        """Milliseconds of each round."""
        took = list[float]()
        for _ in range(self.rounds):
            if self.before is not None:
                await self.before()
            begun = time.perf_counter()
            await self.act()
            took.append(1000 * (time.perf_counter() - begun))
        return took


async def measure_median(step: Step) -> float:
    """Twice as often where it is quick: the first ones make plans."""
    took = await step.measure()
    return median(took[len(took) // 4 :])


@asynccontextmanager
async def preparing(server: BenchServer, folder: Path, *, backup: bool) -> AsyncIterator[Sequence[Step]]:
    """All steps, on a database that is filled; in the order in which they disturb one another least."""
    pages = await _list_pages(server)
    settings = Settings.from_env(server.env)
    async with open_instance(settings, await _read_url(server)) as instance:
        queues = Queues(instance=instance)
        yield [
            *pages,
            *queues.list_steps(),
            *(_make_chore(instance, name) for name in PERIODIC_TASKS if name not in NIGHTLY),
            *(_make_sweep(instance, name) for name in SWEEPS),
            *([_make_backup(server, folder)] if backup else []),
        ]


async def _read_url(server: BenchServer) -> str:
    async with server.pool.acquire() as conn:
        sockets = await conn.fetchval("SHOW unix_socket_directories")
    return f"postgresql://postgres@/declic?host={sockets}&port=5432"


async def _list_pages(server: BenchServer) -> list[Step]:
    """What people and apps open, over HTTP."""
    site = Site(url=server.url, host=server.url.removeprefix("http://"))
    async with transaction(server.pool) as conn:
        session = await sessions.create(conn, READER, "growth")
        token = await tokens.create(conn, actor_id=READER, scopes=["read"])
        thread = await conn.fetchval("SELECT max(id) FROM exchange WHERE owner_id = $1", READER)
        listing = await conn.fetchval(
            "SELECT max(id) FROM post WHERE author_id = $1 AND kind = 'listing' AND audience = 'network'", READER
        )
    member = {"Host": site.host, "Accept": "text/html", "Cookie": f"{cookie_name(site)}={session}"}
    visitor = {"Host": site.host, "Accept": "text/html"}
    app = {"Host": site.host, "Authorization": f"Bearer {token}"}
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "network page": ("/annonces", visitor),
        "search: a common word and a place": ("/annonces?q=velo&lieu=59160+Lomme&km=25", visitor),
        "search: what nobody has": ("/annonces?q=contrebasse", visitor),
        "home of a member": ("/fil", member),
        "home timeline": ("/api/v1/timelines/home?limit=20", app),
        "public timeline": ("/api/v1/timelines/public?limit=20", app),
        "timeline of a tag": ("/api/v1/timelines/tag/commune7?limit=20", app),
        "a listing": (f"/api/v1/statuses/{listing}", app),
        "a thread": (f"/echanges/{thread}", member),
        "my exchanges": ("/echanges", member),
        "notifications": ("/notifications", member),
        "profile": (f"/api/v1/accounts/{READER}/statuses?limit=20", app),
    }
    return [
        Step(name=name, act=_ask(server, Request("GET", path, headers)), rounds=60)
        for name, (path, headers) in asked.items()
    ]


def _ask(server: BenchServer, request: Request) -> Act:
    async def ask() -> None:
        result = await send_all(server.port, [request], connections=1)
        assert set(result.statuses) == {200}, (request.path, result.statuses)

    return ask


@dataclass(slots=True, kw_only=True)
class Queues:
    """What comes in and goes out; each step leaves the queues as it found them."""

    instance: Instance

    def list_steps(self) -> list[Step]:
        """The way of an activity, in both directions."""
        return [
            Step(name="200 activities kept", act=self._enqueue),
            Step(name="200 of them claimed", act=self._claim_received, before=self._enqueue),
            Step(name="deliveries to 150 followers planned", act=self._plan, before=self._finish_deliveries),
            Step(name="100 deliveries claimed", act=self._claim_deliveries, before=self._plan_one),
            Step(name="100 claimed of 3,000", act=self._claim_deliveries, before=self._plan_many, rounds=3),
            Step(name="a deletion planned for all holders", act=self._plan_deletion, before=self._finish_deliveries),
        ]

    async def _enqueue(self) -> None:
        async with transaction(self.instance.pool) as conn:
            await received.enqueue_many(conn, [_make_received(number) for number in range(200)])

    async def _claim_received(self) -> None:
        async with transaction(self.instance.pool) as conn:
            found = await received.claim(conn, worker=uuid4(), limit=200, at=datetime.now(UTC))
            assert len(found) == 200, len(found)
            await received.finish_many(conn, {one.id: None for one in found})

    async def _plan(self) -> None:
        async with transaction(self.instance.pool) as conn:
            activity_id = await _save_activity(conn, "Create")
            planned = await deliveries.schedule(
                conn, activity_id=activity_id, actor_id=READER, named_ids=[], followed_ids=[READER]
            )
            assert planned > 20, planned

    async def _finish_deliveries(self) -> None:
        async with transaction(self.instance.pool) as conn:
            await conn.execute("UPDATE delivery SET state = 'done', finished_at = now() WHERE state = 'waiting'")

    async def _plan_one(self) -> None:
        await self._finish_deliveries()
        await self._plan()

    async def _plan_many(self) -> None:
        await self._finish_deliveries()
        for _ in range(20):
            await self._plan()

    async def _claim_deliveries(self) -> None:
        async with transaction(self.instance.pool) as conn:
            found = await deliveries.claim(conn, worker=uuid4(), limit=100, at=datetime.now(UTC))
            assert found
            await deliveries.succeed(conn, [one.id for one in found])

    async def _plan_deletion(self) -> None:
        async with transaction(self.instance.pool) as conn:
            uri = await conn.fetchval(
                "SELECT uri FROM post WHERE author_id = $1 ORDER BY id DESC OFFSET 5 LIMIT 1", READER
            )
            activity_id = await _save_activity(conn, "Delete")
            await deliveries.schedule_to_recipients_of(conn, activity_id=activity_id, actor_id=READER, object_uri=uri)


async def _save_activity(conn: Connection, type: str) -> int:
    uri = f"https://lomme.test/activities/{uuid4()}"
    new = NewActivity(uri=uri, type=type, actor_id=READER, object_uri=f"{uri}#object", public=True, body="{}" * 400)
    return await activities.save(conn, new)


def _make_received(number: int) -> NewReceived:
    uri = f"https://h{number}.test/activities/{uuid4()}"
    actor = f"https://h{number % 200}.test/users/p{number}"
    host = f"h{number % 200}.test"
    body = b'{"type": "Create"}' * 40
    return NewReceived(activity_uri=uri, body_hash=b"x" * 32, type="Create", actor_uri=actor, host=host, body=body)


def _make_chore(instance: Instance, name: str) -> Step:
    _, do = PERIODIC_TASKS[name]
    return Step(name=f"chore: {name}", act=lambda: do(instance), rounds=3)


def _make_sweep(instance: Instance, name: str) -> Step:
    async def sweep() -> None:
        gone = await forget(instance, name)
        assert gone or name not in FORGETTING, name

    return Step(name=f"nightly: {name}", act=sweep, rounds=1, may_grow=True)


def _make_backup(server: BenchServer, folder: Path) -> Step:
    async def back_up() -> Any:
        await server.run("backup", str(folder / "backups"))
        await asyncio.to_thread(shutil.rmtree, folder / "backups")

    return Step(name="backup", act=back_up, rounds=1, may_grow=True)
