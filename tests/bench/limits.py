"""(a) The limits of the machine: what nothing built on these libraries can beat."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from models.store.postgres import embedded
from tests.bench.load import Request, send_all
from tests.bench.report import figure, heading, percentile
from tests.peers.programs import free_port


def _rate(act: Callable[[], object], *, seconds: float = 0.5) -> float:
    """Calls per second, the median of five rounds."""
    rates = []
    for _ in range(5):
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds / 5:
            for _ in range(10):
                act()
            count += 10
        rates.append(count / (time.perf_counter() - start))
    return percentile(rates, 0.5)


async def _hello_rate() -> float:
    async def hello(_: web.Request) -> web.Response:
        return web.Response(status=202)

    app = web.Application()
    app.add_routes([web.post("/inbox", hello)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    result = await send_all(port, [Request("POST", "/inbox", {"Host": "localhost"}, b"{}" * 1000)] * 5000)
    await runner.cleanup()
    return result.rate


async def _commit_rate(data: Path, connections: int) -> float:
    async with embedded(data) as url:
        pool = await asyncpg.create_pool(url, min_size=connections, max_size=connections)
        await pool.execute("CREATE TABLE IF NOT EXISTS bench_row (id bigserial PRIMARY KEY, body text)")
        deadline = time.perf_counter() + 2
        count = 0

        async def write() -> None:
            nonlocal count
            async with pool.acquire() as conn:
                while time.perf_counter() < deadline:
                    await conn.execute("INSERT INTO bench_row (body) VALUES ($1)", "x" * 1500)
                    count += 1

        await asyncio.gather(*(write() for _ in range(connections)))
        await pool.execute("DROP TABLE bench_row")
        await pool.close()
        return count / 2


async def run(folder: Path) -> None:
    """Print the limits."""
    heading("(a) limits of this machine")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    signature = key.sign(b"x" * 300, padding.PKCS1v15(), SHA256())
    public = key.public_key()
    figure("RSA-2048 verify", _rate(lambda: public.verify(signature, b"x" * 300, padding.PKCS1v15(), SHA256())), "/s")
    figure("RSA-2048 sign", _rate(lambda: key.sign(b"x" * 300, padding.PKCS1v15(), SHA256())), "/s")
    figure("aiohttp hello, 2 kB POST, generator on the same loop", await _hello_rate(), "/s")
    figure("single-row commits, 1 connection", await _commit_rate(folder / "limits", 1), "/s")
    figure("single-row commits, 10 connections", await _commit_rate(folder / "limits", 10), "/s")
