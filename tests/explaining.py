"""What PostgreSQL reads for a statement: its plan, run once, and how many pages and rows that touches."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from models.store.database import Connection, execute, fetch_value


class Explaining:
    """A connection that explains what it is asked as a prepared statement, and notes the pages touched."""

    def __init__(self, conn: Connection) -> None:
        self.conn, self.pages, self.rows = conn, 0, 0
        self.plans: list[dict[str, Any]] = []

    def is_in_transaction(self) -> bool:
        """As if: what was read a moment ago is asked once more."""
        return True

    async def execute(self, sql: str, *args: object) -> str:
        """Done and not explained."""
        return str(await self.conn.execute(sql, *args))

    async def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        if sql.lstrip().startswith("EXPLAIN"):  # how many rows are expected: nothing is read for it
            return list(await self.conn.fetch(sql, *args))
        await self.conn.execute(f"PREPARE asked AS {sql}")
        values = ", ".join(write(arg) for arg in args)
        [[plan]] = await self.conn.fetch(
            f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE asked{f'({values})' if values else ''}"
        )
        await self.conn.execute("DEALLOCATE asked")
        [explained] = orjson.loads(plan)
        self.plans.append(explained["Plan"])
        self.pages += explained["Plan"]["Shared Hit Blocks"] + explained["Plan"]["Shared Read Blocks"]
        rows: list[asyncpg.Record] = await self.conn.fetch(sql, *args)
        self.rows = len(rows)
        return rows

    async def prepare(self, sql: str, name: str) -> "Prepared":
        return Prepared(self, sql)

    async def fetchval(self, sql: str, *args: object) -> Any:
        row = await self.fetchrow(sql, *args)
        return row[0] if row else None

    async def fetchrow(self, sql: str, *args: object) -> asyncpg.Record | None:
        rows = await self.fetch(sql, *args)
        return rows[0] if rows else None


class Prepared:
    """What `prepare` gives: planned for its own values and never kept, so there is no other plan to look at."""

    def __init__(self, explaining: Explaining, sql: str) -> None:
        self.explaining, self.sql = explaining, sql

    async def fetch(self, *args: object) -> list[asyncpg.Record]:
        mode = await fetch_value(self.explaining.conn, "SHOW plan_cache_mode")
        await execute(self.explaining.conn, "SET plan_cache_mode = force_custom_plan")
        rows = await self.explaining.fetch(self.sql, *args)
        await fetch_value(self.explaining.conn, "SELECT set_config('plan_cache_mode', $1, false)", mode)
        return rows


def write(value: object) -> str:
    """A value as SQL writes it; a list takes the type that is expected."""
    if isinstance(value, list | tuple):
        return write("{{{}}}".format(", ".join(_write_item(item) for item in value)))
    if isinstance(value, str):
        return "'{}'".format(value.replace("'", "''"))
    return "NULL" if value is None else f"'{value}'" if isinstance(value, date | timedelta | UUID) else str(value)


def _write_item(item: object) -> str:
    if item is None:
        return "NULL"
    escaped = str(item).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def list_nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """All steps of a plan, those of its subplans among them."""
    return [plan, *(node for below in plan.get("Plans", ()) for node in list_nodes(below))]


def count_read(plan: dict[str, Any], table: str) -> int:
    """How many rows of a table a plan looked at, those that it dropped among them."""
    scans = (node for node in list_nodes(plan) if node.get("Relation Name") == table)
    dropped = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    read: float = sum(
        (node["Actual Rows"] + sum(node.get(one, 0) for one in dropped)) * node["Actual Loops"] for node in scans
    )
    return round(read)
