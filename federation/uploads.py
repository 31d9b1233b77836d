"""A picture, film or sound that somebody sends us: checked, kept under a random name, waiting for its post."""

from federation.films import Film
from federation.instance import Instance
from federation.pictures import Picture
from federation.store import FolderStore
from models import uploads
from models.database import connection, transaction
from models.media import Media, StoredFile, StoredPicture


async def save_upload(
    instance: Instance, *, owner_id: int, data: bytes, name: str = "", description: str = ""
) -> Media:
    """The upload's row, its files in the store. `name` is what the sender calls the file: only shown in errors.

    Raises RefusedPicture, PicturesBusy, StoreFull, Invalid for the description,
    Conflict when the owner has too many uploads waiting.
    """
    uploads.require_description(description)
    async with connection(instance.pool) as conn:
        await uploads.require_room(conn, owner_id)
    picture = await instance.pictures.check_and_reduce(data, name)
    stored = await keep_picture(instance.store, picture)
    try:
        async with transaction(instance.pool) as conn:
            return await uploads.create_upload(conn, owner_id, stored, description)
    except BaseException:
        await instance.store.delete([stored.file_key, stored.thumbnail_key])
        raise


async def save_film(instance: Instance, *, owner_id: int, film: Film, description: str = "") -> Media:
    """The upload's row, its file in the store. Raises StoreFull, Invalid, Conflict, as for pictures."""
    uploads.require_description(description)
    async with connection(instance.pool) as conn:
        await uploads.require_room(conn, owner_id)
    key = await instance.store.save(film.data, film.suffix)
    try:
        async with transaction(instance.pool) as conn:
            stored = StoredFile(file_key=key, byte_size=len(film.data), mime_type=film.mime)
            return await uploads.create_file(conn, owner_id, stored, description)
    except BaseException:
        await instance.store.delete([key])
        raise


async def save_thumbnail(instance: Instance, *, owner_id: int, media_id: int, data: bytes, name: str = "") -> Media:
    """A picture that stands for an upload of the owner. Raises RefusedPicture, NotFound, StoreFull."""
    async with connection(instance.pool) as conn:
        await uploads.get_own(conn, media_id, owner_id)
    picture = await instance.pictures.check_and_reduce(data, name)
    key = await instance.store.save(picture.thumbnail)
    try:
        async with transaction(instance.pool) as conn:
            return await uploads.save_thumbnail(conn, media_id, owner_id, key, picture.blurhash)
    except BaseException:
        await instance.store.delete([key])
        raise


async def keep_picture(store: FolderStore, picture: Picture) -> StoredPicture:
    """Both files of a picture in the store. Raises StoreFull, leaving neither."""
    file_key = await store.save(picture.full)
    try:
        thumbnail_key = await store.save(picture.thumbnail)
    except BaseException:
        await store.delete([file_key])
        raise
    return StoredPicture(
        file_key=file_key,
        thumbnail_key=thumbnail_key,
        byte_size=len(picture.full) + len(picture.thumbnail),
        width=picture.width,
        height=picture.height,
        blurhash=picture.blurhash,
        mime_type=picture.mime,
    )
