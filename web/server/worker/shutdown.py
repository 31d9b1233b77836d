"""The end of an instance whose time has come, one step after the other, each as often as it takes: a chore.

Every member's archive is made; while they are offered, members still log in and fetch theirs. The public pages are
written as files. Then every actor ends, and its farewell goes out as all deliveries do. What was done is written down
with it, so it goes on where it stood.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from federation.instance import Instance
from models.coop import shutdown
from models.coop.shutdown import Shutdown
from models.lazy import LazyModule
from models.people import accounts, actors
from models.people.arrivals import waiting_accounts
from models.store.database import Connection, connection, transaction
from outbox.people.accounts import end
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
    if found is None or found.due_at > moment or found.ended_at is not None:
        return
    if found.offered_until is None:
        await _offer_archives(instance, found, moment)
    elif found.copied_at is None:
        await _copy_pages(instance)
    elif found.offered_until <= moment:
        await _end_actors(instance)


async def _offer_archives(instance: Instance, found: Shutdown, at: datetime) -> None:
    async with transaction(instance.pool) as conn:
        some = await shutdown.list_members(conn, after=found.archived_through, limit=MOST_ARCHIVES)
        for actor_id in some:
            if (await accounts.get(conn, actor_id)).standing != "waiting":
                await queue_archive(conn, actor_id)
        if some:
            await shutdown.note_archived(conn, some[-1])
        else:
            await shutdown.note_offered(conn, until=at + shutdown.OFFERED)
            log.info("shutdown_archives_offered", until=str(at + shutdown.OFFERED))


async def _copy_pages(instance: Instance) -> None:
    """Before anybody goes: what it cannot write is tried again, and nothing ends without it."""
    count = await static_copy.write_copy(instance)
    async with transaction(instance.pool) as conn:
        await shutdown.note_copied(conn)
    log.info("shutdown_pages_copied", pages=count, folder=str(instance.settings.data / "static-copy"))


async def _end_actors(instance: Instance) -> None:
    async with connection(instance.pool) as conn:
        some = await shutdown.list_left(conn, limit=MOST_FAREWELLS)
    for actor_id in some:
        async with transaction(instance.pool) as conn:
            await _end_actor(conn, instance, actor_id)
    if some:
        return
    async with transaction(instance.pool) as conn:
        await shutdown.note_ended(conn)
    log.warning("shutdown_ended", url=instance.site.url)


async def _end_actor(conn: Connection, instance: Instance, actor_id: int) -> None:
    account = await accounts.find(conn, actor_id)
    if account is not None and account.standing == "waiting":
        await waiting_accounts.erase(conn, [actor_id])
        return
    actor = await actors.get(conn, actor_id)
    if actor.deleted_at is None:
        await end(conn, instance.site, actor)
