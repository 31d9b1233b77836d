"""Events: hints that arrive when the transaction does, over a link that mends itself."""

from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from models.store.background import notify
from models.store.background.notify import NotifyListener, announce, listen
from models.store.database import Pool, connection, transaction


async def next_message(listener: NotifyListener) -> object:
    """The next real message; `None`s say only that the link came up."""
    for _ in range(10):
        message = await listener.get(60)
        if message is not None:
            return message
    raise AssertionError("nothing was announced")


async def test_what_is_announced_arrives_at_commit(pool: Pool, database_url: str) -> None:
    async with listen(database_url, "posts") as listener:
        assert await listener.get(60) is None  # the link is up

        async with transaction(pool) as conn:
            await announce(conn, "posts", {"id": 7})

        assert await next_message(listener) == ("posts", {"id": 7})


async def test_what_is_rolled_back_is_never_heard(pool: Pool, database_url: str) -> None:
    async with listen(database_url, "posts") as listener:
        assert await listener.get(60) is None

        with pytest.raises(ZeroDivisionError):
            async with transaction(pool) as conn:
                await announce(conn, "posts", 1)
                raise ZeroDivisionError
        async with transaction(pool) as conn:
            await announce(conn, "posts", 2)

        assert await next_message(listener) == ("posts", 2)


async def test_a_lost_link_is_renewed_and_says_that_something_may_be_missed(
    pool: Pool, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "RETRY_SECONDS", 0.01)
    async with listen(database_url, "posts") as listener:
        assert await listener.get(60) is None

        async with connection(pool) as conn:
            await conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'declic events' AND datname = current_database()"
            )
        assert await listener.get(60) is None  # the new link is up
        async with transaction(pool) as conn:
            await announce(conn, "posts", "again")

        assert await next_message(listener) == ("posts", "again")


async def test_a_slow_reader_is_told_that_it_missed_something(database_url: str) -> None:
    listener = NotifyListener(database_url, ("posts",), size=2)

    for number in range(5):
        listener._take(None, 0, "posts", str(number))  # type: ignore[arg-type]  # it looks at no connection

    seen = [await listener.get(0) for _ in range(2)]
    assert None in seen


async def test_a_payload_too_long_for_the_database_is_a_mistake(conn: asyncpg.Connection) -> None:
    with pytest.raises(ValueError, match="send ids only"):
        await announce(conn, "posts", "x" * 9000)


async def test_a_link_that_is_away_for_long_is_said_once_and_so_is_its_return(
    pool: Pool, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, tries = asyncpg.connect, iter(range(4))

    async def connect_at_last(*args: Any, **options: Any) -> asyncpg.Connection:
        if next(tries, None) is not None:
            raise ConnectionRefusedError(111, "Connection refused")
        return await connect(*args, **options)

    monkeypatch.setattr(notify, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(asyncpg, "connect", connect_at_last)
    with capture_logs() as lines:
        async with listen(database_url, "posts") as listener:
            assert await listener.get(60) is None
            async with transaction(pool) as conn:
                await announce(conn, "posts", 1)
            assert await next_message(listener) == ("posts", 1)

    assert [line["event"] for line in lines] == ["events_link_lost", "events_link_back"]


async def test_what_is_announced_is_measured_as_postgresql_does(pool: Pool) -> None:
    async with connection(pool) as conn:
        await announce(conn, "posts", "é" * 3900)
        with pytest.raises(ValueError, match="send ids only"):
            await announce(conn, "posts", "é" * 3990)
