"""What an upgrade would do to a database: which migrations wait or are unknown, which tables take their time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.store.backups import list_applied, read_major
from models.store.database import Connection, fetch_all, fetch_records, fetch_value
from models.store.migrate import Migration

LARGE_BYTES = 100_000_000
"""Of a table, with its indexes: to rewrite or index it takes seconds at least."""

_TOUCHED = re.compile(
    r"(?:ALTER TABLE|UPDATE|DELETE FROM|CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?\w+ ON)"
    r"\s+(?:IF EXISTS\s+)?(?:ONLY\s+)?(\w+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedTable:
    """A large table that is changed, with all its bytes and about so many rows."""

    name: str
    size: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradePlan:
    """Where the database is, and what a version would do to it.

    `newer` are migrations that this version does not know, `changed` those of which it has another file.
    """

    major: int
    size: int
    applied: Sequence[str]
    waiting: Sequence[str]
    newer: Sequence[str]
    changed: Sequence[str]
    touched: Sequence[TouchedTable]


async def plan_upgrade(conn: Connection, migrations: Sequence[Migration]) -> UpgradePlan:
    """Hold a database against the migrations of a version. Changes nothing."""
    applied = await list_applied(conn)
    known = {one.name for one in migrations}
    waiting = [one for one in migrations if one.name not in set(applied)]
    return UpgradePlan(
        major=await read_major(conn),
        size=await fetch_value(conn, "SELECT pg_database_size(current_database())"),
        applied=applied,
        waiting=[one.name for one in waiting],
        newer=[name for name in applied if name not in known],
        changed=await _list_changed(conn, migrations) if applied else [],
        touched=await _list_touched(conn, waiting),
    )


async def _list_changed(conn: Connection, migrations: Sequence[Migration]) -> list[str]:
    rows = await fetch_records(conn, "SELECT name, checksum FROM migration ORDER BY name")
    known = {one.name: one.checksum for one in migrations}
    return [row["name"] for row in rows if known.get(row["name"], row["checksum"]) != row["checksum"]]


async def _list_touched(conn: Connection, waiting: Sequence[Migration]) -> list[TouchedTable]:
    return await fetch_all(
        conn,
        TouchedTable,
        """
        SELECT relname::text AS name, pg_total_relation_size(oid) AS size, greatest(reltuples, 0)::bigint AS rows
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname = ANY($1::text[])
            AND pg_total_relation_size(oid) >= $2
        ORDER BY size DESC
        """,
        sorted({name.lower() for one in waiting for name in _TOUCHED.findall(one.sql)}),
        LARGE_BYTES,
    )
