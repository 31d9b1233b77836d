"""A sample put into an empty database, as if it had been dumped now: what was due tomorrow then is due tomorrow."""

import gzip
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

FOLDER = Path(__file__).parent

MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d(?::\d\d)?")
"""A `timestamptz` as dumps have it, alone or in a range. Texts and JSON have theirs in other forms, and keep them."""

TABLE = re.compile(r"COPY public\.(\w+) \((.*)\) FROM stdin;")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A database as a version left it; `kept` has the addresses, cookies and tokens that people kept from then."""

    name: str
    kept: dict[str, Any]

    @property
    def dump(self) -> str:
        """Its SQL."""
        return gzip.decompress((FOLDER / f"{self.name}.sql.gz").read_bytes()).decode()


def list_samples() -> list[str]:
    """The names of all samples, by their age."""
    return sorted((path.stem for path in FOLDER.glob("*.json")), key=lambda name: load_sample(name).kept["dumped_at"])


def load_sample(name: str) -> Sample:
    """A sample by its name."""
    return Sample(name=name, kept=json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


async def restore(url: str, sample: Sample, now: datetime | None = None) -> None:
    """Fill an empty database; all its moments move on by what passed between the dump and `now`."""
    passed = (now or datetime.now(UTC)) - datetime.fromisoformat(sample.kept["dumped_at"])
    conn = await asyncpg.connect(url)
    try:
        async with conn.transaction():
            for statement, rows in split(sample.dump):
                await _load(conn, statement, rows, passed)
    finally:
        await conn.close()


async def _load(conn: asyncpg.Connection, statement: str, rows: str | None, passed: timedelta) -> None:
    if rows is None:
        await conn.execute(statement)
        return
    table = TABLE.fullmatch(statement)
    assert table is not None, statement
    moved = MOMENT.sub(lambda found: str(datetime.fromisoformat(found[0]) + passed), rows)
    columns = [name.strip('" ') for name in table[2].split(",")]
    source = io.BytesIO(moved.encode())
    await conn.copy_to_table(table[1], schema_name="public", source=source, columns=columns, format="text")


def split(dump: str) -> Iterator[tuple[str, str | None]]:
    """Its statements, those that belong together in one piece; a COPY comes with its rows."""
    begun: list[str] = []
    lines = iter(dump.split("\n"))
    for line in lines:
        if TABLE.fullmatch(line) is None:
            begun.append(line)
            continue
        if any(one and not one.startswith("--") for one in begun):  # not of comments alone
            yield "\n".join(begun), None
        begun = []
        yield line, "".join(f"{row}\n" for row in iter(partial(next, lines), "\\."))
    yield "\n".join(begun), None
