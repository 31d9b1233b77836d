"""(a) The limits of the machine: what nothing built on these libraries can beat."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

import asyncpg
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from models.store.postgres import embedded
from tests.bench.load import Request, send_all
from tests.bench.machine import MEASURED, REFERENCE, YARDSTICKS, Limits
from tests.bench.report import figure, heading
from tests.bench.rig.handshakes import Handshakes
from tests.peers.programs import free_port

SUM = "SELECT sum(n % 7) FROM generate_series(1, 100000) AS n"


class Machine:
    """Measures the limits again and again, with a database and a key of its own."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", folder: Path) -> None:
        self._pool = pool
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._signature = self._key.sign(b"x" * 300, padding.PKCS1v15(), SHA256())
        self._public = self._key.public_key()
        self._handshakes = Handshakes(folder)

    async def measure(self, *, seconds: float = 0.15) -> Limits:
        """Each limit, for about so long each."""
        verifies, verify_work = _measure_rate(self._verify, seconds)
        signs, _ = _measure_rate(self._sign, seconds)
        handshakes, _ = _measure_rate(self._handshakes.shake, seconds)
        hellos, hello_work = await _measure_hellos(int(4000 * seconds))
        limits = Limits(
            verifies=verifies,
            signs=signs,
            handshakes=handshakes,
            hellos=hellos,
            commits=await self._measure_commits(1, seconds),
            commits_together=await self._measure_commits(10, seconds),
            statement=await self._measure_query("SELECT body FROM bench_row WHERE id = 1", seconds),
            sum=await self._measure_query(SUM, seconds),
            verify_work=verify_work,
            hello_work=hello_work,
        )
        MEASURED.set(limits)
        return limits

    def _verify(self) -> None:
        self._public.verify(self._signature, b"x" * 300, padding.PKCS1v15(), SHA256())

    def _sign(self) -> None:
        self._key.sign(b"x" * 300, padding.PKCS1v15(), SHA256())

    async def _measure_commits(self, connections: int, seconds: float) -> float:
        deadline = time.perf_counter() + seconds
        count = 0

        async def write() -> None:
            nonlocal count
            async with self._pool.acquire() as conn:
                while time.perf_counter() < deadline:
                    await conn.execute("INSERT INTO bench_row (body) VALUES ($1)", "x" * 1500)
                    count += 1

        begun = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(write())
        return count / (time.perf_counter() - begun)

    async def _measure_query(self, statement: str, seconds: float) -> float:
        """Milliseconds, the median."""
        took = list[float]()
        deadline = time.perf_counter() + seconds
        async with self._pool.acquire() as conn:
            while time.perf_counter() < deadline or len(took) < 5:
                begun = time.perf_counter()
                await conn.fetchval(statement)
                took.append(1000 * (time.perf_counter() - begun))
        return median(took)


@asynccontextmanager
async def watching_machine(folder: Path) -> AsyncIterator[Machine]:
    """A small database beside what is measured, which rests unless the limits are asked for."""
    async with embedded(folder / "limits") as url:
        pool = await asyncpg.create_pool(url, min_size=10, max_size=10)
        await pool.execute("CREATE TABLE bench_row (id bigserial PRIMARY KEY, body text)")
        await pool.execute("INSERT INTO bench_row (body) VALUES ('x')")
        try:
            yield Machine(pool, folder)
        finally:
            await pool.close()


def _measure_rate(act: Callable[[], object], seconds: float) -> tuple[float, float]:
    """Calls per second, the median of five rounds; and the least processor time of one, in milliseconds."""
    rates, works = list[float](), list[float]()
    for _ in range(5):
        count, start, worked = 0, time.perf_counter(), time.process_time()
        while time.perf_counter() - start < seconds / 5:
            act()
            count += 1
        rates.append(count / (time.perf_counter() - start))
        works.append(1000 * (time.process_time() - worked) / count)
    return median(rates), min(works)


async def _measure_hellos(count: int) -> tuple[float, float]:
    """Answers per second of an application that does nothing, and the processor time of each in milliseconds."""

    async def hello(_: web.Request) -> web.Response:
        return web.Response(status=202)

    app = web.Application()
    app.add_routes([web.post("/inbox", hello)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    worked = time.process_time()
    result = await send_all(port, [Request("POST", "/inbox", {"Host": "localhost"}, b"{}" * 1000)] * count)
    worked = time.process_time() - worked
    await runner.cleanup()
    return result.rate, 1000 * worked / count


async def run(_: Path) -> None:
    """Print the limits, and what is made of them, beside those of the machine on which targets were set."""
    here = MEASURED.get()
    heading("(a) limits of this machine")
    figure("RSA-2048 verify", here.verifies, "/s")
    figure("RSA-2048 sign", here.signs, "/s")
    figure("TLS handshakes, both ends", here.handshakes, "/s")
    figure("aiohttp hello, 2 kB POST, generator on the same loop", here.hellos, "/s")
    figure("single-row commits, 1 connection", here.commits, "/s")
    figure("single-row commits, 10 connections", here.commits_together, "/s")
    figure("one row by its key, there and back", here.statement, "ms")
    figure("PostgreSQL adds up 100,000 numbers", here.sum, "ms")
    for name, measure in YARDSTICKS.items():
        figure(f"yardstick: {name}, to the reference", measure(here) / measure(REFERENCE), "×")
