"""Several machines on one database share the folder of pictures: one that does not is told so when it starts."""

import asyncio

import structlog

from federation.instance import Instance
from models.posts.media.media_files import list_newest_keys
from models.store.database import connection

log = structlog.get_logger(__name__)

LOOKED_FOR = 20


async def warn_without_pictures(instance: Instance) -> bool:
    """Whether the pictures that the database names are here, going by the newest; log it where most are not."""
    async with connection(instance.pool) as conn:
        keys = await list_newest_keys(conn, LOOKED_FOR)
    missing = await asyncio.to_thread(lambda: [key for key in keys if instance.store.find(key) is None])
    if len(missing) * 2 <= len(keys):
        return False
    log.warning(
        "pictures_missing",
        folder=str(instance.store.folder),
        missing=len(missing),
        of=len(keys),
        advice="Machines of one instance share this folder; after a restore, bring the pictures back.",
    )
    return True
