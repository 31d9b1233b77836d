"""Numbered `.sql` files, applied once each, in order, under one advisory lock."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import asyncpg

from models.errors import DeclicError, Unavailable, describe_os_error
from models.store import concurrent_indexes
from models.store.database import UNREACHED
from models.store.poolers import require_session

FOLDER = Path(__file__).parent / "migrations"

LOCK = 0x6465636C6963
"""The advisory lock ("declic" in ASCII): processes that start together wait for the first one."""

ASKING_SECONDS = 0.2
"""How often they ask for it. A statement that waits for it would be waited for by CREATE INDEX CONCURRENTLY."""


class MigrationError(DeclicError):
    """The database and this version of the software do not fit together."""


class NotMigrated(MigrationError):
    """The database is older than this version of the software."""


class Outdated(NotMigrated):
    """It is of an earlier version, or in the middle of what `migrate` does; an empty one is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One file: its name without the suffix, its SQL, and the checksum that must not change once applied."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the SQL in hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def list_migrations(folder: Path = FOLDER) -> list[Migration]:
    """All migrations that this version knows, in the order of their numbers."""
    paths = sorted(folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    return [Migration(name=path.stem, sql=path.read_text(encoding="utf-8")) for path in paths]


def _do_nothing() -> None: ...


async def migrate(
    dsn: str,
    folder: Path = FOLDER,
    *,
    begin: Callable[[], None] = _do_nothing,
    on_empty: Callable[[], None] = _do_nothing,
) -> list[str]:
    """Apply what is missing, each file in its own transaction but those that build indexes; the names of those applied.

    `begin` is called before the first of them: they may take their time. `on_empty` is called before anything is
    written into an empty database, and may refuse that.

    Raises MigrationError when the database was made by a newer version or an applied file was changed,
    SessionsTornApart behind a pooler that does not keep sessions, Unavailable when it cannot be reached.
    """
    connect = partial(_connect, dsn)
    conn = await connect()
    try:
        await require_session(conn, connect)
        # Held by the connection, not a transaction, so that the files can commit one by one.
        await _hold_lock(conn)
        if await conn.fetchval("SELECT to_regclass('migration')") is None:
            on_empty()
        return await _apply_missing(conn, list_migrations(folder), begin)
    finally:
        await conn.close()


async def require_migrated(dsn: str) -> None:
    """Raise NotMigrated for a database that is older than this version, MigrationError for a newer.

    SessionsTornApart behind a pooler that does not keep sessions, Unavailable when it cannot be reached.
    """
    connect = partial(_connect, dsn)
    conn = await connect()
    try:
        await require_session(conn, connect)
        if await conn.fetchval("SELECT to_regclass('migration')") is None:
            raise NotMigrated(
                "The database is empty: `declic serve` makes an instance of it, `declic restore` fills it."
            )
        applied = {row["name"]: row["checksum"] for row in await conn.fetch("SELECT name, checksum FROM migration")}
    finally:
        await conn.close()
    migrations = list_migrations()
    _require_known(applied, migrations)
    if len(applied) < len(migrations):
        raise Outdated(
            "The database is older than this version of Déclic: make a backup (`declic backup FOLDER`), then restart "
            "the server, which brings it up to date, or run `declic migrate`."
        )


async def is_being_migrated(dsn: str) -> bool:
    """Whether somebody works at it at this moment. Raises Unavailable when it cannot be reached."""
    conn = await _connect(dsn)
    try:
        found: bool = await conn.fetchval(
            """
            SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
                    AND l.objsubid = 1 AND (l.classid::bigint << 32) + l.objid::bigint = $1)
            """,
            LOCK,
        )
        return found
    finally:
        await conn.close()


async def _hold_lock(conn: asyncpg.Connection) -> None:
    while True:
        if await conn.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            return
        await asyncio.sleep(ASKING_SECONDS)


async def _connect(dsn: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(dsn)
    except UNREACHED as error:
        raise Unavailable("database_unreachable", cause=describe_os_error(error)) from error


async def is_migrated(conn: asyncpg.Connection | asyncpg.pool.PoolConnectionProxy) -> bool:
    """Whether the database is exactly at this version's schema."""
    if await conn.fetchval("SELECT to_regclass('migration')") is None:
        return False
    applied = await conn.fetch("SELECT name FROM migration")
    return {row["name"] for row in applied} == {path.stem for path in FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql")}


async def _apply_missing(conn: asyncpg.Connection, migrations: list[Migration], begin: Callable[[], None]) -> list[str]:
    await conn.execute(
        """
        CREATE TABLE IF NOT EXISTS migration (
            name text PRIMARY KEY,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        )
        """
    )
    applied = {row["name"]: row["checksum"] for row in await conn.fetch("SELECT name, checksum FROM migration")}
    _require_known(applied, migrations)
    missing = [migration for migration in migrations if migration.name not in applied]
    if missing:
        begin()
    for migration in missing:
        await _apply(conn, migration)
    return [migration.name for migration in missing]


async def _apply(conn: asyncpg.Connection, migration: Migration) -> None:
    statements = concurrent_indexes.list_statements(migration.sql)
    try:
        await concurrent_indexes.run(conn, statements)
        async with conn.transaction():
            if not statements:
                await conn.execute(migration.sql)
            await conn.execute(
                "INSERT INTO migration (name, checksum) VALUES ($1, $2)", migration.name, migration.checksum
            )
    except asyncpg.PostgresError as error:
        ended = "stopped, and goes on when it is tried again" if statements else "failed and was taken back"
        raise MigrationError(f"The migration {migration.name} {ended}: {error}.") from error


def _require_known(applied: dict[str, str], migrations: list[Migration]) -> None:
    known = {migration.name: migration.checksum for migration in migrations}
    for name, checksum in applied.items():
        if name not in known:
            raise MigrationError(
                f"The database was made by a newer version ({name}); install that version or a later one. To go back "
                "to this one, restore the backup of before the upgrade into an empty instance."
            )
        if known[name] != checksum:
            raise MigrationError(f"The file of the migration {name} is not the one that was applied to this database.")
