"""The end of an instance whose time has come, one step after the other, each as often as it takes: a chore.

Every member's archive is made; while they are offered, members still log in and fetch theirs. Then the public pages are
written as files, as people left them, and every actor ends: its farewell goes out as all deliveries do. What was done
is written down with it, so it goes on where it stood.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from federation.instance import Instance
from models.coop import shutdown
from models.coop.shutdown import Shutdown
from models.lazy import LazyModule
from models.people import accounts, actors
from models.people.arrivals import waiting_accounts
from models.people.arrivals.answer_mails import TeamAnswer
from models.personal_data import export_archives
from models.personal_data.export_archives import Unmade
from models.store.background import periodic_tasks
from models.store.database import Connection, connection, transaction
from models.traffic.outbound import farewells
from outbox.people import instance_shutdown
from outbox.people.accounts import end, reject_sign_up
from web.personal_export.job import queue_archive

if TYPE_CHECKING:
    from web.server import static_copy
else:
    static_copy = LazyModule("web.server.static_copy")  # the whole application: read on that one day

MOST_ARCHIVES = 200
"""So many are asked for each time: they are made one after the other."""

MOST_FAREWELLS = 50
"""So many actors end each time."""

log = structlog.get_logger(__name__)


async def go_on(instance: Instance, *, at: datetime | None = None) -> None:
    """The next step, where there is one. A chore that may run twice, and be stopped anywhere."""
    moment = at or datetime.now(UTC)
    async with connection(instance.pool) as conn:
        found = await shutdown.find(conn)
    if found is None or found.ended_at is not None:
        return
    if found.due_at > moment:
        await _remind(instance, moment)
        return
    if found.offered_until is None:
        await _offer_archives(instance, found, moment)
    elif found.offered_until <= moment:
        if found.copied_at is None:
            await _copy_pages(instance, found.offered_until, moment)
        else:
            await _end_actors(instance, late=moment >= found.copied_at + shutdown.FAREWELLS_WAIT)


async def _remind(instance: Instance, at: datetime) -> None:
    async with transaction(instance.pool) as conn:
        days = await instance_shutdown.remind(conn, at=at)
    if days is not None:
        log.info("shutdown_said_again", days=days)


async def _offer_archives(instance: Instance, found: Shutdown, at: datetime) -> None:
    """Ask for some more; those that failed once more. They are offered once they are made, or could not be for days."""
    late = at >= found.due_at + shutdown.ARCHIVES_WAIT
    async with transaction(instance.pool) as conn:
        unmade = await export_archives.count_unmade(conn)
        if unmade.making and not late:
            return
        some = await shutdown.list_members(conn, after=found.archived_through, limit=MOST_ARCHIVES)
        if some:
            await _queue_archives(conn, some)
            await shutdown.note_archived(conn, some[-1])
        elif unmade.failed and not late:
            await _queue_archives(conn, unmade.again[:MOST_ARCHIVES])
        else:
            await _offer(conn, at + shutdown.OFFERED, unmade)


async def _queue_archives(conn: Connection, actor_ids: list[int]) -> None:
    for actor_id in actor_ids:
        if (await accounts.get(conn, actor_id)).standing != "waiting":
            await queue_archive(conn, actor_id)


async def _offer(conn: Connection, until: datetime, unmade: Unmade) -> None:
    await export_archives.keep_until(conn, until)
    await shutdown.note_offered(conn, until=until)
    log.info("shutdown_archives_offered", until=str(until), making=unmade.making, failed=unmade.failed)


async def _copy_pages(instance: Instance, offered_until: datetime, at: datetime) -> None:
    """As people left them, before anybody goes: what it cannot write is tried again, for a day, then left out."""
    whole = at < offered_until + shutdown.PAGES_WAIT
    count = await static_copy.write_copy(instance, whole=whole)
    async with transaction(instance.pool) as conn:
        await shutdown.note_copied(conn)
    log.info("shutdown_pages_copied", pages=count, folder=str(instance.settings.data / "static-copy"))


async def _end_actors(instance: Instance, *, late: bool) -> None:
    """The next ones, each in a transaction of its own. Raises Unfinished for those that could not be ended.

    Where it is `late` these go all the same, without a farewell: an end that never comes is worse.
    """
    failed: dict[int, Exception] = {}
    while some := await _list_left(instance, failed):
        before = len(failed)
        for actor_id in some:
            try:
                async with transaction(instance.pool) as conn:
                    await _end_actor(conn, instance, actor_id)
            except Exception as error:
                _log_failure(actor_id, error)
                if not (late and await _end_bare(instance, actor_id)):
                    failed[actor_id] = error
        if len(failed) - before < len(some):
            break  # the others have their turn next time
    periodic_tasks.require_whole({f"actor {actor_id}": error for actor_id, error in failed.items()})
    if not some:
        async with transaction(instance.pool) as conn:
            await shutdown.note_ended(conn)
        log.warning("shutdown_ended", url=instance.site.url)


async def _end_bare(instance: Instance, actor_id: int) -> bool:
    """Mark one as gone whose end fails for days: her address answers 410, and nobody is told. False where even that
    fails."""
    try:
        async with transaction(instance.pool) as conn:
            await shutdown.end_without_farewell(conn, actor_id)
    except Exception as error:
        _log_failure(actor_id, error)
        return False
    log.warning("shutdown_without_farewell", actor=actor_id)
    return True


async def _list_left(instance: Instance, failed: Collection[int]) -> list[int]:
    async with connection(instance.pool) as conn:
        return await shutdown.list_left(conn, but=failed, limit=MOST_FAREWELLS)


def _log_failure(actor_id: int, error: Exception) -> None:
    cause, place = periodic_tasks.describe_cause(error), periodic_tasks.describe_place(error)
    log.error("shutdown_farewell_failed", actor=actor_id, cause=cause, exc_info=place)


async def _end_actor(conn: Connection, instance: Instance, actor_id: int) -> None:
    account = await accounts.find(conn, actor_id)
    if account is not None and account.standing == "waiting":
        await _refuse(conn, actor_id)
        return
    actor = await actors.get(conn, actor_id)
    if actor.deleted_at is None:
        # Nobody follows the one that signs for the whole instance: whoever is told of anybody knows it too.
        also_to = await farewells.list_told(conn) if actor.username == "instance" else []
        await end(conn, instance.site, actor, also_to=also_to)


async def _refuse(conn: Connection, actor_id: int) -> None:
    """Whoever waits to be let in is told no, where her address is known to be hers."""
    asked = await waiting_accounts.find_request(conn, actor_id)
    if asked is not None:
        await reject_sign_up(conn, asked.id, TeamAnswer(proven_only=True))
    await waiting_accounts.erase(conn, [actor_id])
