"""The database written to one file and read back, by PostgreSQL's own programs."""

import asyncio
import subprocess
from pathlib import Path

from models.database import Connection, connection, fetch_value, open_pool
from models.errors import Conflict
from models.postgres.binaries import Binaries, DatabaseError, find_binaries


async def dump(conn: Connection, url: str, file: Path) -> None:
    """Write everything at one moment, while the server runs. Raises DatabaseError."""
    program = _choose(await _read_major(conn)).program("pg_dump")
    await _run(program, "--format=custom", "--no-owner", f"--file={file}", f"--dbname={url}")


async def restore(url: str, file: Path) -> None:
    """Fill an empty database from that file. Raises Conflict when it is not empty, DatabaseError when it cannot be."""
    pool = await open_pool(url, size=1)
    try:
        async with connection(pool) as conn:
            tables = await fetch_value(
                conn, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            )
            major = await _read_major(conn)
    finally:
        await pool.close()
    if tables:
        raise Conflict("database_not_empty")
    program = _choose(major).program("pg_restore")
    await _run(program, "--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={url}", str(file))


async def _read_major(conn: Connection) -> int:
    return int(await fetch_value(conn, "SELECT current_setting('server_version_num')::integer / 10000"))


def _choose(major: int) -> Binaries:
    """Programs of the server's own major, or else the oldest that are newer: they know how."""
    fitting = [binaries for binaries in find_binaries() if binaries.major >= major]
    if not fitting:
        raise DatabaseError(f"pg_dump and pg_restore of PostgreSQL {major} or newer are not on this machine.")
    return min(fitting, key=lambda binaries: binaries.major)


async def _run(program: str, *arguments: str) -> None:
    done = await asyncio.to_thread(subprocess.run, [program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["it ended without a word"]
        raise DatabaseError(f"The database could not be copied: {words[0][:500]}")
