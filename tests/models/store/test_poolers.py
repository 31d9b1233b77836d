"""Behind a pooler: what keeps sessions together does, what does not is refused before anything is touched."""

import asyncpg
import pytest

from models.store import database
from models.store.background.notify import announce, listen
from models.store.database import connection, fetch_value, open_pool
from models.store.migrate import migrate, require_migrated
from models.store.poolers import SessionsTornApart, require_session
from tests.fake_pooler import pooler

WANTED = {"timezone": "UTC", "plan_cache_mode": "auto", "jit": "off", "max_parallel_workers_per_gather": "0"}


async def test_a_pooler_that_keeps_sessions_needs_no_exceptions_and_our_settings_hold(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SESSION", database.SESSION.replace("force_generic_plan", "auto"))  # as in service
    async with pooler(database_url) as url:
        assert await migrate(url) == []
        pool = await open_pool(url, size=2)
        async with connection(pool) as conn, listen(url, "news") as listener:
            found = {name: await fetch_value(conn, "SELECT current_setting($1)", name) for name in WANTED}
            assert await listener.get(60) is None  # the link is up
            await announce(conn, "news", {"id": 7})
            assert await listener.get(60) == ("news", {"id": 7})
        await pool.close()

    assert found == WANTED


async def test_a_pooler_that_tears_sessions_apart_is_refused_in_one_sentence(database_url: str) -> None:
    async with pooler(database_url, mode="transaction") as url:
        for begin in (migrate, require_migrated):  # a server, and a worker or a command beside it
            with pytest.raises(SessionsTornApart, match=r"pool_mode = session .* or let DECLIC_DATABASE_URL name"):
                await begin(url)

        conn = await asyncpg.connect(url)
        assert await conn.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0
        await conn.close()


async def test_a_server_without_a_pooler_is_not_asked_twice(database_url: str) -> None:
    direct = await asyncpg.connect(database_url)

    async def connect_again() -> asyncpg.Connection:
        raise AssertionError("one connection is enough")

    await require_session(direct, connect_again)
    await direct.close()
