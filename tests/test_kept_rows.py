"""What is put back is what was made: every row, every number, every file."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation.media_store import FolderStore
from models.store.database import connection, fetch_column, fetch_value
from tests.kept_rows import KeptRows
from tests.sample_village import SITE, Village, build
from tests.warm_databases import WarmDatabase, WarmDatabases

TABLES = """
SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""

NUMBERS = "SELECT sequencename || ' ' || last_value FROM pg_sequences WHERE last_value IS NOT NULL ORDER BY 1"


@pytest.fixture
async def own_databases(postgres_url: str, template: str) -> AsyncIterator[WarmDatabases]:
    warm_databases = WarmDatabases(server=postgres_url, template=template)
    yield warm_databases
    await warm_databases.close()


@pytest.fixture
def village(tmp_path: Path) -> KeptRows[Village]:
    return KeptRows(make=lambda conn, store: build(conn, SITE, store), folder=tmp_path / "kept")


async def read_all(database: WarmDatabase) -> dict[str, list[str]]:
    """Every row of every table."""
    async with connection(database.pool) as conn:
        tables = await fetch_column(conn, TABLES)
        rows = {table: await fetch_column(conn, f"SELECT row::text FROM {table} AS row ORDER BY 1") for table in tables}
        return rows | {"": await fetch_column(conn, NUMBERS)}


def read_files(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_what_is_put_back_is_what_was_made(
    own_databases: WarmDatabases, village: KeptRows[Village], tmp_path: Path
) -> None:
    first, second = FolderStore(tmp_path / "first"), FolderStore(tmp_path / "second")
    async with own_databases.lend() as database:
        made, rows = await village.put(database, first), await read_all(database)

    async with own_databases.lend() as database:
        assert await village.put(database, second) is made
        assert await read_all(database) == rows
        assert len(rows["post"]) == 12
    assert read_files(second.folder) == read_files(first.folder) != {}


async def test_triggers_are_called_again_for_what_follows(
    own_databases: WarmDatabases, village: KeptRows[Village], tmp_path: Path
) -> None:
    for name in ("first", "second"):
        async with own_databases.lend() as database:
            await village.put(database, FolderStore(tmp_path / name))
            async with connection(database.pool) as conn:
                assert await fetch_value(conn, "SHOW session_replication_role") == "origin"


async def test_what_is_no_longer_fresh_is_made_anew(
    own_databases: WarmDatabases, village: KeptRows[Village], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with own_databases.lend() as database:
        first = await village.put(database, FolderStore(tmp_path / "first"))
    monkeypatch.setattr("tests.kept_rows.FRESH", 0.0)

    async with own_databases.lend() as database:
        assert (await village.put(database, FolderStore(tmp_path / "second"))).tent.id > first.tent.id


async def test_what_was_made_by_the_clock_of_a_test_is_not_kept(
    own_databases: WarmDatabases, village: KeptRows[Village], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        time_ns = staticmethod(time.time_ns)

    monkeypatch.setattr("models.ids.time", Clock)
    async with own_databases.lend() as database:
        await village.put(database, FolderStore(tmp_path / "first"))

    assert village.made is None
