"""Files that one member alone reads: pictures checked and made anew as all are, invoices as PDF; for rows of others."""

import asyncio
from hashlib import sha256
from pathlib import Path

from federation.instance import Instance
from federation.media_store import PRIVATE_PDF, PRIVATE_PICTURE
from federation.sandbox.pictures import NotAPicture
from models.errors import Invalid
from models.repairs.bikes import sent_files
from models.repairs.bikes.files import MOST_BYTES, StoredFile
from models.store.database import connection, transaction

PDF = b"%PDF-"
"""With what a PDF begins (ISO 32000-1, 7.5.2); some programs write a few bytes before it."""

LOOKED_AT = 1024


async def keep_photo(instance: Instance, data: bytes, name: str = "") -> StoredFile:
    """A picture in the store, without where and when it was taken. Raises RefusedPicture, PicturesBusy, StoreFull."""
    picture = await instance.pictures.check_and_reduce(data, name)
    file_key = await instance.store.save(picture.full, PRIVATE_PICTURE)
    try:
        thumbnail_key = await instance.store.save(picture.thumbnail, PRIVATE_PICTURE)
    except BaseException:
        await instance.store.delete([file_key])
        raise
    return StoredFile(
        mime_type="image/jpeg",
        file_key=file_key,
        thumbnail_key=thumbnail_key,
        byte_size=len(picture.full) + len(picture.thumbnail),
        digest=sha256(picture.full).digest(),
        file_size=len(picture.full),
    )


async def keep_invoice(instance: Instance, data: bytes, name: str = "") -> StoredFile:
    """A PDF as it came, or a picture. Raises Invalid for what is too heavy, and as `keep_photo`."""
    if len(data) > MOST_BYTES:
        raise Invalid("invoice_too_heavy", field="invoice", most=MOST_BYTES // 1024 // 1024)
    if PDF not in data[:LOOKED_AT]:
        try:
            return await keep_photo(instance, data, name)
        except NotAPicture as refusal:
            raise Invalid("invoice_unreadable", field="invoice") from refusal
    file_key = await instance.store.save(data, PRIVATE_PDF)
    return StoredFile(
        mime_type="application/pdf",
        file_key=file_key,
        thumbnail_key=None,
        byte_size=len(data),
        digest=sha256(data).digest(),
        file_size=len(data),
    )


async def note_digests(instance: Instance, bike_id: int) -> None:
    """Know every file of this bike to the bit, before they are told of elsewhere; one that is lost stays unknown."""
    async with connection(instance.pool) as conn:
        unread = await sent_files.list_unread(conn, bike_id)
    for one in unread:
        path = instance.store.find(one.file_key)
        if path is not None:
            digest, size = await asyncio.to_thread(_measure, path)
            async with transaction(instance.pool) as conn:
                await sent_files.save_digest(conn, one.id, digest, size)


def _measure(path: Path) -> tuple[bytes, int]:
    data = path.read_bytes()
    return sha256(data).digest(), len(data)


async def drop(instance: Instance, stored: StoredFile) -> None:
    """No row took it: its files go."""
    await instance.store.delete([key for key in (stored.file_key, stored.thumbnail_key) if key is not None])
