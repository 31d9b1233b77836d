"""Pictures and invoices of bikes and their books, by their keys in the store: no address answers them but hers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.errors import Conflict, NotFound
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value

Kind = Literal["photo", "invoice"]

MOST_PHOTOS = 4
"""Of one line."""

MOST_INVOICES = 1
"""Of one line."""

MOST_BYTES = 5 * 1024 * 1024
"""Of a file as it comes."""

MOST_BYTES_KEPT = 500 * 1024 * 1024
"""Of all files of one member's bikes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that lies in the store."""

    mime_type: str
    file_key: str
    thumbnail_key: str | None
    byte_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BikeFile(StoredFile):
    """A file of a line, or of the bike itself where `entry_id` is None."""

    id: int
    bike_id: int
    entry_id: int | None
    kind: Kind
    created_at: datetime


async def add(conn: Connection, bike_id: int, entry_id: int | None, kind: Kind, stored: StoredFile) -> None:
    """One more file; the picture of a bike takes the place of the one before.

    Raises Conflict where the line has enough of them, or all her bikes together weigh too much.
    """
    await execute(conn, "SELECT FROM bike WHERE id = $1 FOR NO KEY UPDATE", bike_id)
    if entry_id is None:
        await execute(conn, "DELETE FROM bike_file WHERE bike_id = $1 AND entry_id IS NULL", bike_id)
    else:
        await _require_room(conn, entry_id, kind)
    if await weigh_all(conn, bike_id) + stored.byte_size > MOST_BYTES_KEPT:
        raise Conflict("bike_files_too_heavy", field="photos", most=MOST_BYTES_KEPT // 1024 // 1024)
    await execute(
        conn,
        """
        INSERT INTO bike_file (id, bike_id, entry_id, kind, mime_type, file_key, thumbnail_key, byte_size)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        make_id(),
        bike_id,
        entry_id,
        kind,
        stored.mime_type,
        stored.file_key,
        stored.thumbnail_key,
        stored.byte_size,
    )


async def _require_room(conn: Connection, entry_id: int, kind: Kind) -> None:
    held = await fetch_value(conn, "SELECT count(*) FROM bike_file WHERE entry_id = $1 AND kind = $2", entry_id, kind)
    if kind == "photo" and held >= MOST_PHOTOS:
        raise Conflict("entry_photos_too_many", field="photos", most=MOST_PHOTOS)
    if kind == "invoice" and held >= MOST_INVOICES:
        raise Conflict("entry_invoices_too_many", field="invoice")


async def weigh_all(conn: Connection, bike_id: int) -> int:
    """Bytes of all files of whoever owns this bike."""
    return int(
        await fetch_value(
            conn,
            """
            SELECT coalesce(sum(f.byte_size), 0) FROM bike own JOIN bike b ON b.owner_id = own.owner_id
            JOIN bike_file f ON f.bike_id = b.id WHERE own.id = $1
            """,
            bike_id,
        )
    )


async def get_own(conn: Connection, owner_id: int, file_id: int) -> BikeFile:
    """A file of hers. Raises NotFound for others' as for none."""
    found = await fetch_one(
        conn,
        BikeFile,
        "SELECT f.* FROM bike_file f JOIN bike b ON b.id = f.bike_id WHERE f.id = $1 AND b.owner_id = $2",
        file_id,
        owner_id,
    )
    if found is None:
        raise NotFound
    return found


async def list_of_bike(conn: Connection, bike_id: int) -> list[BikeFile]:
    """All files of a bike and its lines, in the order in which they came."""
    return await fetch_all(conn, BikeFile, "SELECT * FROM bike_file WHERE bike_id = $1 ORDER BY id", bike_id)


async def list_pictures(conn: Connection, owner_id: int) -> list[BikeFile]:
    """The pictures of her bikes themselves."""
    return await fetch_all(
        conn,
        BikeFile,
        """
        SELECT f.* FROM bike_file f JOIN bike b ON b.id = f.bike_id
        WHERE b.owner_id = $1 AND f.entry_id IS NULL ORDER BY f.id
        """,
        owner_id,
    )


async def remove(conn: Connection, bike_id: int, file_ids: Iterable[int]) -> None:
    """These of this bike go; what is another's stays."""
    await execute(conn, "DELETE FROM bike_file WHERE bike_id = $1 AND id = ANY($2)", bike_id, list(file_ids))
