"""A database that tests use one after another is as fresh for each as a copy of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from models.store.database import Connection, connection, execute, fetch_column, fetch_value, transaction
from tests.factories import make_member
from tests.warm_databases import WarmDatabases


@pytest.fixture
async def own_databases(postgres_url: str, template: str) -> AsyncIterator[WarmDatabases]:
    warm_databases = WarmDatabases(server=postgres_url, template=template)
    yield warm_databases
    await warm_databases.close()


async def test_what_one_test_wrote_is_gone_for_the_next_one(own_databases: WarmDatabases) -> None:
    async with own_databases.lend() as first, transaction(first.pool) as conn:
        await make_member(conn)
        await execute(conn, "INSERT INTO used_username (username) VALUES ('zoe')")

    async with own_databases.lend() as second, connection(second.pool) as conn:
        tables = await fetch_column(conn, "SELECT quote_ident(relname) FROM pg_stat_user_tables")
        rows = {table: await fetch_value(conn, f"SELECT count(*) FROM {table}") for table in tables}

    assert second is first
    assert {table for table, count in rows.items() if count} == set(second.shipped)


async def test_numbers_begin_at_one_again(own_databases: WarmDatabases) -> None:
    insert = "INSERT INTO stream_event (kind, object_id) VALUES ('filters', 1) RETURNING id"
    async with own_databases.lend() as first, connection(first.pool) as conn:
        before = await fetch_value(conn, insert)

    async with own_databases.lend() as second, connection(second.pool) as conn:
        assert (second is first, await fetch_value(conn, insert)) == (True, before)


async def test_rows_that_were_removed_do_not_pile_up(
    own_databases: WarmDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.warm_databases.LENDINGS", 2)
    for _ in range(2):
        async with own_databases.lend() as kept, connection(kept.pool) as conn:
            await execute(conn, "INSERT INTO used_username (username) VALUES ('zoe')")

    async with own_databases.lend() as third, connection(third.pool) as conn:
        size = await fetch_value(conn, "SELECT pg_relation_size('used_username')")

    assert (third is kept, size) == (True, 0)


async def change_the_schema(conn: Connection) -> None:
    await execute(conn, "ALTER TABLE actor ADD COLUMN shoe_size integer")


async def disable_a_trigger(conn: Connection) -> None:
    await execute(conn, "ALTER TABLE points_movement DISABLE TRIGGER points_movement_kept")


async def drop_a_table(conn: Connection) -> None:
    await execute(conn, "DROP TABLE used_username")


async def change_what_is_shipped(conn: Connection) -> None:
    await execute(conn, "UPDATE migration SET name = name WHERE name = (SELECT max(name) FROM migration)")


async def forget_what_is_shipped(conn: Connection) -> None:
    await execute(conn, "DELETE FROM migration")


async def forget_a_migration(conn: Connection) -> None:
    await execute(conn, "DELETE FROM migration WHERE name = (SELECT max(name) FROM migration)")


@pytest.mark.parametrize(
    "change",
    [
        change_the_schema,
        disable_a_trigger,
        drop_a_table,
        change_what_is_shipped,
        forget_what_is_shipped,
        forget_a_migration,
    ],
)
async def test_what_cannot_be_emptied_is_not_lent_again(
    own_databases: WarmDatabases, change: Callable[[Connection], Awaitable[None]]
) -> None:
    async with own_databases.lend() as first, connection(first.pool) as conn:
        await change(conn)

    async with own_databases.lend() as second:
        assert second is not first


async def test_what_somebody_else_is_connected_to_is_not_lent_again(own_databases: WarmDatabases) -> None:
    async with own_databases.lend() as first:
        other = await asyncpg.connect(first.url)

    async with own_databases.lend() as second:
        assert second is not first
    await other.close()
