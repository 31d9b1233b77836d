"""Rows that many tests begin with: made by our code once in a while, then put back as they stood by one script."""

import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from typing import Generic, TypeVar

from federation.media_store import FolderStore
from models import ids
from models.store.database import Connection, fetch_column, fetch_value, transaction
from tests.warm_databases import FILLED, WarmDatabase

T = TypeVar("T")

FRESH = 20.0
"""Seconds: rows and their ids say when they were made, and a test may ask for what is new. Older ones are made anew."""

INSERT = """
SELECT format('INSERT INTO {table} (%1$s) OVERRIDING SYSTEM VALUE SELECT %1$s FROM unnest(%2$L::{table}[]);', (
    SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
    WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
), array_agg(row)) FROM {table} AS row HAVING count(*) > 0
"""

NUMBERS = """
SELECT format('SELECT setval(%L, %s);', seqrelid::regclass, pg_sequence_last_value(seqrelid)) FROM pg_sequence
WHERE pg_sequence_last_value(seqrelid) IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Made(Generic[T]):
    """What was made, when that began, and the script that puts its rows back."""

    value: T
    begun: float
    script: str


@dataclass(slots=True, kw_only=True)
class KeptRows(Generic[T]):
    """What `make` writes into an empty database; `folder` keeps the files that it saves."""

    make: Callable[[Connection, FolderStore], Awaitable[T]]
    folder: Path
    made: Made[T] | None = None

    async def put(self, database: WarmDatabase, store: FolderStore) -> T:
        """Have it all stand in this database and in this store, as if it had just been made."""
        if self.made is None or time.monotonic() - self.made.begun > FRESH:
            return await self._make(database, store)
        await database.keeper.execute(self.made.script)
        copytree(self.folder / str(self.made.begun), store.folder, dirs_exist_ok=True)
        return self.made.value

    async def _make(self, database: WarmDatabase, store: FolderStore) -> T:
        begun = time.monotonic()
        async with transaction(database.pool) as conn:
            value = await self.make(conn, store)
        if vars(ids)["time"] is time:  # else by the clock of one test
            async with transaction(database.pool) as conn:
                self.made = Made(value, begun, await _write_script(conn, database.shipped))
            copytree(store.folder, self.folder / str(begun))
        return value


async def _write_script(conn: Connection, shipped: Collection[str]) -> str:
    """Statements that put back all rows but the shipped ones, for a connection that calls no trigger."""
    tables = [table for table in await fetch_column(conn, FILLED) if table not in shipped]
    inserts = [await fetch_value(conn, INSERT.format(table=table)) for table in tables]
    numbers = await fetch_column(conn, NUMBERS)
    return "".join(filter(None, [*inserts, *numbers]))
