"""A picture, film or sound that somebody sends us: checked, kept under a random name, waiting for its post."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from federation.instance import Instance
from federation.media_store import FolderStore, Spool
from federation.sandbox.films import Film
from federation.sandbox.orientation import hold
from federation.sandbox.pictures import THUMBNAIL_SIDE, Picture, RefusedPicture, fit
from models.posts.media import uploads
from models.posts.media.media import Media, StoredFilm, StoredPicture
from models.posts.media.uploads import Thumbnail
from models.store.database import connection, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmUpload:
    """A film, sound or GIF that lies in a spool: `kind` as `films.find_kind` tells it, `name` only shown in errors."""

    path: Path
    kind: str
    name: str = ""
    description: str = ""


async def save_upload(
    instance: Instance, *, owner_id: int, data: bytes, name: str = "", description: str = "", key: str | None = None
) -> Media:
    """The upload's row, its files in the store. `name` is what the sender calls the file: only shown in errors.

    Sent again under the same `key`, it is the same upload. Raises RefusedPicture, PicturesBusy, StoreFull,
    Invalid for the description, Conflict when the owner has too many uploads waiting.
    """
    uploads.require_description(description)
    async with connection(instance.pool) as conn:
        known = await uploads.find_by_key(conn, owner_id, key) if key else None
        if known is not None:
            return known
        await uploads.require_room(conn, owner_id)
    picture = await instance.pictures.check_and_reduce(data, name)
    stored = await keep_picture(instance.store, picture)
    made = None
    try:
        async with transaction(instance.pool) as conn:
            made = await uploads.create_upload(conn, owner_id, stored, description, key=key)
    finally:
        if made is None or made.file_key != stored.file_key:  # refused, or kept at the same moment by another request
            await instance.store.delete([stored.file_key, stored.thumbnail_key])
    return made


async def turn_upload(instance: Instance, photo: Media, degrees: int) -> Media:
    """A photo of ours turned clockwise: an upload of its own with the same words, since addresses never change.

    The file says how it is to be held, as that of a camera does, and is made upright like any other. Raises what
    `save_upload` does, and RefusedPicture where its file is gone.
    """
    path = instance.store.find(photo.file_key or "")
    if path is None or photo.owner_id is None:
        raise RefusedPicture
    try:
        data = hold(await asyncio.to_thread(path.read_bytes), degrees)
    except (OSError, ValueError) as error:
        raise RefusedPicture from error
    return await save_upload(instance, owner_id=photo.owner_id, data=data, description=photo.description)


async def save_film(instance: Instance, upload: FilmUpload, spool: Spool, *, owner_id: int) -> Media | None:
    """The upload's row, its copy and one of its pictures in the store; None for a GIF that does not move.

    Raises RefusedFilm (its `sentence` is for people), PicturesBusy, StoreFull, Invalid, Conflict, as for pictures.
    """
    uploads.require_description(upload.description)
    async with connection(instance.pool) as conn:
        await uploads.require_room(conn, owner_id)
    copy = spool.new()
    film = await instance.films.check_and_copy(upload.path, copy, upload.kind, upload.name)
    if film is None:
        return None
    poster = await instance.pictures.check_and_reduce(film.poster, upload.name) if film.poster else None
    keys: list[str] = []
    try:
        stored = await _keep_film(instance.store, spool, copy, film, poster, keys)
        async with transaction(instance.pool) as conn:
            return await uploads.create_film(conn, owner_id, stored, upload.description)
    except BaseException:
        await instance.store.delete(keys)
        raise


async def _keep_film(
    store: FolderStore, spool: Spool, copy: Path, film: Film, poster: Picture | None, keys: list[str]
) -> StoredFilm:
    """Both files in the store; their keys are noted in `keys` as soon as they are there."""
    keys.append(await spool.keep(copy, film.suffix))
    measures = dict(film.measures)
    if poster is not None:
        keys.append(await store.save(poster.full))
        await save_copies(store, keys[-1], poster)
        measures["small"] = [poster.width, poster.height]
    return StoredFilm(
        file_key=keys[0],
        thumbnail_key=keys[1] if poster else None,
        byte_size=film.byte_size + (len(poster.full) + weigh_copies(poster) if poster else 0),
        mime_type=film.mime,
        type=film.type,
        duration=film.duration,
        measures=measures,
        width=film.width,
        height=film.height,
        blurhash=poster.blurhash if poster else None,
    )


async def save_thumbnail(instance: Instance, *, owner_id: int, media_id: int, data: bytes, name: str = "") -> Media:
    """A picture that stands for an upload of the owner. Raises RefusedPicture, NotFound, StoreFull."""
    async with connection(instance.pool) as conn:
        await uploads.get_own(conn, media_id, owner_id)
    picture = await instance.pictures.check_and_reduce(data, name)
    width, height = fit(picture.width, picture.height, THUMBNAIL_SIDE)
    key = await instance.store.save(picture.thumbnail)
    thumbnail = Thumbnail(
        key=key, byte_size=len(picture.thumbnail), width=width, height=height, blurhash=picture.blurhash
    )
    try:
        async with transaction(instance.pool) as conn:
            return await uploads.save_thumbnail(conn, media_id, owner_id, thumbnail)
    except BaseException:
        await instance.store.delete([key])
        raise


async def keep_picture(store: FolderStore, picture: Picture) -> StoredPicture:
    """The files of a picture in the store. Raises StoreFull, leaving none."""
    file_key = await store.save(picture.full)
    try:
        await save_copies(store, file_key, picture)
        thumbnail_key = await store.save(picture.thumbnail)
    except BaseException:
        await store.delete([file_key])
        raise
    return StoredPicture(
        file_key=file_key,
        thumbnail_key=thumbnail_key,
        byte_size=len(picture.full) + len(picture.thumbnail) + weigh_copies(picture),
        width=picture.width,
        height=picture.height,
        blurhash=picture.blurhash,
        mime_type=picture.mime,
        likeness=picture.likenesses[0] if picture.likenesses else None,
    )


async def save_copies(store: FolderStore, key: str, picture: Picture) -> None:
    """What pages show of the picture that is kept under this key. Raises StoreFull."""
    for name, data in picture.copies.items():
        await store.save_copy(key, name, data)


def weigh_copies(picture: Picture) -> int:
    """What the copies weigh together, in bytes."""
    return sum(map(len, picture.copies.values()))
