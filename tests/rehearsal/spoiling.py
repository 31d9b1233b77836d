"""What holds the data is spoilt: a full disk, a broken backup, a migration cut in the middle; when each is named."""

import asyncio
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg

from models.store.migrate import list_migrations
from models.store.postgres import embedded
from tests.bench.report import figure, heading
from tests.bench.server import DECLIC
from tests.peers.programs import free_port
from tests.rehearsal.breaking import WITHIN, House, let_fail, living
from tests.servers import wait_for_answer
from web.server.backups.manifest import DUMP

SIZE = "400m"

LITTLE = 16 << 20
"""Bytes: pictures are refused by then, and the database still has room."""

FULL = "presque plus de place sur le disque"

UNUSABLE = "La sauvegarde vérifiée en dernier ne peut pas servir"


async def run(folder: Path) -> None:
    """All of it."""
    heading("what holds the data is spoilt, and that is named")
    await _fill_disk(folder / "disk")
    await _spoil_backup(folder / "backup")
    await _cut_migration(folder / "cut")


async def _fill_disk(folder: Path) -> None:
    """The disk of the data, a small one: the list of the team says so before the database has no room either."""
    folder.mkdir()
    with _small_disk(folder) as mounted:
        if not mounted:
            heading("left out: a full disk, since this machine lets nobody mount a small one (root is needed)")
            return
        port = free_port()
        async with living(folder, port, {}) as house:
            await house.wait(FULL, there=False)
            _fill(folder / "filler", leaving=LITTLE)
            figure("a full disk: on /coop after", await house.wait(FULL, there=True), "s", at_most=WITHIN)
            _fill(folder / "filler")
            took, said = await let_fail(house.server.env, "doctor", "--json")
            assert {one["check"]: one["severity"] for one in json.loads(said)}["disk"] == "error"
            figure("not one byte left: `declic doctor` names it", took, "s", at_most=WITHIN)
            (folder / "filler").unlink()
            begun = time.monotonic()
            await wait_for_answer(f"{house.server.url}/readyz")
            figure("and with room again: it is ready after", time.monotonic() - begun, "s")


@contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    """A disk in memory at this folder, until the end of the block; whether there is one."""
    options = ("-t", "tmpfs", "-o", f"size={SIZE},mode=0711", "tmpfs")
    mounted = (
        os.geteuid() == 0 and subprocess.run(["mount", *options, str(folder)], check=False, timeout=60).returncode == 0
    )
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True, timeout=60)


def _fill(path: Path, *, leaving: int = 0) -> None:
    with path.open("ab", buffering=0) as file:
        for block in (1 << 20, 1 << 12):
            with suppress(OSError):
                while shutil.disk_usage(path.parent).free > leaving:
                    file.write(bytes(block))


async def _spoil_backup(folder: Path) -> None:
    """One byte of a backup is another: whoever proves it is told, and the team on its list."""
    folder.mkdir()
    port = free_port()
    async with living(folder, port, {}) as house:
        made = Path(await house.server.run("backup", str(folder / "backups")))
        dump = made / DUMP
        spoilt = bytearray(dump.read_bytes())
        spoilt[len(spoilt) // 2] ^= 1
        dump.write_bytes(spoilt)
        begun = time.monotonic()
        took, said = await let_fail(house.server.env, "backup", "verify", str(made))
        assert DUMP in said, said
        figure("a broken backup: `declic backup verify` says it", took, "s", at_most=WITHIN)
        await house.wait(UNUSABLE, there=True)
        figure("a broken backup: on /coop after", time.monotonic() - begun, "s", at_most=WITHIN)
        await _prove_another(house, folder)


async def _prove_another(house: House, folder: Path) -> None:
    await house.server.run("backup", "verify", await house.server.run("backup", "--full", str(folder / "backups")))
    await house.wait(UNUSABLE, there=False)


async def _cut_migration(folder: Path) -> None:
    """`declic migrate` is killed half way: the doctor names it, and the next start goes on where it stopped."""
    folder.mkdir()
    port, half = free_port(), len(list_migrations()) // 2
    env = {key: value for key, value in os.environ.items() if not key.startswith("DECLIC_")}
    env |= {"DECLIC_URL": f"http://127.0.0.1:{port}", "DECLIC_LISTEN": f"127.0.0.1:{port}"}
    env |= {"DECLIC_DATA": str(folder / "data"), "DECLIC_TEST_FEDERATION": "on", "DECLIC_LOG_LEVEL": "warning"}
    async with embedded(folder / "database") as url:
        env["DECLIC_DATABASE_URL"] = url
        conn = await asyncpg.connect(url)
        process = await asyncio.create_subprocess_exec(DECLIC, "migrate", env=env)
        while await _count_applied(conn) < half:
            await asyncio.sleep(0.005)
        process.kill()
        assert await process.wait() < 0
        begun, applied = time.monotonic(), await _count_applied(conn)
        await conn.close()
        assert half <= applied < len(list_migrations())
        _, said = await let_fail(env, "doctor", "--json")
        found = {one["check"]: one for one in json.loads(said)}["database"]
        assert found["severity"] == "error" and "migrate" in found["command"], found
        took = time.monotonic() - begun
        figure("an interrupted migration: `declic doctor` names it", took, "s", at_most=WITHIN)
        begun = time.monotonic()
        process = await asyncio.create_subprocess_exec(DECLIC, "serve", env=env)
        try:
            await wait_for_answer(f"{env['DECLIC_URL']}/readyz")
            figure("an interrupted migration: the next start ends it in", time.monotonic() - begun, "s")
        finally:
            process.terminate()
            await process.wait()


async def _count_applied(conn: asyncpg.Connection) -> int:
    if await conn.fetchval("SELECT to_regclass('migration')") is None:
        return 0
    found: int = await conn.fetchval("SELECT count(*) FROM migration")
    return found
