"""The photos of a post that was refused or removed are remembered: what looks like one is held from then on."""

import asyncio
from pathlib import Path

from federation.instance import Instance
from federation.media.remote_media import PictureUnavailable, find_picture
from federation.sandbox.pictures import Picture, RefusedPicture
from models.errors import NotFound
from models.moderation import journal, removed_pictures
from models.people.accounts import Account
from models.posts.media import media
from models.posts.media.media import Media
from models.store.database import connection, transaction


async def remember_photos(instance: Instance, post_id: int, by: Account | None) -> int:
    """How many photos of this post are remembered now that were not before.

    One that cannot be opened any more is left out. Raises PicturesBusy, and Conflict where no more are remembered.
    """
    async with connection(instance.pool) as conn:
        held = (await media.list_by_posts(conn, [post_id]))[post_id]
    count, by_id = 0, None if by is None else by.actor_id
    for one in held:
        picture = await _open(instance, one) if one.type == "image" else None
        if picture is None:
            continue
        async with transaction(instance.pool) as conn:
            if await removed_pictures.remember(conn, picture.likenesses, one.description, by_id):
                count += 1
                await journal.record(
                    conn, "filter_changed", by=by, right="reports", photo=one.description, post_id=post_id
                )
    return count


async def _open(instance: Instance, one: Media) -> Picture | None:
    """The picture as it is in the store, fetched first where it is not; None where it cannot be had."""
    try:
        path = await _find_file(instance, one)
        return await instance.pictures.check_and_reduce(await asyncio.to_thread(path.read_bytes))
    except (NotFound, PictureUnavailable, RefusedPicture, OSError):
        return None


async def _find_file(instance: Instance, one: Media) -> Path:
    if one.remote_url is not None:
        return await find_picture(instance, one.id, "full")
    path = instance.store.find(one.file_key or "")
    if path is None:
        raise NotFound
    return path
