"""The embedded server, shared by all processes of one data folder: the first starts it, the last one stops it."""

import asyncio
import fcntl
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import asyncpg
import structlog

from models.errors import Unavailable
from models.store.background.beats import until_beat
from models.store.background.supervised_tasks import Background
from models.store.postgres import cluster as clusters
from models.store.postgres.account import describe_user
from models.store.postgres.binaries import DatabaseError, list_clusters
from models.store.postgres.cluster import Cluster

log = structlog.get_logger(__name__)

NEEDED = ("pg_trgm", "unaccent")

WATCH_SECONDS = 5.0

LOOK_SECONDS = 0.05

NEEDED_FILES = ("postgres.lock", "postgres.users", "socket", "media")
"""What stands in the data folder beside the databases, pgNN, and has to be of the account that runs us."""


@asynccontextmanager
async def embedded(data: Path) -> AsyncIterator[str]:
    """The URL of the database in `data`, running for as long as the block lasts.

    Joins the server when it runs already, and starts it again when it dies meanwhile. Raises DatabaseError.
    """
    _make_folder(data)
    use = os.open(data / "postgres.users", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        async with starting(data):
            cluster = await asyncio.to_thread(clusters.find_cluster, data)
            process = await _ensure_running(cluster)
            await _ensure_database(cluster)
            fcntl.flock(use, fcntl.LOCK_SH)  # "I use it"; the kernel forgets it when we die, whatever the way
        watch = Background(None)
        watch.start("database", partial(_keep_running, cluster, process))
        try:
            yield cluster.url()
        finally:
            await watch.stop()
            async with starting(data):
                await _stop_if_last(cluster, use)
    finally:
        os.close(use)


async def stop_unused(data: Path, *, seconds: float = 15) -> None:
    """Stop the server that killed processes left running in `data`. Raises DatabaseError while others use it."""
    if not (data / "postgres.users").exists() or not list_clusters(data):
        return
    use = os.open(data / "postgres.users", os.O_RDWR)
    try:
        for _ in range(int(seconds / LOOK_SECONDS)):
            async with starting(data):
                cluster = await asyncio.to_thread(clusters.find_cluster, data)
                await _stop_if_last(cluster, use)
                if clusters.find_postmaster(cluster) is None:
                    return
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        os.close(use)
    raise DatabaseError(f"Another process still works with {data}; stop it first.")


async def stop_left_behind(data: Path) -> None:
    """Stop the server of processes that were killed, unless others use it."""
    with suppress(DatabaseError):
        await stop_unused(data, seconds=LOOK_SECONDS)


async def _ensure_running(cluster: Cluster) -> "subprocess.Popen[bytes] | None":
    """The process that we started, or None where a server runs already."""
    for _ in range(clusters.RECOVERY_SECONDS * 10):
        if await clusters.is_alive(cluster):
            return None
        if not await clusters.is_waking(cluster):
            break
        await asyncio.sleep(0.1)
    if not cluster.folder.exists():
        log.info("database_created", folder=str(cluster.folder), postgresql=cluster.binaries.version)
        await asyncio.to_thread(clusters.create, cluster)
    return await clusters.start(cluster)


async def _ensure_database(cluster: Cluster) -> None:
    conn = await asyncpg.connect(cluster.url("postgres"), timeout=30)
    try:
        if not await conn.fetchval("SELECT true FROM pg_database WHERE datname = 'declic'"):
            await conn.execute("CREATE DATABASE declic")
        found = await conn.fetch("SELECT name FROM pg_available_extensions WHERE name = ANY($1)", NEEDED)
    finally:
        await conn.close()
    missing = sorted(set(NEEDED) - {row["name"] for row in found})
    if missing:
        raise DatabaseError(
            f"PostgreSQL {cluster.binaries.version} in {cluster.binaries.folder} lacks the extensions "
            f"{' and '.join(missing)}: install the package postgresql-contrib and start again."
        )


async def _keep_running(cluster: Cluster, process: "subprocess.Popen[bytes] | None") -> None:
    """Start the server again when it has died; requests meanwhile get 503 and come back by themselves."""
    while True:
        await asyncio.sleep(until_beat(WATCH_SECONDS))
        if process is not None:
            process.poll()  # takes the leavings of a dead child
        clusters.shorten_log(cluster)
        if clusters.find_postmaster(cluster) is not None or await clusters.is_alive(cluster):
            continue
        try:
            async with starting(cluster.folder.parent):
                process = await _ensure_running(cluster) or process
            log.warning("database_started_again", folder=str(cluster.folder))
        except (DatabaseError, Unavailable, OSError) as error:
            log.error("database_not_started", cause=str(error))


async def _stop_if_last(cluster: Cluster, use: int) -> None:
    try:
        fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # another process of this data folder works with it
    await clusters.stop(cluster)


@asynccontextmanager
async def starting(data: Path) -> AsyncIterator[None]:
    """One process at a time starts, joins or stops the server."""
    lock = os.open(data / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(0.05)
        yield
    finally:
        os.close(lock)


def _make_folder(data: Path) -> None:
    try:
        # Others may pass through, never look: as root, PostgreSQL may have to run as another account.
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(f"The data folder {data} cannot be made: {error.strerror}.") from None
    if not os.access(data, os.W_OK):
        raise DatabaseError(f"The data folder {data} is not writable by this account.")
    require_ownership(data)


def require_ownership(data: Path) -> None:
    """Raise DatabaseError for what another account, mostly root, left in the data folder and we could not use."""
    ours = os.geteuid()
    if ours == 0:
        return  # what root finds, it can use, or another account runs PostgreSQL (account.py)
    for path in sorted(data.iterdir()):
        owner = path.lstat().st_uid
        if owner != ours and (path.name in NEEDED_FILES or path.name.startswith("pg")):
            raise DatabaseError(
                f"{path} belongs to {describe_user(owner)}: a command was run as another account. Give the whole "
                f"folder back as root: chown -R {describe_user(ours)}: {data}"
            )
