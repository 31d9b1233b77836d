"""A database moved from one major of PostgreSQL to a later one; the old one is put beside, untouched."""

import asyncio
import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import asyncpg

from models.store.postgres import cluster as clusters
from models.store.postgres.account import choose_account, place_binaries
from models.store.postgres.binaries import Binaries, DatabaseError, find_binaries, list_clusters, read_major
from models.store.postgres.cluster import Cluster, find_cluster, find_sockets
from models.store.postgres.server import starting


async def move_database(data: Path, major: int) -> Path:
    """Dump the database of `data` into a new one of `major`; where the old one stands now.

    Raises DatabaseError when there is not exactly one before it, its or the new programs are missing, or it is in use.
    """
    existing = list_clusters(data)
    if len(existing) != 1 or read_major(existing[0]) >= major:
        raise DatabaseError(f"{data} holds no single database of a major before {major}.")
    binaries = _require_binaries(major)
    use = os.open(data / "postgres.users", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        async with starting(data):
            _require_alone(use, data)
            old = await asyncio.to_thread(find_cluster, data)
            new = await asyncio.to_thread(_make_place, data, binaries)
            await _copy(old, new)
            kept = old.folder.with_name(f"old-{old.folder.name}")
            # In this order: should we die in between, two databases are found, and the next start asks what to do.
            new.folder.rename(data / f"pg{major}")
            old.folder.rename(kept)
    finally:
        os.close(use)
    return kept


def _require_binaries(major: int) -> Binaries:
    for binaries in find_binaries():
        if binaries.major == major:
            return binaries
    raise DatabaseError(f"PostgreSQL {major} is not on this machine.")


def _require_alone(use: int, data: Path) -> None:
    try:
        fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DatabaseError(f"Another process works with {data}; stop the server first.") from None


def _make_place(data: Path, binaries: Binaries) -> Cluster:
    folder = data / f"pg{binaries.major}.moving"
    shutil.rmtree(folder, ignore_errors=True)
    account = choose_account(data, folder)
    cluster = Cluster(
        folder=folder,
        sockets=find_sockets(data, account, "socket.moving"),
        binaries=place_binaries(binaries, data, account),
        account=account,
    )
    clusters.create(cluster)
    return cluster


async def _copy(old: Cluster, new: Cluster) -> None:
    running = [await clusters.start(old)] if not await clusters.is_alive(old) else []
    try:
        running.append(await clusters.start(new))
        conn = await asyncpg.connect(new.url("postgres"))
        await conn.execute("CREATE DATABASE declic")
        await conn.close()
        await asyncio.to_thread(_dump_and_restore, old, new)
        conn = await asyncpg.connect(new.url())
        await conn.execute("ANALYZE")
        await conn.close()
    finally:
        for cluster in (new, old):
            await clusters.stop(cluster)
        for process in running:
            await asyncio.to_thread(process.wait)


def _dump_and_restore(old: Cluster, new: Cluster) -> None:
    """Each by its own programs: what a distribution patched into its server, only its own pg_dump knows."""
    dump = [*old.account.prefix, old.binaries.program("pg_dump"), "--format=custom", f"--dbname={old.url()}"]
    restore = [*new.account.prefix, new.binaries.program("pg_restore"), "--exit-on-error", f"--dbname={new.url()}"]
    reading, writing = old.account.options(), new.account.options()
    with subprocess.Popen(dump, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **reading) as source:  # noqa: S603
        target = subprocess.run(restore, stdin=source.stdout, capture_output=True, check=False, **writing)  # noqa: S603
        failed = source.wait() or target.returncode
        if failed:
            words = (source.stderr.read() if source.stderr else b"") or target.stderr
            raise DatabaseError(f"The database could not be copied: {words.decode(errors='replace').strip()[:500]}")
