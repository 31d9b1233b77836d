"""The version before works on the present schema: an upgrade may be rolled out, and taken back, while it still runs.

What a version asks is kept by `python -m tests.samples.statements` when it is released (deploy/RELEASING.md). A schema
that no longer answers it took something away too soon: expand in one release, contract in the next (CONTRIBUTING.md).
"""

import gzip
import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from models.store.database import Connection, execute, fetch_records

SAMPLES = Path(__file__).parents[2] / "samples" / "statements"

PREVIOUS = "66908b75"
"""The version before, by the name of its sample."""

TOGETHER = 50

NEEDED = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
        AND is_generated = 'NEVER'
"""


@pytest.fixture(scope="module")
def previous() -> dict[str, Any]:
    """What it asks, its tables, and the columns that it knows it has to fill."""
    found: dict[str, Any] = json.loads(gzip.decompress((SAMPLES / f"{PREVIOUS}.json.gz").read_bytes()))
    return found


async def list_failing(conn: Connection, statements: list[str]) -> list[str]:
    """Those that PostgreSQL cannot plan. Many are tried at once, and one by one where one of them fails."""
    failing = []
    for begin in range(0, len(statements), TOGETHER):
        some = statements[begin : begin + TOGETHER]
        if await _is_planned(conn, some) is None:
            continue
        failing += [f"{why}: {' '.join(one.split())[:200]}" for one in some if (why := await _is_planned(conn, [one]))]
    return failing


async def _is_planned(conn: Connection, statements: list[str]) -> str | None:
    """Why not, or None. What ON CONFLICT asks for is looked for only when the plan is made."""
    try:
        async with conn.transaction():
            await conn.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            for one in statements:
                prepared = await conn.prepare(one)
                values = ", ".join(["NULL"] * len(prepared.get_parameters()))
                await conn.execute(f"EXPLAIN EXECUTE {prepared.get_name()}" + (f" ({values})" if values else ""))
    except asyncpg.PostgresError as error:
        return str(error)
    return None


async def test_the_version_before_is_answered_by_the_present_schema(conn: Connection, previous: dict[str, Any]) -> None:
    assert len(previous["statements"]) > 1000

    assert await list_failing(conn, previous["statements"]) == []


async def test_it_fills_every_column_that_a_row_cannot_be_without(conn: Connection, previous: dict[str, Any]) -> None:
    filled, tables = {tuple(one) for one in previous["needed"]}, set(previous["tables"])

    needed = {(row["table_name"], row["column_name"]) for row in await fetch_records(conn, NEEDED)}

    assert {one for one in needed - filled if one[0] in tables} == set()


@pytest.mark.parametrize(
    ("taken", "asked", "told"),
    [
        ("ALTER TABLE listing RENAME COLUMN title TO heading", "SELECT title FROM listing", "title"),
        (
            "ALTER TABLE disk_space DROP CONSTRAINT disk_space_pkey",
            "INSERT INTO disk_space (free, total) VALUES ($1, 9) ON CONFLICT (alone) DO NOTHING",
            "no unique or exclusion constraint",
        ),
    ],
)
async def test_what_was_taken_away_too_soon_is_seen(conn: Connection, taken: str, asked: str, told: str) -> None:
    await execute(conn, taken)

    [fault] = await list_failing(conn, ["SELECT id FROM post", asked])

    assert told in fault
