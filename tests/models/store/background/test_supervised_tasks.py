"""What goes on for as long as a process lives: nothing ends it silently, and nothing makes it spin."""

import asyncio
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from models.errors import Entangled, Unavailable
from models.store.background import notify, periodic_tasks, supervised_tasks
from models.store.background.supervised_tasks import Background
from models.store.database import Connection, Pool, connection, execute
from tests.eventually import eventually


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for seconds here."""
    monkeypatch.setattr(supervised_tasks, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(supervised_tasks, "LONGEST_PAUSE", 0.04)
    monkeypatch.setattr(supervised_tasks, "AWAY_PAUSE", 0.01)


class Work:
    """Something that fails with each of these, and then goes on."""

    def __init__(self, *failures: BaseException | None) -> None:
        self.failures = list(failures)
        self.begun = 0
        self.goes_on = asyncio.Event()

    async def __call__(self) -> None:
        self.begun += 1
        await asyncio.sleep(0)
        if self.failures:
            failure = self.failures.pop(0)
            if failure is not None:
                raise failure
            return
        self.goes_on.set()
        await asyncio.Event().wait()


async def test_whatever_ends_a_task_it_starts_again_after_pauses_that_grow_and_the_log_says_where() -> None:
    work, tasks = Work(Entangled(), ZeroDivisionError("a bug"), asyncio.CancelledError(), None), Background(None)

    with capture_logs() as lines:
        tasks.start("quotas", work)
        await asyncio.wait_for(work.goes_on.wait(), 60)
        assert tasks.failing == ["quotas"]
        await tasks.stop()

    failed = [line for line in lines if line["event"] == "task_failed"]
    assert [line["again_in"] for line in failed] == [0.01, 0.02, 0.04, 0.04]
    assert [type(line["exc_info"]).__name__ for line in failed] == [
        "Entangled",
        "ZeroDivisionError",
        "TaskEnded",
        "TaskEnded",
    ]
    assert work.begun == 5


async def test_an_absence_of_the_database_is_said_once_and_counts_as_no_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervised_tasks, "WELL_SECONDS", 0.02)
    work, tasks = Work(Unavailable(), Unavailable(), Unavailable()), Background(None)

    with capture_logs() as lines:
        tasks.start("inbox", work)
        await asyncio.wait_for(work.goes_on.wait(), 60)
        assert tasks.failing == []
        await eventually(lambda: says(lines, "task_goes_on"))
        await tasks.stop()

    assert [line["event"] for line in lines] == ["task_waits_for_database", "task_goes_on"]


async def says(lines: list[Any], event: str) -> bool:
    return any(line["event"] == event for line in lines)


async def test_what_keeps_failing_is_told_to_the_administrators_until_it_has_been_well_for_long(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, tasks = Work(*[ZeroDivisionError("a bug")] * 3), Background(pool)
    tasks.start("streams", work)
    await asyncio.wait_for(work.goes_on.wait(), 60)
    await tasks.stop()

    async with connection(pool) as conn:
        [told] = await periodic_tasks.list_failing(conn)
        await execute(conn, "UPDATE chore_trouble SET last_at = now() - interval '3 hours'")
    assert (told.name, told.failures, told.cause) == ("streams", 2, "a bug")

    monkeypatch.setattr(supervised_tasks, "WELL_SECONDS", 0.01)
    monkeypatch.setattr(supervised_tasks, "FORGOTTEN_SECONDS", 0.01)
    tasks.start("streams", work)
    await eventually(lambda: is_forgotten(pool))
    assert tasks.failing == []
    await tasks.stop()


async def is_forgotten(pool: Pool) -> bool:
    async with connection(pool) as conn:
        return not await periodic_tasks.list_failing(conn)


async def test_at_a_stop_nothing_starts_again_and_what_hangs_is_cut_off() -> None:
    stopping, quick, hangs = asyncio.Event(), Work(Unavailable()), Work()
    tasks = Background(None, stopping)

    async def wait() -> None:
        await stopping.wait()
        await quick()

    with capture_logs() as lines:
        tasks.start("inbox", wait)
        tasks.start("outbox", hangs)
        await hangs.goes_on.wait()
        stopping.set()

        assert await tasks.finish(0.05) == ["outbox"]
    assert quick.begun == 1
    assert lines == []


async def test_a_link_for_announcements_that_fails_by_a_mistake_wakes_who_listens(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> Connection:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(asyncpg, "connect", fail)
    with pytest.raises(ZeroDivisionError):
        async with notify.listen(database_url, "posts") as listener:
            await asyncio.wait_for(listener.get(), 60)


@pytest.mark.parametrize("payload", ["", "no JSON", "{"])
async def test_an_announcement_that_cannot_be_read_counts_as_one_that_was_missed(
    database_url: str, payload: str
) -> None:
    listener = notify.NotifyListener(database_url, ("posts",))

    listener._take(None, 0, "posts", payload)  # type: ignore[arg-type]  # it looks at no connection

    assert await listener.get(0) is None
