"""(g) 1,000 members who watch their homes over WebSockets: memory of each, from a commit to the last, token checks."""

import asyncio
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from models.access import tokens
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.bench.form import Sized
from tests.bench.report import figure, heading, percentile
from tests.bench.server import BenchServer, running
from tests.servers import PASSWORD
from web.middlewares.work_signals import notify_work

STREAMS = Sized(long=1000, short=300)
POSTS = Sized(long=20, short=8)
ADDRESSES = 8
"""The watchers come from as many addresses of loopback, since one may not hold that many streams."""

WATCHERS = """
    WITH member AS (
        INSERT INTO actor (id, uri, type, local, username, host, name, url, inbox)
        SELECT n, a.uri || n, 'Person', true, 'watcher' || n, a.host, 'Watcher ' || n, a.url || n, a.inbox
        FROM actor a, generate_series(1, $2::int) AS n WHERE a.id = $1
        RETURNING id, username
    ), account AS (
        INSERT INTO account (actor_id, email, confirmed_at) SELECT id, username || '@example.org', now() FROM member
    )
    INSERT INTO follow (id, follower_id, followed_id, state) SELECT id, id, $1, 'accepted' FROM member
"""


@dataclass(slots=True)
class Watcher:
    """One socket; it only notes when a frame came, so that the bench costs little beside the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def next_frame(self) -> float:
        """When the next text frame was there whole."""
        while True:
            head = await self.reader.readexactly(2)
            length = head[1] & 127
            if length == 126:
                length = int.from_bytes(await self.reader.readexactly(2))
            elif length == 127:
                length = int.from_bytes(await self.reader.readexactly(8))
            body = await self.reader.readexactly(length)
            if head[0] & 15 == 1:
                return time.perf_counter()
            if head[0] & 15 == 9:  # answer the ping, or be taken for gone
                mask = secrets.token_bytes(4)
                masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
                self.writer.write(bytes((0x8A, 0x80 | length)) + mask + masked)


async def watch(port: int, number: int, bearer: str) -> Watcher:
    """Open one home."""
    local = (f"127.0.0.{2 + number % ADDRESSES}", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=local)
    writer.write(
        "\r\n".join(
            [
                "GET /api/v1/streaming?stream=user HTTP/1.1",
                f"Host: 127.0.0.1:{port}",
                f"Authorization: Bearer {bearer}",
                *("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"),
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
            ]
        ).encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 "), head
    return Watcher(reader, writer)


async def prepare(conn: Connection, author: Actor) -> list[str]:
    """As many members as there are streams, all of whom follow the author; their tokens."""
    await conn.execute(WATCHERS, author.id, STREAMS.now)
    await conn.execute("ANALYZE")
    return [await tokens.create(conn, actor_id=n, scopes=["read"]) for n in range(1, STREAMS.now + 1)]


async def _measure_posts(server: BenchServer, author: Actor, watchers: list[Watcher]) -> list[float]:
    """From the commit of each post, made by another process than the server, to the last watcher who has it."""
    site = Site(url=server.url, host=server.url.removeprefix("http://"))
    took: list[float] = []
    for number in range(POSTS.now):
        waiting = [asyncio.create_task(watcher.next_frame()) for watcher in watchers]
        async with server.pool.acquire() as conn, conn.transaction():
            await notes.publish(conn, site, author, NoteDraft(text=f"Bonjour à tous {number}", audience="network"))
        committed = time.perf_counter()
        await notify_work(server.pool)
        took.append(1000 * (max(await asyncio.gather(*waiting)) - committed))
    return took


async def _measure_tokens(server: BenchServer, bearer: str) -> float:
    """Microseconds for what every request with a token asks first."""
    async with server.pool.acquire() as conn:
        took = []
        for _ in range(2000):
            start = time.perf_counter()
            assert await tokens.find_by_bearer(conn, bearer)
            took.append(time.perf_counter() - start)
    return 1_000_000 * percentile(took, 0.5)


async def run(folder: Path) -> None:
    """Open the streams, let them rest, post."""
    heading(f"(g) {STREAMS.now:,} open streams on one process")
    async with running(folder / "streams") as server:
        await server.run("account", "create", "alice", "--email", "alice@example.org", "--password", PASSWORD)
        async with server.pool.acquire() as conn, conn.transaction():
            author = await actors.get_local(conn, "alice")
            bearers = await prepare(conn, author)
        warm = [await watch(server.port, number, bearer) for number, bearer in enumerate(bearers[:20])]
        await _measure_posts(server, author, warm)
        before = server.resident_megabytes()
        watchers = warm + [await watch(server.port, number, bearer) for number, bearer in enumerate(bearers[20:])]
        await asyncio.sleep(2)
        opened = len(watchers) - len(warm)
        figure(
            "memory of an idle stream",
            1024 * (server.resident_megabytes() - before) / opened,
            "kB",
            at_most=40,
            size=STREAMS,
        )
        took = await _measure_posts(server, author, watchers)
        figure(
            "from a commit to the last stream, p50",
            percentile(took, 0.5),
            "ms",
            at_most=300,
            by="bare page",
            size=STREAMS,
        )
        figure("from a commit to the last stream, worst", max(took), "ms", at_most=300, by="bare page", size=STREAMS)
        figure("memory of a stream after these posts", 1024 * (server.resident_megabytes() - before) / opened, "kB")
        figure("check of a token, with its query", await _measure_tokens(server, bearers[0]), "µs")
        for watcher in watchers:
            watcher.writer.close()
