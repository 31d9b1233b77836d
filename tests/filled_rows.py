"""Rows with some value in every column that needs one, for tests about one column of any table."""

from collections.abc import Mapping

import asyncpg

from models.store.database import Connection

COLUMNS = """
SELECT a.attname, format_type(t.oid, NULL) AS type, t.typcategory::text AS category,
    (SELECT e.enumlabel FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder LIMIT 1) AS word
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND NOT a.atthasdef
    AND a.attidentity = ''
"""

PLAIN = {"B": "false", "D": "now()", "A": "'{}'", "T": "interval '1 day'"}


def _fill(column: asyncpg.Record, number: int) -> str:
    """Some value of the type of this column, another for each number."""
    if column["word"] is not None:
        return f"'{column['word']}'"
    if column["category"] in PLAIN:
        return PLAIN[column["category"]]
    other = {"bytea": f"'{number}'::bytea", "jsonb": "'{}'", "uuid": "gen_random_uuid()", "int4range": "'[1,2)'"}
    return other.get(column["type"], str(number) if column["category"] == "N" else f"'x{number}'")


async def insert_row(
    conn: Connection, table: str, values: Mapping[str, str], *args: object, number: int, checked: bool = True
) -> None:
    """A row with these values, in SQL; where it is not `checked`, whatever the table says that its columns may hold."""
    filled = {column["attname"]: _fill(column, number) for column in await conn.fetch(COLUMNS, table)} | dict(values)
    if not checked:
        for rule in await conn.fetch(
            "SELECT conname FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'", table
        ):
            await conn.execute(f"ALTER TABLE {table} DROP CONSTRAINT {rule['conname']}")
    await conn.execute(
        f"INSERT INTO {table} ({', '.join(filled)}) OVERRIDING SYSTEM VALUE VALUES ({', '.join(filled.values())})",
        *args,
    )
