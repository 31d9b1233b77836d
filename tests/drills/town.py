"""Our server's queue and its real way out, in this process, among hosts of loopback that all end in one listener."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from federation.http_client.signature_schemes import ServerSignatureSchemes
from federation.http_client.transport import AiohttpTransport
from federation.instance import Instance
from models.people.actors import Actor
from models.posts import Post
from models.settings import Settings
from models.store.database import Pool, connection, transaction
from outbox.posts.notes import NoteDraft, publish
from outbox.traffic.deliver import deliver_due
from tests.attacks.judge import percentile, read_memory
from tests.factories import HERE, make_follow, make_local_actor, make_remote_actor
from tests.fediverse import make_signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A delivery as it stands in the database."""

    host: str
    state: str
    attempts: int
    status: int | None
    cause: str | None
    due_in: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """The server, without pages and without loops: a drill says what happens when."""

    instance: Instance

    async def add_author(self, username: str) -> Actor:
        """Somebody of ours who can sign."""
        async with connection(self.instance.pool) as conn:
            author = await make_local_actor(conn, username)
        self.instance.signers.keep((author.id, "rsa"), make_signer(f"{author.uri}#main-key"))
        return author

    async def add_reader(self, author: Actor, origin: str, *, name: str = "reader") -> Actor:
        """Somebody at this origin who follows the author; the host has a shared inbox."""
        base = f"{origin}/users/{name}"
        async with connection(self.instance.pool) as conn:
            reader = await make_remote_actor(
                conn, name, origin.partition("://")[2], uri=base, inbox=f"{base}/inbox", shared_inbox=f"{origin}/inbox"
            )
            await make_follow(conn, reader, author)
        return reader

    async def publish(self, author: Actor, text: str) -> Post:
        """A note for everybody."""
        async with transaction(self.instance.pool) as conn:
            return await publish(conn, HERE, author, NoteDraft(text=text, audience="network"))

    async def lines(self, at: datetime) -> dict[str, Line]:
        """The only delivery for each host, seen from this moment."""
        rows = await self.instance.pool.fetch("SELECT * FROM delivery ORDER BY id")
        found = {
            row["host"]: Line(
                host=row["host"],
                state=row["state"],
                attempts=row["attempts"],
                status=row["last_status"],
                cause=row["cause"],
                due_in=row["due_at"] - at,
            )
            for row in rows
        }
        assert len(found) == len(rows), "one delivery for each host"
        return found

    async def next_due(self) -> datetime | None:
        """When the last of those that wait is due: all may be tried then."""
        due: datetime | None = await self.instance.pool.fetchval(
            "SELECT max(due_at) FROM delivery WHERE state = 'waiting'"
        )
        return due

    async def deliver(self, at: datetime | None = None) -> int:
        """Send what is due, at this moment."""
        return await deliver_due(self.instance, at)


@asynccontextmanager
async def open_town(pool: Pool, data: Path, *, ca_file: Path | None = None) -> AsyncIterator[Town]:
    """The server on a database of its own; make it after the limits of `transport` are changed."""
    settings = Settings(url=HERE.url, data=data, test_federation=True, ca_file=ca_file)
    transport = AiohttpTransport(settings, schemes=ServerSignatureSchemes(pool))
    try:
        yield Town(instance=Instance(site=HERE, settings=settings, pool=pool, transport=transport))
    finally:
        await transport.close()


def soon() -> datetime:
    """A moment that lies just behind everything that was written until now."""
    return datetime.now(UTC) + timedelta(seconds=1)


def host_address(number: int) -> str:
    """The address of one of many hosts: all of 127.0.0.0/8 ends on this machine."""
    return f"127.20.{number // 200}.{number % 200 + 1}"


def resident() -> float:
    """MiB of memory that this process has."""
    return read_memory() / 1024 / 1024


class LagWatch:
    """How long the event loop did nothing for others at the most, in seconds, while the block ran."""

    def __init__(self) -> None:
        self.lags: list[float] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def worst(self) -> float:
        """The longest."""
        return max(self.lags, default=0.0)

    @property
    def usual(self) -> float:
        """What 99 of 100 stay below."""
        return percentile(self.lags)

    def tell(self) -> str:
        """Both, for a report."""
        return f"p99 {self.usual * 1000:.0f} ms and worst {self.worst * 1000:.0f} ms"

    async def __aenter__(self) -> "LagWatch":
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            begun, queued = time.monotonic(), _waited_for_processor()
            await asyncio.sleep(0.01)
            lag = time.monotonic() - begun - 0.01
            self.lags.append(max(0.0, lag - (_waited_for_processor() - queued)))


def _waited_for_processor() -> float:
    """Seconds that this thread could not run because other programs did, which is no fault of ours."""
    told = Path("/proc/thread-self/schedstat")
    return int(told.read_text().split()[1]) / 1e9 if told.exists() else 0.0
