"""A stop in the middle of work: it ends in time, and whatever may have been delivered is written down as that."""

import asyncio
import time
from pathlib import Path

import asyncpg
from aiohttp import web

from models.store.postgres import embedded
from tests.drills.ground import ground
from tests.drills.ledger import Line
from tests.drills.report import report


async def test_d15_sigterm_lets_what_is_on_its_way_arrive_and_forgets_nothing(tmp_path: Path) -> None:
    async with ground(tmp_path, authors=2, name="d15") as here:
        begun = asyncio.Event()

        async def take_your_time(request: web.BaseRequest) -> web.StreamResponse:
            here.note(request, await request.read())
            begun.set()
            await asyncio.sleep(2)
            return web.Response(status=202)

        for peer in here.peers:
            here.scripts[peer.host] = take_your_time
        for author in here.tokens:
            await here.post_many(author, [f"{author} {number}" for number in range(3)])
        await asyncio.wait_for(begun.wait(), 30)
        started = time.monotonic()
        status = await here.server.stop()
        seconds = time.monotonic() - started

        written = await read_written(here.data)
        arrived = set(here.noted.lines)
        here.scripts.clear()
        await here.server.start()
        verdict = await here.settle()

    report("D15 SIGTERM", verdict, seconds=round(seconds, 1))
    assert (status, verdict.lost) == (0, 0)
    assert seconds < 10
    assert arrived <= written, "an attempt was cut after its body had left, and nobody wrote it down"


async def read_written(data: Path) -> set[Line]:
    """What the database of a server that is stopped says was tried."""
    async with embedded(data) as url:
        conn = await asyncpg.connect(url)
        rows = await conn.fetch(
            """
            SELECT a.uri, d.inbox FROM delivery d JOIN activity a ON a.id = d.activity_id
            WHERE d.state = 'done' OR d.attempts > 0
            """
        )
        await conn.close()
    return {(row["uri"], row["inbox"]) for row in rows}
