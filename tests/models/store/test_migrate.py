"""Migrations: each file once, in order, whoever starts first."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from models.store.concurrent_indexes import NotConcurrent, list_statements
from models.store.database import Connection, fetch_column
from models.store.migrate import FOLDER, MigrationError, list_migrations, migrate
from tests.databases import with_database


@pytest.fixture
async def empty_url(postgres_url: str) -> AsyncIterator[str]:
    """A database without a single table."""
    name = f"declic_test_empty_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(postgres_url)
    await admin.execute(f"CREATE DATABASE {name}")
    yield with_database(postgres_url, name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small migrations."""
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE one (id int); CREATE TABLE two (id int);")
    (tmp_path / "0002_second.sql").write_text("INSERT INTO one VALUES (1);")
    return tmp_path


async def read(url: str, sql: str) -> object:
    conn = await asyncpg.connect(url)
    try:
        return await conn.fetchval(sql)
    finally:
        await conn.close()


async def test_all_that_we_ship_is_applied_once(empty_url: str) -> None:
    names, begun = [migration.name for migration in list_migrations()], []

    assert await migrate(empty_url, begin=lambda: begun.append("the first time")) == names
    assert await migrate(empty_url, begin=lambda: begun.append("in vain")) == []
    assert begun == ["the first time"]


async def test_processes_that_start_together_apply_each_file_once(empty_url: str, folder: Path) -> None:
    applied = await asyncio.gather(*(migrate(empty_url, folder) for _ in range(5)))

    assert sorted(applied, key=len)[-1] == ["0001_first", "0002_second"]
    assert await read(empty_url, "SELECT count(*) FROM one") == 1


async def test_a_file_that_fails_leaves_nothing_and_is_tried_again(empty_url: str, folder: Path) -> None:
    (folder / "0003_third.sql").write_text("CREATE TABLE three (id int); SELECT nonsense;")

    with pytest.raises(MigrationError, match="0003_third failed and was taken back"):
        await migrate(empty_url, folder)
    assert await read(empty_url, "SELECT to_regclass('three')::text") is None
    (folder / "0003_third.sql").write_text("CREATE TABLE three (id int);")

    assert await migrate(empty_url, folder) == ["0003_third"]


async def test_an_applied_file_that_changed_is_refused(empty_url: str, folder: Path) -> None:
    await migrate(empty_url, folder)
    (folder / "0001_first.sql").write_text("CREATE TABLE other (id int);")

    with pytest.raises(MigrationError, match="0001_first is not the one that was applied"):
        await migrate(empty_url, folder)


async def test_a_database_from_a_newer_version_is_refused(empty_url: str, folder: Path) -> None:
    await migrate(empty_url, folder)
    (folder / "0002_second.sql").unlink()

    with pytest.raises(MigrationError, match="newer version"):
        await migrate(empty_url, folder)


INDEXES = """-- Beside those who write; this comment may say CREATE TABLE.
CREATE INDEX CONCURRENTLY one_id ON one (id) WHERE id > 0;
CREATE UNIQUE INDEX CONCURRENTLY two_id ON two (id);
DROP INDEX CONCURRENTLY IF EXISTS one_old;
"""


async def test_indexes_are_built_beside_those_who_write_and_go_on_where_they_stopped(
    empty_url: str, folder: Path
) -> None:
    await migrate(empty_url, folder)
    conn = await asyncpg.connect(empty_url)
    await conn.execute("INSERT INTO two VALUES (7), (7); CREATE INDEX one_old ON one (id)")
    (folder / "0003_indexes.sql").write_text(INDEXES)

    with pytest.raises(MigrationError, match="0003_indexes stopped, and goes on when it is tried again"):
        await migrate(empty_url, folder)
    left = await conn.fetch(
        "SELECT indexrelid::regclass::text, indisvalid FROM pg_index WHERE indrelid = 'two'::regclass"
    )
    assert [tuple(row) for row in left] == [("two_id", False)]
    await conn.execute("DELETE FROM two WHERE ctid = (SELECT min(ctid) FROM two)")
    applied = await asyncio.gather(*(migrate(empty_url, folder) for _ in range(3)))

    assert sorted(applied) == [[], [], ["0003_indexes"]]
    built = await conn.fetch(
        """
        SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index
        WHERE indrelid IN ('one'::regclass, 'two'::regclass) ORDER BY 1
        """
    )
    await conn.close()
    assert [tuple(row) for row in built] == [("one_id", True), ("two_id", True)]


def test_what_would_not_be_taken_back_does_not_stand_beside_them() -> None:
    with pytest.raises(NotConcurrent, match="UPDATE one SET"):
        list_statements(INDEXES + "UPDATE one SET id = 2;")
    for migration in list_migrations():
        list_statements(migration.sql)


LARGE = frozenset({
    "activity", "actor", "agreement", "conversation_post", "delivery", "economic_event", "exchange_event",
    "exchange_message", "favourite", "figure_event", "follow", "journal_entry", "listing", "mail", "media", "mention",
    "notification", "post", "post_tag", "post_version", "received", "share",
})  # fmt: skip
"""Tables that grow with what people do: to build an index on one of them takes its time, and nobody may wait for it."""

SCHEMA = (FOLDER.parent / "schema.sql").read_text()

FROM = "0500"
"""Migrations of before stand as they are."""

INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX (?:IF NOT EXISTS )?\w+ ON (?:ONLY )?(\w+)", re.IGNORECASE)


def test_indexes_on_large_tables_lock_nobody_out() -> None:
    locking = {
        migration.name: table
        for migration in list_migrations()
        if migration.name >= FROM
        for table in INDEX.findall(migration.sql)
        if table in LARGE and not re.search(rf"CREATE TABLE {table}\b", migration.sql)
    }

    assert locking == {}, "write CREATE INDEX CONCURRENTLY, in a migration of its own (models/store/concurrent_indexes)"
    assert INDEX.findall("CREATE INDEX post_a ON post (a)") == ["post"]
    assert all(f"CREATE TABLE {table} (" in SCHEMA for table in LARGE)


FEW_ROWS = {
    "dues.noted_by": "one row for each member",
    "idempotency.scheduled_id": "a day of what apps sent",
    "one_time_link.actor_id": "a few days of what was asked for",
}
"""What is read whole when a row goes that it names, each with the reason why that is no harm."""


async def test_what_names_a_row_that_goes_is_found_by_an_index(conn: Connection) -> None:
    """PostgreSQL looks for it at each deletion, be it deleted too, emptied or only in the way."""
    slow = await fetch_column(
        conn,
        """
        SELECT k.conrelid::regclass || '.' || a.attname FROM pg_constraint k
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
        WHERE k.contype = 'f' AND NOT EXISTS (
            SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indkey[0] = ANY (k.conkey)
                AND coalesce(pg_get_expr(i.indpred, i.indrelid), format('(%I IS NOT NULL)', a.attname))
                    = format('(%I IS NOT NULL)', a.attname))
        """,
    )

    assert set(slow) == FEW_ROWS.keys()
