"""The jobs: make an archive and say that it lies ready; throw away what nobody may fetch any more."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

import structlog

from federation.instance import Instance
from federation.media_store import StoreFull
from models import preferences
from models.coop import shutdown
from models.errors import Unavailable
from models.lazy import LazyModule
from models.people import accounts, actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.personal_data import export_archives
from models.store import disk_space
from models.store.background import jobs, periodic_tasks
from models.store.database import Connection, connection, transaction
from outbox.people import instance_shutdown
from web.mail.account_mails import queue_mail
from web.personal_export.records import ArchiveOwner
from web.personal_export.storage import SETTLED, find_storage
from web.personal_export.zip_writer import ZipWriter, open_zip

if TYPE_CHECKING:
    from web.personal_export import (
        activitystreams,
        bikes,
        communities,
        csv_tables,
        exchanges,
        html_pages,
        member_preferences,
        message_requests,
        points,
    )
else:
    (
        member_preferences,
        activitystreams,
        points,
        html_pages,
        csv_tables,
        exchanges,
        message_requests,
        communities,
        bikes,
    ) = (
        LazyModule(f"web.personal_export.{name}")
        for name in (
            "member_preferences",
            "activitystreams",
            "points",
            "html_pages",
            "csv_tables",
            "exchanges",
            "message_requests",
            "communities",
            "bikes",
        )
    )

JOB = "archive"
"""The name of the job."""

HERE = "/compte/donnees"
"""The page where an archive is asked for and fetched."""

log = structlog.get_logger(__name__)


async def queue_archive(conn: Connection, actor_id: int) -> bool:
    """Have an archive made once the transaction is committed; False while there is one already."""
    id = await export_archives.ask(conn, actor_id)
    if id is not None:
        await jobs.enqueue(conn, JOB, {"archive_id": id}, key=f"{JOB}:{id}")
    return id is not None


async def make_archive(instance: Instance, payload: dict[str, Any]) -> None:
    """The job. Running it twice makes the same again; one that nobody waits for any more is not made."""
    id = payload["archive_id"]
    async with connection(instance.pool) as conn:
        archive = await export_archives.find(conn, id)
        if archive is None or archive.state != "making":
            return
        account = await accounts.get(conn, archive.actor_id)
        actor = await actors.get(conn, archive.actor_id)
    shelf = find_storage(instance.settings)
    try:
        key, size = await shelf.pack(partial(_fill, instance, account, actor))
    except Unavailable:
        raise  # the database is away: the job runs again
    except Exception as error:
        cause = periodic_tasks.describe_cause(error)
        log.error("archive_failed", actor=actor.username, cause=cause, exc_info=periodic_tasks.describe_place(error))
        async with transaction(instance.pool) as conn:
            await export_archives.fail(conn, id)
            await periodic_tasks.note_failure(conn, JOB, cause)  # the disk may be full: nobody else would see it
        return
    async with transaction(instance.pool) as conn:
        ready = await export_archives.finish(conn, id, file_key=key, byte_size=size)
        if ready:
            await _queue_ready(conn, actor.id)
            await periodic_tasks.note_success(conn, JOB)
    if not ready:
        shelf.remove(key)


async def _queue_ready(conn: Connection, actor_id: int) -> None:
    """Write that it lies ready: she asked for it, or everybody gets one since the instance ends."""
    found = await shutdown.find(conn)
    if found is None or found.due_at > datetime.now(UTC):
        await queue_mail(conn, "archive", actor_id, HERE)
    else:
        await instance_shutdown.queue_archive_mail(conn, actor_id)


async def _fill(instance: Instance, account: Account, actor: Actor, file: BinaryIO) -> None:
    async with connection(instance.pool) as conn:
        coop = (await preferences.load(conn)).name or instance.site.host
    owner = ArchiveOwner(instance=instance, account=account, actor=actor)
    with open_zip(file, instance.store) as parcel:
        await activitystreams.write_documents(owner, parcel)
        await exchanges.write_exchanges(owner, parcel)
        await message_requests.write_message_requests(owner, parcel)
        await communities.write_communities(owner, parcel)
        await bikes.write_bikes(owner, parcel)
        await csv_tables.write_tables(owner, parcel)
        await member_preferences.write_preferences(owner, parcel)
        await points.write_points(owner, parcel)
        await html_pages.write_pages(owner, parcel, coop)
        await asyncio.to_thread(_require_room, instance, parcel)
        await parcel.add_photos()


def _require_room(instance: Instance, parcel: ZipWriter) -> None:
    """Raise StoreFull where the photos and films would take what is kept free for the database."""
    if not disk_space.measure(instance.settings.data).holds(parcel.weigh_photos()):
        raise StoreFull


async def clear_archives(instance: Instance, settled: float = SETTLED) -> int:
    """Forget archives whose week is over, and remove the files that no row names; how many files. A chore."""
    async with transaction(instance.pool) as conn:
        await export_archives.forget_old(conn)
    shelf = find_storage(instance.settings)
    names = await shelf.list_settled(settled)
    async with connection(instance.pool) as conn:
        known = await export_archives.filter_known(conn, names)
    unknown = [name for name in names if name not in known]
    await shelf.clear(unknown)
    return len(unknown)
