"""What pages show of a picture: small WebP copies of the kept JPEG, made with it, or when one is first asked for."""

import asyncio
from pathlib import Path

import structlog

from federation.instance import Instance
from federation.media.uploads import save_copies, weigh_copies
from federation.media_store import StoreFull
from federation.sandbox.pictures import PicturesBusy, RefusedPicture
from models.posts.media import media_files
from models.store.database import connection

log = structlog.get_logger(__name__)


async def find_copy(instance: Instance, key: str, name: str) -> Path | None:
    """The copy by this name of the picture with this key; the JPEG where none can be had now, None where that is gone.

    Pictures that were kept before there were copies get all of theirs at once. Two readers who come together make them
    twice, into the same files.
    """
    copy, picture = instance.store.find_copy(key, name), instance.store.find(key)
    if picture is None or copy is not None:
        return copy if picture is not None else None
    try:
        await _make_copies(instance, key, picture)
    except (RefusedPicture, PicturesBusy, StoreFull, OSError) as error:
        log.info("page_copies_failed", key=key, error=type(error).__name__)
        return picture
    return instance.store.find_copy(key, name) or picture


async def _make_copies(instance: Instance, key: str, path: Path) -> None:
    picture = await instance.pictures.check_and_reduce(await asyncio.to_thread(path.read_bytes))
    await save_copies(instance.store, key, picture)
    async with connection(instance.pool) as conn:
        await media_files.add_weight(conn, key, weigh_copies(picture))
