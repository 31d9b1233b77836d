"""Chores: what is done at its times by one of all workers; written down is when it is due, and who does it just now."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from models.errors import Unavailable
from models.store.background import periodic_tasks
from models.store.background.beats import until_beat
from models.store.background.chore_times import find_next
from models.store.database import Connection, Pool, connection, execute, fetch_column, fetch_value, transaction

log = structlog.get_logger(__name__)

Chore = Callable[[], Awaitable[object]]

EACH_SECONDS = 30.0
"""Chores are due on the minute, and some on the half of it."""

BUSY_SECONDS = 5.0
"""So often it is said that a chore goes on."""

SILENT_SECONDS = 30.0
"""Who said nothing for so long is dead, and another does the chore."""

PATIENCE_SECONDS = 0.2
"""Chores of the same minute go one after the other, since all at once would open a connection each; for one that takes
longer than this the next one does not wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """A chore that one of all workers runs at each time that `cron` names (UTC); twice does no harm."""

    name: str
    cron: str
    chore: Chore


async def run_chores(
    pool: Pool, periodic: Sequence[Periodic], stopping: asyncio.Event, done: Callable[[], None] = lambda: None
) -> None:
    """Do what is due until `stopping` is set; what runs then is finished first. `done` hears when some have ended."""
    async with transaction(pool) as conn:
        await schedule(conn, periodic)
    running: dict[asyncio.Task[bool], str] = {}
    try:
        while running or not stopping.is_set():
            if not stopping.is_set():
                await _begin_due(pool, periodic, stopping, running)
            await _rest(running, stopping)
            if running:
                await _settle(pool, running)
                done()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _begin_due(
    pool: Pool, periodic: Sequence[Periodic], stopping: asyncio.Event, running: dict["asyncio.Task[bool]", str]
) -> None:
    """One after the other. Those that a stop comes before are left to another worker, or to our next start."""
    known = {one.name: one for one in periodic}
    async with connection(pool) as conn:
        due = await claim(conn, periodic, at=datetime.now(UTC), running=list(running.values()))
    while due and not stopping.is_set():
        name = due.pop(0)
        task = asyncio.create_task(_run(pool, known[name]))
        running[task] = name
        await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
    if due:
        async with connection(pool) as conn:
            await give_back(conn, due)


async def _rest(running: Iterable["asyncio.Task[bool]"], stopping: asyncio.Event) -> None:
    """Until all that runs has ended, or for a while; until the next half minute where nothing runs. A stop ends it."""
    tasks = list(running)
    waits: list[asyncio.Future[object]] = [asyncio.ensure_future(asyncio.wait(tasks))] if tasks else []
    if not stopping.is_set():
        waits.append(asyncio.ensure_future(stopping.wait()))
    pause = until_beat(BUSY_SECONDS if tasks else EACH_SECONDS, 5)
    if waits:
        await asyncio.wait(waits, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
    for one in waits:
        one.cancel()


async def _settle(pool: Pool, running: dict["asyncio.Task[bool]", str]) -> None:
    """Write down which have ended, and that the others go on."""
    ended = {task: name for task, name in running.items() if task.done()}
    for task in ended:
        del running[task]
    async with transaction(pool) as conn:
        await finish(conn, list(ended.values()))
        for task, name in ended.items():
            if not task.cancelled() and task.result():
                await periodic_tasks.note_success(conn, name)
        await keep(conn, list(running.values()))


async def _run(pool: Pool, item: Periodic) -> bool:
    """Do it; whether it went well. What it fails of is kept for the administrators."""
    try:
        await item.chore()
    except Exception as error:
        cause = periodic_tasks.describe_cause(error)
        log.error("chore_failed", chore=item.name, cause=cause, exc_info=periodic_tasks.describe_place(error))
        with suppress(Unavailable):  # the database may be what is away
            async with connection(pool) as conn:
                await periodic_tasks.note_failure(conn, item.name, cause)
        return False
    return True


async def schedule(conn: Connection, periodic: Sequence[Periodic]) -> None:
    """Write down those that are new here, to be done when their time comes."""
    await execute(
        conn,
        """
        INSERT INTO pgqueuer_schedules (entrypoint, expression, next_run)
        SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[])
        ON CONFLICT (entrypoint, expression) DO NOTHING
        """,
        *_list_next(periodic, datetime.now(UTC)),
    )


async def claim(
    conn: Connection, periodic: Sequence[Periodic], *, at: datetime, running: Sequence[str] = ()
) -> list[str]:
    """The names of those that are due, and of those whose worker died; they are ours until we are silent for long.

    Never of those `running` here, which seem silent after a step of the clock.

    What is further off than its next two times was put off by a clock that was ahead and went back: it is due as well.
    Of two, since the clocks of two workers may differ by seconds.
    """
    names, expressions, following = _list_next(periodic, at)
    return await fetch_column(
        conn,
        """
        UPDATE pgqueuer_schedules AS chore
        SET status = 'picked', heartbeat = now(), updated = now(), next_run = due.next_run
        FROM (
            SELECT s.id, known.next_run
            FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[])
                AS known (entrypoint, expression, next_run, latest)
            JOIN pgqueuer_schedules s ON s.entrypoint = known.entrypoint AND s.expression = known.expression
            WHERE NOT s.entrypoint = ANY($7) AND (
                s.status = 'queued' AND (s.next_run <= $5 OR s.next_run > known.latest)
                OR s.status = 'picked' AND abs(extract(epoch FROM now() - s.heartbeat)) > $6)
            FOR UPDATE OF s SKIP LOCKED
        ) AS due
        WHERE chore.id = due.id
        RETURNING chore.entrypoint
        """,
        names,
        expressions,
        following,
        [find_next(one.cron, then) for one, then in zip(periodic, following, strict=True)],
        at,
        SILENT_SECONDS,
        running,
    )


def _list_next(periodic: Sequence[Periodic], at: datetime) -> tuple[list[str], list[str], list[datetime]]:
    return [one.name for one in periodic], [one.cron for one in periodic], [find_next(one.cron, at) for one in periodic]


async def keep(conn: Connection, names: Sequence[str]) -> None:
    """These go on."""
    if names:
        await execute(conn, "UPDATE pgqueuer_schedules SET heartbeat = now() WHERE entrypoint = ANY($1)", names)


async def give_back(conn: Connection, names: Sequence[str]) -> None:
    """These were claimed and not begun: they are due for another worker."""
    if names:
        await execute(
            conn,
            """
            UPDATE pgqueuer_schedules SET status = 'queued', next_run = now(), updated = now()
            WHERE entrypoint = ANY($1) AND status = 'picked'
            """,
            names,
        )


async def finish(conn: Connection, names: Sequence[str]) -> None:
    """These have ended, and are due again at their next time."""
    if names:
        await execute(
            conn,
            """
            UPDATE pgqueuer_schedules SET status = 'queued', last_run = now(), updated = now()
            WHERE entrypoint = ANY($1) AND status = 'picked'
            """,
            names,
        )


async def is_going_on(conn: Connection, name: str) -> bool:
    """Whether a living worker does it, or is about to."""
    return bool(
        await fetch_value(
            conn,
            """
            SELECT EXISTS (SELECT FROM pgqueuer_schedules
                WHERE entrypoint = $1 AND status = 'picked' AND heartbeat > now() - interval '1 minute')
            """,
            name,
        )
    )


async def list_endless(conn: Connection, *, beyond: timedelta) -> list[str]:
    """Those that a living worker has been doing for longer than this."""
    return await fetch_column(
        conn,
        """
        SELECT entrypoint FROM pgqueuer_schedules
        WHERE status = 'picked' AND updated < now() - $1::interval AND heartbeat > now() - interval '1 minute'
        ORDER BY updated, entrypoint
        """,
        beyond,
    )
