"""A stop in the middle of work: it ends in time, and whatever may have been delivered is written down as that."""

import asyncio
from pathlib import Path

from aiohttp import web

from tests.drills.ground import Ground, ground
from tests.drills.ledger import Line
from tests.drills.report import report
from tests.eventually import eventually
from tests.servers import ServerProcess
from tests.web.warm_commands import WarmCommands


async def test_d15_sigterm_lets_what_is_on_its_way_arrive_and_forgets_nothing(
    commands: WarmCommands, furnished_url: str, tmp_path: Path
) -> None:
    async with ground(tmp_path, furnished_url, authors=2, name="d15", commands=commands) as here:
        begun, stopping = asyncio.Event(), asyncio.Event()

        async def take_your_time(request: web.BaseRequest) -> web.StreamResponse:
            here.note(request, await request.read())
            begun.set()
            await stopping.wait()
            return web.Response(status=202)

        for peer in here.peers:
            here.scripts[peer.host] = take_your_time
        for author in here.tokens:
            await here.post_many(author, [f"{author} {number}" for number in range(3)])
        await asyncio.wait_for(begun.wait(), 60)
        ending = asyncio.create_task(here.server.stop())
        await eventually(lambda: is_closed(here.server))
        stopping.set()  # the peers answer a server that is about to end
        status = await ending

        written = await read_written(here)
        arrived = set(here.noted.lines)
        here.scripts.clear()
        await here.server.start()
        verdict = await here.settle()

    report("D15 SIGTERM", verdict, on_their_way=len(arrived))
    assert (status, verdict.lost) == (0, 0)
    assert arrived <= written, "an attempt was cut after its body had left, and nobody wrote it down"


async def is_closed(server: ServerProcess) -> bool:
    """Whether nobody listens there any more."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return True
    writer.close()
    return False


async def read_written(here: Ground) -> set[Line]:
    """What the database of a server that is stopped says was tried."""
    conn = await here.connect()
    rows = await conn.fetch(
        """
        SELECT a.uri, d.inbox FROM delivery d JOIN activity a ON a.id = d.activity_id
        WHERE d.state = 'done' OR d.attempts > 0
        """
    )
    await conn.close()
    return {(row["uri"], row["inbox"]) for row in rows}
