"""One data folder: made by initdb, started, asked whether it lives, stopped."""

import asyncio
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg
import structlog

from models.store.postgres.account import SystemUser, choose_account, place_binaries
from models.store.postgres.binaries import Binaries, DatabaseError, choose_binaries, list_clusters
from models.store.postgres.memory import choose_shared_buffers

log = structlog.get_logger(__name__)

SOCKET_NAME = ".s.PGSQL.5432"

SOCKET_LIMIT = 107
"""Bytes that the kernel allows in the path of a unix socket."""

LOG_LIMIT, LOG_END = 5_000_000, 100_000
"""A log of the server that is longer is cut to its end."""

RECOVERY_SECONDS = 600
"""How long a start may take: after a crash PostgreSQL replays its log first."""

OPTIONS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "log_min_messages": "log",  # starts, stops and crashes; failed statements are told where they were asked
    "log_checkpoints": "off",
    "wal_writer_delay": "1s",  # what does not wait for the disk is on it after three; half as many wake-ups at rest
    "bgwriter_delay": "1s",
    "max_logical_replication_workers": "0",  # nobody subscribes here: one process less
}
"""Modest for a small server, with what `memory` chooses. Durability stays as PostgreSQL ships it: fsync and synchronous
commits on.
"""

SYNCHRONOUS_FROM = 18
"""From this major on three more processes would read from the disk for the others; the system reads ahead as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A database of PostgreSQL on this machine: where it is, what runs it and as whom."""

    folder: Path
    sockets: Path
    binaries: Binaries
    account: SystemUser

    def url(self, database: str = "declic") -> str:
        """How to connect to one of its databases."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.sockets), safe='/')}&port=5432"


def find_cluster(data: Path) -> Cluster:
    """The cluster of `data`, existing or to be made. Raises DatabaseError when that is not clear."""
    binaries = choose_binaries(data)
    existing = list_clusters(data)
    folder = existing[0] if existing else data / f"pg{binaries.major}"
    account = choose_account(data, folder)
    return Cluster(
        folder=folder,
        sockets=find_sockets(data, account),
        binaries=place_binaries(binaries, data, account),
        account=account,
    )


def find_sockets(data: Path, account: SystemUser, name: str = "socket") -> Path:
    """The private folder of the socket: in `data`, or in /run or /tmp where that path would be too long."""
    folder = data / name
    if len(os.fsencode(folder / SOCKET_NAME)) > SOCKET_LIMIT:
        name = f"declic-{os.geteuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
        base = Path("/run") if os.access("/run", os.W_OK) else Path(tempfile.gettempdir())
        folder = base / name
    try:
        folder.mkdir(mode=0o700)
        account.give(folder)
    except FileExistsError:
        found = folder.lstat()  # in /tmp somebody else could have put it there first
        if folder.is_symlink() or found.st_mode & 0o077 or not _is_ours(found.st_uid, account):
            raise DatabaseError(f"{folder} belongs to somebody else or is open to others; remove it.") from None
    return folder


def _is_ours(owner: int, account: SystemUser) -> bool:
    return owner == os.geteuid() or owner == account.options().get("user")


def create(cluster: Cluster) -> None:
    """Run initdb into a folder beside, renamed when complete, so that a start that dies leaves nothing half made."""
    unfinished = cluster.folder.with_name(f"{cluster.folder.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    cluster.account.give(unfinished)
    command = [*cluster.account.prefix, cluster.binaries.program("initdb"), "-D", str(unfinished)]
    command += ["-U", "postgres", "-A", "trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
    if cluster.binaries.major >= 17:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, **cluster.account.options())  # noqa: S603
    if answer.returncode != 0:
        raise DatabaseError(f"PostgreSQL could not make its folder {cluster.folder}: {_last_line(answer.stderr)}")
    unfinished.rename(cluster.folder)


async def start(cluster: Cluster) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers. Raises DatabaseError with its last words when it does not."""
    other = find_postmaster(cluster)
    if other is not None:
        raise DatabaseError(
            f"PostgreSQL (process {other}) has {cluster.folder} open but does not answer: stop it with "
            f"`kill -INT {other}` and start again."
        )
    process = _launch(cluster)
    for _ in range(RECOVERY_SECONDS * 20):
        if process.poll() is not None:
            raise DatabaseError(
                f"PostgreSQL does not start: {_last_line(_log_file(cluster).read_text(errors='replace'))}"
            )
        if await is_alive(cluster):
            return process
        await asyncio.sleep(0.05)
    raise DatabaseError(
        f"PostgreSQL did not answer within {RECOVERY_SECONDS} seconds; {_log_file(cluster)} tells more."
    )


def list_options(cluster: Cluster) -> dict[str, str]:
    """All that its server is told at a start, by the names of the settings."""
    here = {"unix_socket_directories": str(cluster.sockets), "shared_buffers": choose_shared_buffers(cluster.folder)}
    since = {"io_method": "sync", "io_max_concurrency": "4"} if cluster.binaries.major >= SYNCHRONOUS_FROM else {}
    return OPTIONS | here | since


def _launch(cluster: Cluster) -> subprocess.Popen[bytes]:
    path = _log_file(cluster)
    shorten_log(cluster)
    command = [*cluster.account.prefix, cluster.binaries.program("postgres"), "-D", str(cluster.folder)]
    for name, value in list_options(cluster).items():
        command += ["-c", f"{name}={value}"]
    # A pid file left by a crash may name a process that is another program by now (in a container nearly always):
    # PostgreSQL ignores the process that it is told to be its grandparent, and checks the shared memory all the same.
    stale = read_pid_file(cluster)
    environment = {"PG_GRANDPARENT_PID": str(stale)} if stale else {}
    with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as output:
        return subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C at the terminal is for us; we stop it in our own time
            **cluster.account.options(environment),
        )


def shorten_log(cluster: Cluster) -> None:
    """Keep the end of a log that has grown long; the server goes on writing behind it."""
    path = _log_file(cluster)
    if not path.exists() or path.stat().st_size <= LOG_LIMIT:
        return
    with path.open("r+b") as file:
        file.seek(-LOG_END, os.SEEK_END)
        end = file.read()
        file.truncate(0)
    with path.open("ab") as file:
        file.write(end)


def _log_file(cluster: Cluster) -> Path:
    return cluster.folder.with_suffix(".log")


async def is_alive(cluster: Cluster) -> bool:
    """Whether the server answers on its socket: the only proof of life that counts."""
    try:
        conn = await asyncpg.connect(cluster.url("postgres"), timeout=5)
    except asyncpg.TooManyConnectionsError:
        return True
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    try:
        served = Path(await conn.fetchval("SHOW data_directory"))
    finally:
        await conn.close()
    if served != cluster.folder:
        raise DatabaseError(f"The server on {cluster.sockets} serves {served}, not {cluster.folder}; stop it.")
    return True


async def is_waking(cluster: Cluster) -> bool:
    """Whether a server is there that takes no connections yet (it starts, replays its log) or any more (it stops)."""
    return find_postmaster(cluster) is not None


async def stop(cluster: Cluster) -> None:
    """Stop the server in an orderly way ("fast": open transactions are rolled back), and wait for its end."""
    process = find_postmaster(cluster)
    if process is None:
        return
    os.kill(process, signal.SIGINT)
    for _ in range(600):
        if find_postmaster(cluster) is None:
            return
        await asyncio.sleep(0.05)
    log.warning("database_slow_to_stop", folder=str(cluster.folder))


def read_pid_file(cluster: Cluster) -> int | None:
    """The process that the pid file names, which may be long gone or something else."""
    try:
        return int((cluster.folder / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def find_postmaster(cluster: Cluster) -> int | None:
    """The process of a server that really has this folder open: it works inside it, which no other program does."""
    pid = read_pid_file(cluster)
    if pid is None:
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    if not Path("/proc/self").exists():  # macOS
        answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607
        return pid if str(cluster.folder) in answer.stdout else None
    try:
        if "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
            return None
        return pid if Path(f"/proc/{pid}/cwd").samefile(cluster.folder) else None
    except OSError:
        return None


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
