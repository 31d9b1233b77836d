"""A whole server as a real process: `declic serve` with its embedded database, and what a bench prepares in it."""

import asyncio
import compileall
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from models.store.database import Pool, open_pool
from models.store.postgres import embedded
from tests.bench.founded import FOUNDED, Founded
from tests.peers.programs import free_port

DECLIC = str(Path(sys.executable).with_name("declic"))

LAYERS = ("models", "federation", "outbox", "inbox", "web")


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchServer:
    """A running server; `pool` reaches the same database. Its first answer came after `answered` seconds."""

    port: int
    url: str
    data: Path
    env: dict[str, str]
    pool: Pool
    process: asyncio.subprocess.Process
    answered: float

    async def run(self, *arguments: str) -> str:
        """A command of `declic` beside the running server; what it prints."""
        process = await asyncio.create_subprocess_exec(
            DECLIC, *arguments, env=self.env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode().strip()

    def resident_megabytes(self) -> float:
        """Memory of the server's processes without PostgreSQL."""
        return sum(_read(pid, "status", "VmRSS:") for pid in list_python(self.process.pid)) / 1024

    def proportional_megabytes(self) -> float:
        """The same, what is shared with other processes of this machine divided among them (PSS)."""
        return proportional_megabytes(self.process.pid)

    def processor_seconds(self) -> float:
        """What its processes without PostgreSQL worked so far."""
        return processor_seconds(self.process.pid)

    def count_switches(self) -> int:
        """How often these processes were put to work so far."""
        return sum(_read(pid, "status", "voluntary_ctxt_switches:") for pid in list_python(self.process.pid))

    def database_seconds(self) -> float:
        """What the embedded PostgreSQL under these processes worked so far, those of it that ended included."""
        return sum(
            _read_processor_seconds(one, ended=True)
            for pid in list_python(self.process.pid)
            for child in _list_children(pid)
            if not _is_python(child)
            for one in (child, *_list_children(child))
        )


def proportional_megabytes(pid: int) -> float:
    """Memory of a process and its children without PostgreSQL, what they share with others divided among them."""
    return sum(_read(one, "smaps_rollup", "Pss:") for one in list_python(pid)) / 1024


def processor_seconds(pid: int) -> float:
    """What these processes worked so far."""
    return sum(map(_read_processor_seconds, list_python(pid)))


def _read(pid: int, file: str, label: str) -> int:
    return int(Path(f"/proc/{pid}/{file}").read_text().split(f"\n{label}")[1].split()[0])


def _read_processor_seconds(pid: int, *, ended: bool = False) -> float:
    """utime and stime of proc(5); with `ended` those of children that ended too."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11 : 15 if ended else 13])) / os.sysconf("SC_CLK_TCK")


def list_python(pid: int) -> list[int]:
    """A process and its children that are Python."""
    return [pid, *(one for child in _list_children(pid) if _is_python(child) for one in list_python(child))]


def _list_children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _is_python(pid: int) -> bool:
    return "python" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode().rpartition("/")[2]


def compile_modules() -> None:
    """Keep what each module is compiled to, as an installation does: a server that compiles what it reads starts later
    and keeps 5 MB more. A checkout may have none, where PYTHONDONTWRITEBYTECODE is set.
    """
    for layer in LAYERS:
        compileall.compile_dir(Path(__file__).parents[2] / layer, quiet=2, workers=0)


@asynccontextmanager
async def running(
    data: Path, *options: str, command: str = "serve", port: int | None = None, **settings: str
) -> AsyncIterator[BenchServer]:
    """Start `declic serve` on a free port with its data in `data`; settings as `ca_file="…"`.

    An instance keeps its address: a second process on the same data takes the `port` of the first. Data that is not
    there yet is a copy of what was founded for this run, if anything was.
    """
    founded = FOUNDED.get()
    if founded is not None and port is None and not data.exists():
        await founded.copy_to(data)
        port = founded.port
    port = port or free_port()
    env = {key: value for key, value in os.environ.items() if not key.startswith("DECLIC_")}
    env |= {
        "DECLIC_URL": f"http://127.0.0.1:{port}",
        "DECLIC_LISTEN": f"127.0.0.1:{port}",
        "DECLIC_DATA": str(data),
        "DECLIC_TEST_FEDERATION": "on",
        "DECLIC_RATE_LIMIT": "0",
        "DECLIC_LOG_LEVEL": "warning",
        "DECLIC_PROCESSES": "1",
    } | {f"DECLIC_{name.upper()}": value for name, value in settings.items()}
    begun = time.monotonic()
    process = await asyncio.create_subprocess_exec(DECLIC, command, *options, env=env)
    try:
        if command == "serve":
            await _wait(f"http://127.0.0.1:{port}/healthz")
        answered = time.monotonic() - begun
        async with embedded(data) as url:
            pool = await open_pool(url, size=4)
            await pool.execute("DELETE FROM preference WHERE key = 'closed'")
            yield BenchServer(
                port=port, url=env["DECLIC_URL"], data=data, env=env, pool=pool, process=process, answered=answered
            )
            await pool.close()
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), 60)  # a busy machine takes its time


async def found(data: Path) -> Founded:
    """Found a server in `data` and stop it before it does anything else."""
    async with running(data, "--no-worker") as server:
        return Founded(data=data, port=server.port)


async def _wait(url: str) -> None:
    async with asyncio.timeout(180), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
