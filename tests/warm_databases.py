"""Databases that tests use one after another: a warm one that is emptied costs a third of a fresh copy."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
import pytest

from models.store.database import Pool, begin, fetch_column, fetch_value, open_pool
from tests.databases import copy_database, with_database

LENDINGS = 60
"""After so many tests it is vacuumed: removed rows stay on its pages, and shall not pile up."""

FILLED = """
SELECT quote_ident(relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 ORDER BY relname
"""

OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"

TABLES = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"

EMPTY = """
CREATE FUNCTION pg_temp.empty_tables() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    {removals}
    PERFORM setval(seqrelid, 1, false) FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
END $$
"""
"""A function of one connection keeps its plans: to make those takes most of the time."""

SHAPE = """
SELECT (SELECT sum(xmin::text::bigint) FROM pg_class) || ' ' || (SELECT sum(xmin::text::bigint) FROM pg_trigger)
    || ' ' || (SELECT sum(xmin::text::bigint) FROM pg_constraint)
"""
"""Another one as soon as a table, an index, a trigger or a rule about values is made, changed or removed."""

SHIPPED = " || ' ' || (SELECT sum(xmin::text::bigint) FROM {table})"
"""Another one as soon as a row of this table is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmDatabase:
    """One database, and a pool on it whose connections stay open from test to test."""

    name: str
    url: str
    pool: Pool
    keeper: asyncpg.Connection
    """By which it is emptied and filled, without triggers. Whoever turns those off forgets all plans of statements, so
    the connections of the pool must not."""
    shipped: frozenset[str]
    shape: str
    as_made: str
    lent: list[None] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class WarmDatabases:
    """Where a database waits for the next test."""

    server: str
    template: str
    waiting: WarmDatabase | None = None

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[WarmDatabase]:
        """A database as it was migrated, for one test alone. It comes back unless somebody may still write to it."""
        kept = self.waiting or await self._make()
        self.waiting, before = None, asyncio.all_tasks()
        kept.lent.append(None)
        yield kept
        if await self._can_be_emptied(kept, before):
            self.waiting = kept
        else:
            await self._drop(kept)

    async def close(self) -> None:
        """Drop what waits."""
        if self.waiting is not None:
            await self._drop(self.waiting)

    async def _make(self) -> WarmDatabase:
        name = f"{self.template}_kept_{secrets.token_hex(4)}"
        admin = await asyncpg.connect(self.server)
        await copy_database(admin, self.template, name)
        await admin.close()
        url = with_database(self.server, name)
        pool, keeper = await open_pool(url, size=8), await asyncpg.connect(url)
        await keeper.execute("SET session_replication_role = replica")  # the ledger lets nobody remove anything
        shipped = frozenset(await fetch_column(keeper, FILLED))
        others = sorted(set(await fetch_column(keeper, TABLES)) - shipped)
        removals = (f"IF pg_relation_size('{table}') > 0 THEN DELETE FROM {table}; END IF;" for table in others)
        await keeper.execute(EMPTY.format(removals="\n    ".join(removals)))
        shape = SHAPE + "".join(SHIPPED.format(table=table) for table in sorted(shipped))
        as_made = await fetch_value(keeper, shape)
        return WarmDatabase(name=name, url=url, pool=pool, keeper=keeper, shipped=shipped, shape=shape, as_made=as_made)

    async def _drop(self, kept: WarmDatabase) -> None:
        await asyncio.wait_for(kept.pool.close(), 10)  # fails where a test holds a connection for ever
        await kept.keeper.close()
        admin = await asyncpg.connect(self.server)
        await admin.execute(f"DROP DATABASE {kept.name} WITH (FORCE)")
        await admin.close()

    @staticmethod
    async def _can_be_emptied(kept: WarmDatabase, before: set[asyncio.Task[object]]) -> bool:
        current = {asyncio.current_task()}
        if kept.pool.is_closing() or kept.keeper.is_closed() or asyncio.all_tasks() - before - current:
            return False
        if kept.pool.get_size() != kept.pool.get_idle_size():
            return False
        conn = kept.keeper
        async with begin(conn):
            if await fetch_value(conn, OTHERS) != kept.pool.get_size() + 1:
                return False
            if await fetch_value(conn, kept.shape) != kept.as_made:
                return False
            await fetch_value(conn, "SELECT pg_temp.empty_tables()")
        if len(kept.lent) % LENDINGS == 0:
            filled = set(await fetch_column(conn, FILLED)) - kept.shipped
            await conn.execute(f"VACUUM {', '.join(sorted(filled))}" if filled else "SELECT")
        return True


@pytest.fixture
async def lent_database(warm_databases: WarmDatabases) -> AsyncIterator[WarmDatabase]:
    """A migrated database that is empty."""
    async with warm_databases.lend() as lent:
        yield lent


@pytest.fixture
def database_url(lent_database: WarmDatabase) -> str:
    """Where it is."""
    return lent_database.url


@pytest.fixture
def pool(lent_database: WarmDatabase) -> Pool:
    """A pool on it, whose connections are warm."""
    return lent_database.pool
