"""The room on the disk of the data folder, looked at by a chore: administrators hear of it before nothing fits."""

import asyncio

import structlog

from federation.instance import Instance
from models.news import staff_preferences
from models.store import disk_space
from models.store.database import transaction
from web.mail.account_mails import queue_mail

log = structlog.get_logger(__name__)


async def watch_disk(instance: Instance) -> None:
    """Note, log and tell when there is little room; forget it when there is room again."""
    space = await asyncio.to_thread(disk_space.measure, instance.settings.data)
    async with transaction(instance.pool) as conn:
        if not space.is_low:
            await disk_space.forget(conn)
            return
        log.warning(
            "disk_nearly_full",
            folder=str(instance.settings.data),
            megabytes_left=space.free // disk_space.MEGABYTE,
            pictures="kept" if space.holds(0) else "refused",
        )
        if await disk_space.note(conn, space):
            for actor_id in await staff_preferences.list_told(conn, "servers", "operation"):
                await queue_mail(conn, "disk_space", actor_id, "/coop/serveurs")
