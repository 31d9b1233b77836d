"""What a database holds, seen at one moment and measured; written to one file and read back from it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg

from models.errors import Conflict, Unavailable, describe_os_error
from models.store import going_back
from models.store.database import UNREACHED, Connection, execute, fetch_column, fetch_records, fetch_value
from models.store.going_back import PutOff
from models.store.postgres import clients
from models.store.postgres.binaries import OLDEST_MAJOR, Binaries, DatabaseError


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """How many rows a table has, and a sum over what stands in them, whatever their order."""

    rows: int
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a database holds: its schema by the names of the migrations, and its tables; `size` is in bytes."""

    postgresql: str
    migrations: list[str]
    size: int
    tables: dict[str, Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaKeys:
    """The files that rows name: members' own, and copies of what other servers have."""

    own: list[str]
    cached: list[str]


@asynccontextmanager
async def look_at(url: str) -> AsyncIterator[Connection]:
    """A connection that sees one moment, for as long as it takes, and writes nothing. Raises Unavailable."""
    conn = await _connect(url)
    try:
        async with conn.transaction(isolation="repeatable_read", readonly=True):
            await conn.execute(
                """
                SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL IntervalStyle = 'postgres';
                SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL statement_timeout = 0;
                SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL application_name = 'declic backup'
                """
            )
            yield conn
    finally:
        await conn.close()


async def dump(conn: Connection, url: str, file: Path) -> str:
    """Write what `conn`, of `look_at`, sees; the version of the program that did it. Raises DatabaseError."""
    snapshot: str = await fetch_value(conn, "SELECT pg_export_snapshot()")
    binaries = clients.list_clients(await read_major(conn))[0]
    await clients.dump(binaries, url, file, snapshot=snapshot)
    return binaries.version


async def measure(conn: Connection) -> Contents:
    """Count and sum up every table. What is generated is left out: another PostgreSQL may generate it otherwise."""
    statements = await fetch_records(
        conn,
        """
        SELECT relname AS name, format(
            'SELECT count(*) AS rows, coalesce(sum((''x'' || left(md5(declic_line::text), 15))::bit(60)::bigint), 0)'
                ' AS checksum FROM (SELECT %s FROM public.%I) AS declic_line',
            string_agg(quote_ident(attname), ', ' ORDER BY attname), relname
        ) AS statement
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
            AND attgenerated = ''
        GROUP BY relname ORDER BY relname
        """,
    )
    tables = {}
    for row in statements:
        [found] = await fetch_records(conn, row["statement"])
        tables[row["name"]] = Table(rows=found["rows"], checksum=str(found["checksum"]))
    return Contents(
        postgresql=await fetch_value(conn, "SELECT split_part(current_setting('server_version'), ' ', 1)"),
        migrations=await list_applied(conn),
        size=await fetch_value(conn, "SELECT pg_database_size(current_database())"),
        tables=tables,
    )


async def list_applied(conn: Connection) -> list[str]:
    """The migrations that were applied; none to an empty database."""
    if await fetch_value(conn, "SELECT to_regclass('migration')") is None:
        return []
    return await fetch_column(conn, "SELECT name FROM migration ORDER BY name")


async def list_media_keys(conn: Connection) -> MediaKeys:
    """The files of the media store that rows name."""
    rows = await fetch_records(
        conn,
        """
        SELECT key, bool_or(remote_url IS NULL) AS own
        FROM media, unnest(ARRAY[file_key, thumbnail_key]) AS key
        WHERE key IS NOT NULL GROUP BY key ORDER BY key
        """,
    )
    return MediaKeys(
        own=[*(row["key"] for row in rows if row["own"]), *await _list_bike_files(conn)],
        cached=[row["key"] for row in rows if not row["own"]],
    )


async def _list_bike_files(conn: Connection) -> list[str]:
    """Those of members' bikes; none of a database that an older version made."""
    if await fetch_value(conn, "SELECT to_regclass('bike_file')") is None:
        return []
    return await fetch_column(
        conn,
        """
        SELECT key FROM bike_file, unnest(ARRAY[file_key, thumbnail_key]) AS key WHERE key IS NOT NULL ORDER BY key
        """,
    )


async def require_readable(file: Path) -> None:
    """Raise DatabaseError when no program of this machine reads this dump."""
    await clients.choose_for(file, OLDEST_MAJOR)


async def count_tables(url: str) -> int:
    """How many there are; none in a database that is empty."""
    async with look_at(url) as conn:
        found: int = await fetch_value(
            conn, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
    return found


async def choose_clients(url: str, file: Path) -> Binaries:
    """The programs with which this dump goes into this database, which has to be empty.

    Raises Conflict, Unavailable or DatabaseError when it cannot; nothing is written.
    """
    async with look_at(url) as conn:
        major = await read_major(conn)
    if major < OLDEST_MAJOR:
        raise DatabaseError(f"This database is PostgreSQL {major}; Déclic needs {OLDEST_MAJOR} or newer.")
    if await count_tables(url):
        raise Conflict("database_not_empty")
    return await clients.choose_for(file, major)


async def restore(url: str, file: Path, binaries: Binaries) -> None:
    """Fill the empty database from that file, all of it or nothing. Raises DatabaseError."""
    async with look_at(url) as conn:
        major = await read_major(conn)
        known = await fetch_column(conn, "SELECT name FROM pg_settings")
    await clients.fill(binaries, url, file, major=major, known=known)
    conn = await _connect(url)
    try:
        await conn.execute("ANALYZE")  # without it, the first pages would be planned blindly
    finally:
        await conn.close()


async def forget_cached(url: str) -> int:
    """Forget the copies of other servers' pictures, which a backup leaves out: they are fetched when looked at."""
    conn = await _connect(url)
    try:
        return await execute(
            conn,
            """
            UPDATE media SET file_key = NULL, thumbnail_key = NULL, byte_size = NULL, fetched_at = NULL
            WHERE remote_url IS NOT NULL AND file_key IS NOT NULL
            """,
        )
    finally:
        await conn.close()


async def forget_archives(url: str) -> int:
    """Forget the archives that members asked for, whose files a backup leaves out: they may ask for others at once."""
    conn = await _connect(url)
    try:
        if await fetch_value(conn, "SELECT to_regclass('archive')") is None:
            return 0
        return await execute(conn, "DELETE FROM archive WHERE file_key IS NOT NULL")
    finally:
        await conn.close()


async def note_restoration(url: str, lost_from: datetime) -> PutOff:
    """What happened since then is lost; what it changed besides."""
    conn = await _connect(url)
    try:
        return await going_back.note(conn, lost_from)
    finally:
        await conn.close()


async def list_known_hosts(url: str) -> list[str]:
    """Other servers of which people follow somebody of ours or are followed from here."""
    async with look_at(url) as conn:
        return await list_hosts(conn)


async def list_hosts(conn: Connection) -> list[str]:
    """The same, where somebody is connected already."""
    return await fetch_column(
        conn,
        """
        SELECT DISTINCT other.host FROM follow f
        JOIN actor own ON own.id IN (f.follower_id, f.followed_id) AND own.local
        JOIN actor other ON other.id IN (f.follower_id, f.followed_id) AND NOT other.local
        WHERE other.deleted_at IS NULL ORDER BY other.host
        """,
    )


async def read_major(conn: Connection) -> int:
    """18 for PostgreSQL 18.6."""
    return int(await fetch_value(conn, "SELECT current_setting('server_version_num')::integer / 10000"))


async def _connect(url: str) -> asyncpg.Connection:
    try:
        # A pool between us and the server (PgBouncer) knows no statements by name from one transaction to the next.
        return await asyncpg.connect(url, statement_cache_size=0)
    except UNREACHED as error:
        raise Unavailable("database_unreachable", cause=describe_os_error(error)) from error
