"""A year goes by: as much of everything that is forgotten as a lively instance sees, and the nights that clean it.

The clock of the rows is set back: each table has rows of every hour of a year, and the chores look at them tonight.
"""

import time
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from models.ids import EPOCH
from models.store.database import Connection, Pool, connection, execute, fetch_value, transaction
from tests.bench.report import figure, heading
from tests.bench.server import running
from tests.filled_rows import COLUMNS, PLAIN
from tests.large_database import unchecked
from tests.web.server.worker.forgetters import FORGETTERS
from tests.web.server.worker.test_a_year import RULES, YEAR, Rule

ROWS = 20_000
"""Of each kind."""

MOST_NIGHTS = 30

BY_TIME = ("notification", "filtered_notification")
"""Whose ids are looked at as times."""

ID = f"((extract(epoch FROM now() - ago) - {EPOCH.timestamp():.0f}) * 1000000)::bigint * 4096 + n % 4096"

SHORT = {"ending": "lpad((n % 1000)::text, 3, '0')"}
"""What may not be of any length."""

MANY = {
    "smallint": "n % 9000",
    "bytea": "int8send(n)",
    "jsonb": "'{}'::jsonb",
    "uuid": "gen_random_uuid()",
    "int4range": "'[1,2)'::int4range",
}


async def run(folder: Path) -> None:
    """Fill an instance, let nights go by until nothing is forgotten any more."""
    heading(f"a year gone by: {ROWS:,} rows of each of {len(RULES)} kinds, an hour of a year after the other")
    async with running(folder / "data", "--no-worker") as server:
        async with server.pool.acquire() as conn, unchecked(conn):
            for number, rule in enumerate(RULES):
                await _fill(conn, rule, number)
            await execute(conn, "ANALYZE")
        tables = sorted({rule.table for rule in RULES})
        before = await _look_at(server.pool, tables)
        first, nights = 0.0, 0
        while nights < MOST_NIGHTS:
            nights += 1
            begun = time.monotonic()
            gone = 0
            for forget in FORGETTERS.values():
                async with transaction(server.pool) as one:
                    gone += await forget(one)
            first = first or time.monotonic() - begun
            if not gone:
                break
        await server.pool.execute("VACUUM FULL")
        after = await _look_at(server.pool, tables)
    figure("the first night", first, "s")
    figure("nights until nothing more goes", nights, "")
    _tell("rows of all these tables", before, after, 0, 1)
    _tell("megabytes of all these tables", before, after, 1, 1e6)
    for table in tables:
        figure(f"  {table}: rows left of {before[table][0]:,}", after[table][0], "")


async def _fill(conn: Connection, rule: Rule, number: int) -> None:
    """Rows of this kind, spread over a year."""
    columns = {column["attname"]: _make(column) for column in await conn.fetch(COLUMNS, rule.table)}
    values: dict[str, str] = columns | dict(rule.values) | {rule.age: "now() - ago"}
    if rule.table in BY_TIME:
        values["id"] = ID
    await execute(
        conn,
        f"""
        INSERT INTO {rule.table} ({", ".join(values)}) OVERRIDING SYSTEM VALUE
        SELECT {", ".join(values.values())}
        FROM (SELECT n, $3::interval * n / $2::integer AS ago, n + $1::bigint * $2::integer AS m
            FROM generate_series(1, $2::integer) AS n) AS one (one, ago, n)
        ON CONFLICT DO NOTHING
        """,
        number,
        ROWS,
        YEAR,
    )


def _make(column: asyncpg.Record) -> str:
    """A value for each number n."""
    if column["word"] is not None:
        return f"'{column['word']}'"
    if column["category"] in PLAIN:
        return PLAIN[column["category"]]
    if column["attname"] in SHORT:
        return SHORT[column["attname"]]
    return MANY.get(column["type"], "n" if column["category"] == "N" else "'x' || n")


async def _look_at(pool: Pool, tables: list[str]) -> dict[str, tuple[int, int]]:
    async with connection(pool) as conn:
        return {table: await _look(conn, table) for table in tables}


async def _look(conn: Connection, table: str) -> tuple[int, int]:
    """Rows and bytes."""
    return (
        await fetch_value(conn, f"SELECT count(*) FROM {table}"),
        await fetch_value(conn, "SELECT pg_total_relation_size($1::text::regclass)", table),
    )


def _tell(
    name: str, before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]], place: int, unit: float
) -> None:
    figure(f"{name}, before", sum(one[place] for one in before.values()) / unit, "")
    figure(f"{name}, after", sum(one[place] for one in after.values()) / unit, "")
