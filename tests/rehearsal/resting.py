"""From a start to the first answer; an instance that nobody visits; the two of the demo while they are visited."""

import asyncio
import json
import os
import signal
import time
from pathlib import Path

import aiohttp

from models.store.database import Pool, connection, fetch_value, open_pool
from models.store.postgres import embedded
from tests.bench.memory import LOOK_SECONDS, REST_SECONDS
from tests.bench.report import figure, heading
from tests.bench.server import DECLIC, list_python, processor_seconds, proportional_megabytes, running

VISITED = ("/", "/annonces", "/reseau", "/depannage", "/rencontres", "/communautes")

VISITS_SECONDS = 60


async def run_start(folder: Path) -> None:
    """What is installed starts again, its PostgreSQL with it; and the first page after it."""
    heading("from a start to the first answer")
    async with running(folder / "data") as first:
        port = first.port
    starts, pages = [], []
    for _ in range(3):
        async with running(folder / "data", port=port) as server, aiohttp.ClientSession() as session:
            begun = time.monotonic()
            async with session.get(f"{server.url}/") as answer:
                await answer.read()
            pages.append((time.monotonic() - begun) * 1000)
            starts.append(server.answered)
    figure("from a start to the first answer, middle of three", sorted(starts)[1], "s", at_most=3)
    figure("the first page after it", sorted(pages)[1], "ms")


async def run_idle(folder: Path) -> None:
    """Memory, connections and the processor of an instance that nobody visits, of one process and of two."""
    for processes, megabytes, connections in ((1, 70, 3), (2, 100, 5)):
        heading(f"an instance of {processes} that nobody visits, {REST_SECONDS.long} s after its start")
        async with running(folder / f"data{processes}", "--processes", str(processes)) as server:
            await asyncio.sleep(REST_SECONDS.long)
            name = f"{processes} at rest"
            figure(f"{name}: memory (PSS) without PostgreSQL", server.proportional_megabytes(), "MB", at_most=megabytes)
            worked, begun = server.processor_seconds(), time.monotonic()
            most = await _watch(server.pool, LOOK_SECONDS.long)
            share = (server.processor_seconds() - worked) / (time.monotonic() - begun)
            figure(f"{name}: connections to PostgreSQL at most", most, "", at_most=connections)
            figure(f"{name}: processor, thousandths of a core", share * 1000, "", at_most=3)


async def run_demo(folder: Path) -> None:
    """The same of the two instances of the demo, once they are furnished and people look around in them."""
    heading("the two instances of the demo while they are visited")
    env = {key: value for key, value in os.environ.items() if not key.startswith("DECLIC_")}
    process = await asyncio.create_subprocess_exec(
        DECLIC, "demo", env=env | {"DECLIC_DATA": str(folder)}, stdout=asyncio.subprocess.PIPE
    )
    try:
        await _wait_ready(process)
        for house in json.loads((folder / "demo.json").read_text()):
            await _visit(house, _find_server(process.pid, house["url"]))
    finally:
        process.send_signal(signal.SIGINT)
        await process.wait()


async def _wait_ready(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    async for line in process.stdout:
        if line.strip() == b"ready":
            return
    raise AssertionError("the demo did not become ready")


def _find_server(demo: int, url: str) -> int:
    """The process of the demo that serves this address."""
    wanted = f"DECLIC_URL={url}".encode()
    return next(pid for pid in list_python(demo) if pid != demo and wanted in Path(f"/proc/{pid}/environ").read_bytes())


async def _visit(house: dict[str, str], pid: int) -> None:
    async with embedded(Path(house["data"])) as database:
        pool = await open_pool(database, size=1)
        watching = asyncio.create_task(_watch(pool, VISITS_SECONDS))
        pages = 0
        async with aiohttp.ClientSession() as session:
            while not watching.done():
                async with session.get(f"{house['url']}{VISITED[pages % len(VISITED)]}") as answer:
                    await answer.read()
                    assert answer.status == 200, answer.url
                pages += 1
                await asyncio.sleep(0.2)
        figure(f"{house['name']}: pages shown meanwhile", pages, "")
        figure(f"{house['name']}: memory (PSS) without PostgreSQL", proportional_megabytes(pid), "MB")
        figure(f"{house['name']}: processor, of a core", processor_seconds(pid), "s")
        figure(f"{house['name']}: connections to PostgreSQL at most", await watching, "")
        await pool.close()


async def _watch(pool: Pool, seconds: int) -> int:
    """How many connections there were at most, but ours."""
    most = 0
    for _ in range(seconds):
        await asyncio.sleep(1)
        async with connection(pool) as conn:
            found: int = await fetch_value(
                conn,
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
        most = max(most, found)
    return most
