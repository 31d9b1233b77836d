"""A disk that is really full: a small one of its own for a whole server, with the log of its database and pictures."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.drills.ground import LONG
from tests.drills.report import report
from tests.eventually import eventually
from tests.peers.programs import free_port
from tests.picture_files import draw, encode
from tests.servers import DECLIC, PASSWORD, make_environment, wait_for_answer

SIZE = "400m"

LOCATE = (
    "import pathlib, sys; from models.store.postgres.cluster import find_cluster; "
    "print(find_cluster(pathlib.Path(sys.argv[1])).url())"
)
"""How to connect, as only a process that sees the disk can tell."""

SWITCH = "SELECT pg_switch_wal() FROM (SELECT pg_logical_emit_message(true, 'drill', repeat('x', 100000))) AS written"
"""Ends a segment of PostgreSQL's log, so that it needs room for the next one."""


async def can_mount(folder: Path) -> bool:
    """Whether this machine lets us mount a disk that only our own processes see."""
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("nsenter"):
        return False
    trial = await asyncio.create_subprocess_exec(
        "unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    return await trial.wait() == 0


@dataclass(slots=True, kw_only=True)
class Disk:
    """A server whose data stand on a small disk that only it sees; `session` is Alice's app."""

    url: str
    env: dict[str, str]
    data: Path
    process: asyncio.subprocess.Process
    session: aiohttp.ClientSession

    @property
    def filler(self) -> Path:
        """The file that takes all the room, as it is reached from outside."""
        return Path(f"/proc/{self.process.pid}/root") / self.data.relative_to("/") / "filler"

    async def run(self, *command: str) -> str:
        """A command that sees the same disk; what it prints."""
        process = await asyncio.create_subprocess_exec(
            "nsenter", "-m", "-t", str(self.process.pid), *command,
            env=self.env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await process.communicate()
        return out.decode().strip()

    async def ask(self, sql: str) -> str:
        """One value from the database, whoever serves it just now; nothing when it does not answer."""
        program = (
            "import asyncio, asyncpg, sys\n"
            "async def ask():\n"
            "    conn = await asyncpg.connect(sys.argv[1], timeout=5)\n"
            "    print(await conn.fetchval(sys.argv[2]))\n"
            "asyncio.run(ask())"
        )
        url = await self.run(sys.executable, "-c", LOCATE, str(self.data))
        return await self.run(sys.executable, "-c", program, url, sql)

    def fill(self) -> None:
        """Take all the room that is left."""
        with self.filler.open("ab", buffering=0) as file:
            for block in (1 << 20, 1 << 12):
                try:
                    while True:
                        file.write(bytes(block))
                except OSError:
                    continue

    async def post(self, text: str) -> int:
        """Publish a note; the status."""
        headers = {"Idempotency-Key": text[:40]}
        async with self.session.post(f"{self.url}/api/v1/statuses", json={"status": text}, headers=headers) as answer:
            await answer.read()
            return answer.status

    async def upload(self) -> int:
        """Hand in a picture; the status."""
        form = aiohttp.FormData()
        form.add_field("file", encode(draw(1200, 900)), filename="tente.jpg", content_type="image/jpeg")
        async with self.session.post(f"{self.url}/api/v2/media", data=form) as answer:
            await answer.read()
            return answer.status

    async def read(self, path: str) -> int:
        """The status of a page."""
        async with self.session.get(f"{self.url}{path}") as answer:
            await answer.read()
            return answer.status


@asynccontextmanager
async def open_disk(folder: Path) -> AsyncIterator[Disk]:
    """A server on its own small disk, and Alice, who has an account there."""
    data = folder / "disk"
    data.mkdir()
    env = make_environment(data, free_port(), rate_limit="0")
    mount = f'mount -t tmpfs -o size={SIZE},mode=0711 tmpfs "$1" && exec "$2" serve'
    process = await asyncio.create_subprocess_exec("unshare", "-m", "sh", "-c", mount, "sh", str(data), DECLIC, env=env)
    try:
        await wait_for_answer(f"{env['DECLIC_URL']}/readyz")
        async with aiohttp.ClientSession() as session:
            disk = Disk(url=env["DECLIC_URL"], env=env, data=data, process=process, session=session)
            await disk.run(DECLIC, "account", "create", "alice", "--email", "a@b.test", "--password", PASSWORD)
            await disk.run(DECLIC, "open", "--publisher", "Alice", "--host", "Here")
            token = await disk.run(DECLIC, "token", "create", "alice")
            session.headers["Authorization"] = f"Bearer {token}"
            yield disk
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 30)


async def test_d06_a_disk_that_is_really_full_loses_nothing_and_room_is_all_that_is_missing(tmp_path: Path) -> None:
    if not LONG:
        pytest.skip("half a minute; `make drills` runs it")
    if not await can_mount(tmp_path):
        pytest.skip("this machine lets nobody mount a small disk: root, unshare and nsenter are needed")
    told: list[str] = []
    statuses: dict[str, list[int]] = {"full": [], "log": [], "pictures": [], "pages": []}
    async with open_disk(tmp_path) as disk:

        async def post(text: str) -> int:
            status = await disk.post(text)
            if status == 200:
                told.append(text)
            return status

        assert await post("avant") == 200

        disk.fill()
        for number in range(40):
            statuses["full"].append(await post(f"plein {number} " + "x" * 4000))
        statuses["pictures"] = [await disk.upload() for _ in range(3)]
        statuses["pages"] = [await disk.read(path) for path in ("/", "/@alice")]
        for number in range(6):  # until PostgreSQL cannot write its log either, and stops itself
            await disk.ask(SWITCH)
            disk.fill()
            statuses["log"].append(await post(f"journal {number}"))
        disk.filler.unlink()

        async def works_again() -> bool:
            return await post("après") == 200 and await disk.upload() == 200

        await eventually(works_again, within=60)
        kept = int(await disk.ask("SELECT count(*) FROM post WHERE local"))
        halves = int(
            await disk.ask("SELECT count(*) FROM post p WHERE local AND NOT EXISTS (SELECT FROM activity a "
                           "WHERE a.object_uri = p.uri)")
        )  # fmt: skip

        crashed = int(await disk.run("sh", "-c", 'cat "$0"/*.log | grep -c PANIC', str(disk.data)) or 0)

    seen: dict[str, Any] = {name: sorted(set(found)) for name, found in statuses.items()}
    report("D6 a disk really full", **seen, told=len(set(told)), kept=kept, halves=halves, crashes=crashed)
    assert set(statuses["full"]) | set(statuses["log"]) <= {200, 503, 507}
    assert 503 in statuses["log"]
    assert crashed, "the log of the database was out of room too"
    assert set(statuses["pictures"]) <= {503, 507}
    assert statuses["pages"] == [200, 200]
    assert (kept, halves) == (len(set(told)), 0)
