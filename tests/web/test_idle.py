"""A server that nobody visits: few connections, and no library in memory that few requests need."""

import asyncio
import sys
from pathlib import Path

import pytest

from models import database
from models.database import Pool, connection, fetch_value
from tests.eventually import eventually
from tests.servers import RunningServer, running_server

IDLE, WORKING = 3, 9
"""Connections of one process: as few as that when nobody comes, and no more than the pool and the link when many do."""

RARELY_NEEDED = {"webauthn", "OpenSSL", "icalendar", "segno", "pyld", "PIL", "av", "rich", "babel.messages.pofile"}

START = """
import sys
from web import cli
sys.modules.update(dict.fromkeys(cli.UNWANTED))
import web.commands.server, web.serve
from web.templating import load_templates
templates = load_templates(("fr", "en"))
status = open("/proc/self/status").read()
print(status.split("RssAnon:")[1].split()[0], *(name for name, module in sys.modules.items() if module))
"""


async def count(pool: Pool, server: RunningServer) -> int:
    """Connections to the database of the server, without the one that asks."""
    async with connection(pool) as conn:
        found: int = await fetch_value(
            conn,
            "SELECT count(*) - $1::int FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend'",
            pool.get_size(),
        )
    return found


async def test_an_idle_process_keeps_three_connections_and_a_busy_one_its_pool(
    pool: Pool, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "IDLE_SECONDS", 0.2)
    async with running_server("lomme", database_url, tmp_path) as server:

        async def is_idle() -> bool:
            return await count(pool, server) <= IDLE

        await eventually(is_idle)
        together = asyncio.Barrier(6)

        async def work() -> None:
            async with connection(server.instance.pool):
                await together.wait()
                await together.wait()

        async with asyncio.TaskGroup() as crowd:
            for _ in range(5):
                crowd.create_task(work())
            await together.wait()
            assert IDLE < await count(pool, server) <= WORKING
            await together.wait()
        await eventually(is_idle)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from Linux")
async def test_a_start_reads_no_library_that_few_requests_need() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", START, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()

    kilobytes, *modules = out.decode().split()
    assert RARELY_NEEDED & set(modules) == set()
    assert int(kilobytes) < 80_000  # 67,000 with Python 3.11
