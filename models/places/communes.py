"""The list of communes that comes with the software, and its loading into the database."""

import csv
import gzip
import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from models.places.places import fold_name
from models.store.database import Connection, execute, fetch_value

FILE = Path(__file__).parents[1] / "data" / "communes.csv.gz"

EDITION = date(2026, 1, 1)
"""Communes are merged and renamed on the first of January: of which one the list is (`models/data/README.md`)."""

COLUMNS = (
    "code",
    "name",
    "search_name",
    "postcodes",
    "department",
    "region",
    "epci_code",
    "epci_name",
    "population",
    "latitude",
    "longitude",
    "precision",
    "parent_code",
    "kind",
)


async def load_communes(conn: Connection, file: Path = FILE, *, begin: Callable[[], None] | None = None) -> bool:
    """Load the list unless this edition is there already (then it costs one query). Whether it was loaded.

    Needs the caller's transaction: readers see the old list until it commits, and of several processes that
    start together the second waits for the first. Takes about two seconds; `begin` is called before.
    """
    packed, edition = _read_file(file)
    if await _loaded_edition(conn) == edition:
        return False
    await execute(conn, "SELECT pg_advisory_xact_lock(hashtext('communes'))")
    if await _loaded_edition(conn) == edition:
        return False
    if begin is not None:
        begin()
    await execute(conn, "DELETE FROM commune")
    await conn.copy_records_to_table("commune", records=read_communes(packed), columns=COLUMNS)
    await execute(
        conn,
        """
        INSERT INTO shipped_data (name, edition) VALUES ('communes', $1)
        ON CONFLICT (name) DO UPDATE SET edition = excluded.edition, loaded_at = now()
        """,
        edition,
    )
    return True


def _read_file(file: Path) -> tuple[bytes, str]:
    packed = file.read_bytes()
    return packed, hashlib.sha256(packed).hexdigest()


def read_communes(packed: bytes) -> Iterator[tuple[Any, ...]]:
    """The rows of the file in the order of COLUMNS, one by one: a process keeps the memory that it once used."""
    with gzip.open(io.BytesIO(packed), "rt", encoding="utf-8", newline="") as file:
        yield from map(_read_line, csv.DictReader(file))


def _read_line(line: dict[str, str]) -> tuple[Any, ...]:
    values: dict[str, Any] = {name: line.get(name) or None for name in COLUMNS}
    values |= {
        "search_name": fold_name(line["name"]),
        "postcodes": line["postcodes"].split(),
        "population": int(line["population"]),
        "latitude": float(line["latitude"]),
        "longitude": float(line["longitude"]),
        "department": line["department"],
        "region": line["region"],
    }
    return tuple(values[name] for name in COLUMNS)


async def _loaded_edition(conn: Connection) -> str | None:
    edition: str | None = await fetch_value(conn, "SELECT edition FROM shipped_data WHERE name = 'communes'")
    return edition
