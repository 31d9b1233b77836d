"""Pictures of other servers: fetched when somebody first looks, checked, reduced, kept in a capped cache (B-49)."""

import asyncio
from pathlib import Path
from typing import Literal

import structlog

from federation.errors import FetchFailed
from federation.instance import Instance
from federation.media.uploads import keep_picture
from federation.own_keys.key_pairs import load_signer
from federation.sandbox.pictures import MAX_BYTES, RefusedPicture
from federation.signatures import Signer
from models.communities import insiders
from models.errors import NotFound, Unavailable
from models.moderation import removed_pictures
from models.posts.media import media, media_files
from models.posts.media.media import Media
from models.store.background import jobs
from models.store.database import connection, transaction

Size = Literal["full", "small"]

ACCEPT = "image/webp,image/avif,image/jpeg,image/png,image/gif;q=0.9,*/*;q=0.1"

log = structlog.get_logger(__name__)


class PictureUnavailable(Unavailable):
    """This picture cannot be had from its server for now."""

    status = 502
    code = "remote_media_unavailable"


def picture_url(media: Media) -> str | None:
    """Where the picture is that may be shown: itself, or what stands for a film or a sound; None for ours."""
    if media.remote_url is None:
        return None
    return media.remote_url if media.type == "image" else media.poster_url


async def find_picture(instance: Instance, media_id: int, size: Size) -> Path:
    """The cached file of a remote picture, fetched first where it is not there.

    Raises NotFound when there is no such picture, PictureUnavailable when its server does not give a usable one
    (remembered for an hour).
    """
    path = await _find_cached(instance, media_id, size)
    if path is None:
        await _fetch_once(instance, media_id)
        path = await _find_cached(instance, media_id, size)
    if path is None:
        raise PictureUnavailable
    return path


async def _find_cached(instance: Instance, media_id: int, size: Size) -> Path | None:
    async with connection(instance.pool) as conn:
        row = await media.find(conn, media_id)
        if row is None or picture_url(row) is None:
            raise NotFound
        key = row.file_key if size == "full" else row.thumbnail_key
        if key is None:
            return None
        path = instance.store.find(key)
        if path is None:  # the store was emptied: start again
            await media_files.forget_cached(conn, media_id)
            return None
        await media_files.note_read(conn, media_id)
        return path


async def _fetch_once(instance: Instance, media_id: int) -> None:
    running = instance.picture_fetches.running
    task = running.get(media_id)
    if task is None:
        task = asyncio.create_task(_fetch(instance, media_id))
        running[media_id] = task
        task.add_done_callback(lambda done: (running.pop(media_id, None), done.cancelled() or done.exception()))
    await asyncio.shield(task)  # a reader who leaves does not stop it for the others


async def _fetch(instance: Instance, media_id: int) -> None:
    async with connection(instance.pool) as conn:
        row = await media.find(conn, media_id)
        if row is None or picture_url(row) is None or await media_files.recently_failed(conn, media_id):
            return
    async with instance.picture_fetches.places:
        try:
            await _fetch_and_keep(instance, row)
        except (FetchFailed, RefusedPicture) as error:
            log.info("remote_picture_failed", media_id=media_id, error=str(error))
            async with transaction(instance.pool) as conn:
                await media_files.save_failure(conn, media_id, str(error))


async def _find_signer(instance: Instance, row: Media) -> Signer | None:
    """Somebody here in whose name it is asked for: what stays inside a community is for its members."""
    if row.post_id is None:
        return None
    async with connection(instance.pool) as conn:
        reader_id = await insiders.find_reader_of(conn, row.post_id)
    return None if reader_id is None else await load_signer(instance, reader_id)


async def _fetch_and_keep(instance: Instance, row: Media) -> None:
    address = picture_url(row)
    assert address is not None
    fetched = await instance.transport.get_document(
        address, accept=ACCEPT, limit=MAX_BYTES, signer=await _find_signer(instance, row)
    )
    picture = await instance.pictures.check_and_reduce(fetched.body, address)
    stored = await keep_picture(instance.store, picture)
    kept = False
    try:
        async with transaction(instance.pool) as conn:
            kept = await media_files.save_cached(conn, row.id, stored)
            if kept and await removed_pictures.find_like(conn, picture.likenesses[:1]) is not None:
                await jobs.enqueue(
                    conn, removed_pictures.JOB, {"media_id": row.id}, key=f"{removed_pictures.JOB}:{row.id}"
                )
    finally:
        if not kept:  # another process was faster, the post was deleted meanwhile, or the database went away
            await instance.store.delete([stored.file_key, stored.thumbnail_key])
