"""Pictures and invoices of bikes, of their books and of what repairers noted, by their keys in the store.

No page answers them but hers whose bike it is, and until she keeps them those of who noted it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.errors import Conflict, NotFound
from models.ids import make_id
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value
from models.store.statements import name_values

Kind = Literal["photo", "invoice"]

MOST_PHOTOS = 4
"""Of one line."""

MOST_RESULT_PHOTOS = 3
"""Beside one result."""

MOST_INVOICES = 1
"""Of one line, and beside one result."""

MOST_BYTES = 5 * 1024 * 1024
"""Of a file as it comes."""

MOST_BYTES_KEPT = 500 * 1024 * 1024
"""Of all files of one member's bikes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that lies in the store; `byte_size` with its small copy, `digest` and `file_size` of itself alone."""

    mime_type: str
    file_key: str
    thumbnail_key: str | None
    byte_size: int
    digest: bytes | None = None
    file_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BikeFile(StoredFile):
    """A file of a line, or of the bike itself where `entry_id` is None; or beside a result, until that is answered.

    `sent_uri` is the address at which `receiver_id` fetches it until `kept_until`, `came_uri` where ours fetched it.
    """

    id: int
    bike_id: int | None
    entry_id: int | None
    result_id: int | None
    kind: Kind
    created_at: datetime
    sent_uri: str | None
    receiver_id: int | None
    kept_until: datetime | None
    came_uri: str | None
    parted_at: datetime | None


_OF_BIKE = "SELECT * FROM bike_file WHERE bike_id = $1 AND parted_at IS NULL ORDER BY id"

_HOLDER = """
    SELECT CASE WHEN a.local THEN r.author_id ELSE r.cyclist_id END
    FROM repair_result r LEFT JOIN actor a ON a.id = r.author_id WHERE r.id = $1
"""
"""Whose room it takes: hers who noted it here, else hers who is told of it."""

_WEIGHT = """
    SELECT coalesce(sum(f.byte_size), 0) FROM bike_file f WHERE f.bike_id IN (SELECT id FROM bike WHERE owner_id = $1)
        OR f.result_id IN (
            SELECT r.id FROM repair_result r LEFT JOIN actor a ON a.id = r.author_id
            WHERE CASE WHEN a.local THEN r.author_id ELSE r.cyclist_id END = $1)
"""

_ADD = name_values(
    """
    INSERT INTO bike_file (id, bike_id, entry_id, result_id, kind, mime_type, file_key, thumbnail_key, byte_size,
        digest, file_size)
    VALUES (:id, :bike_id, :entry_id, :result_id, :kind, :mime_type, :file_key, :thumbnail_key, :byte_size,
        :digest, :file_size)
    """,
    StoredFile,
    also=["id", "bike_id", "entry_id", "result_id", "kind"],
)


async def add(conn: Connection, bike_id: int, entry_id: int | None, kind: Kind, stored: StoredFile) -> int:
    """One more file, and its number; the picture of a bike takes the place of the one before.

    One that waits for another server stays where it is. Raises Conflict as `require_room`.
    """
    await execute(conn, "SELECT FROM bike WHERE id = $1 FOR NO KEY UPDATE", bike_id)
    if entry_id is None:
        await execute(
            conn, "DELETE FROM bike_file WHERE bike_id = $1 AND entry_id IS NULL AND parted_at IS NULL", bike_id
        )
    await require_room(conn, bike_id, entry_id, kind, stored.byte_size)
    file_id = make_id()
    named = {"id": file_id, "bike_id": bike_id, "entry_id": entry_id, "result_id": None, "kind": kind}
    await execute(conn, _ADD.sql, *_ADD.args(stored, **named))
    return file_id


async def add_to_result(conn: Connection, result_id: int, kind: Kind, stored: StoredFile) -> int:
    """One more beside what a repairer noted, who holds it until the cyclist keeps it; elsewhere noted, it is hers.

    Raises Conflict where there are enough of them, or whoever holds it has no room.
    """
    await require_room_beside(conn, result_id, kind, stored.byte_size)
    file_id = make_id()
    named = {"id": file_id, "bike_id": None, "entry_id": None, "result_id": result_id, "kind": kind}
    await execute(conn, _ADD.sql, *_ADD.args(stored, **named))
    return file_id


async def require_room(conn: Connection, bike_id: int, entry_id: int | None, kind: Kind, more: int) -> None:
    """Raise Conflict where the line has enough of them, or all bikes of its owner together weigh too much."""
    if entry_id is not None:
        await _require_place(conn, entry_id, kind)
    owner_id = await fetch_value(conn, "SELECT owner_id FROM bike WHERE id = $1", bike_id)
    await _require_weight(conn, owner_id, more)


async def require_room_beside(conn: Connection, result_id: int, kind: Kind, more: int) -> None:
    """The same beside a result."""
    held = await list_of_result(conn, result_id, lock=True)
    if kind == "photo" and sum(one.kind == "photo" for one in held) >= MOST_RESULT_PHOTOS:
        raise Conflict("result_photos_too_many", field="photos", most=MOST_RESULT_PHOTOS)
    if kind == "invoice" and sum(one.kind == "invoice" for one in held) >= MOST_INVOICES:
        raise Conflict("result_invoices_too_many", field="invoice")
    await _require_weight(conn, await fetch_value(conn, _HOLDER, result_id), more)


async def keep_of_result(conn: Connection, result_id: int, bike_id: int, entry_id: int) -> None:
    """She keeps what a repairer noted: its files are of that line from now on."""
    await execute(
        conn,
        "UPDATE bike_file SET bike_id = $2, entry_id = $3, result_id = NULL WHERE result_id = $1",
        result_id,
        bike_id,
        entry_id,
    )


async def require_room_for(conn: Connection, owner_id: int, result_id: int) -> None:
    """Raise Conflict where what goes with this result is too much for her who keeps it."""
    holder_id = await fetch_value(conn, _HOLDER, result_id)
    held = await list_of_result(conn, result_id)
    if held and holder_id != owner_id:
        await _require_weight(conn, owner_id, sum(one.byte_size for one in held))


async def _require_place(conn: Connection, entry_id: int, kind: Kind) -> None:
    held = await fetch_value(conn, "SELECT count(*) FROM bike_file WHERE entry_id = $1 AND kind = $2", entry_id, kind)
    if kind == "photo" and held >= MOST_PHOTOS:
        raise Conflict("entry_photos_too_many", field="photos", most=MOST_PHOTOS)
    if kind == "invoice" and held >= MOST_INVOICES:
        raise Conflict("entry_invoices_too_many", field="invoice")


async def _require_weight(conn: Connection, holder_id: int | None, more: int) -> None:
    if await weigh_all(conn, holder_id) + more > MOST_BYTES_KEPT:
        raise Conflict("bike_files_too_heavy", field="photos", most=MOST_BYTES_KEPT // 1024 // 1024)


async def weigh_all(conn: Connection, holder_id: int | None) -> int:
    """Bytes of all files of her bikes, and of those beside results that she holds."""
    return int(await fetch_value(conn, _WEIGHT, holder_id))


async def get_own(conn: Connection, reader_id: int, file_id: int) -> BikeFile:
    """A file of hers, or of a result that she noted or is asked about. Raises NotFound for others' as for none."""
    found = await fetch_one(
        conn,
        BikeFile,
        """
        SELECT f.* FROM bike_file f LEFT JOIN bike b ON b.id = f.bike_id LEFT JOIN repair_result r ON r.id = f.result_id
        WHERE f.id = $1 AND f.parted_at IS NULL AND $2 IN (b.owner_id, r.author_id, r.cyclist_id)
        """,
        file_id,
        reader_id,
    )
    if found is None:
        raise NotFound
    return found


async def list_of_result(conn: Connection, result_id: int, *, lock: bool = False) -> list[BikeFile]:
    """What goes with a result, in the order in which it came; nobody adds to it meanwhile where it is locked."""
    if lock:
        await execute(conn, "SELECT FROM repair_result WHERE id = $1 FOR NO KEY UPDATE", result_id)
    return await fetch_all(conn, BikeFile, "SELECT * FROM bike_file WHERE result_id = $1 ORDER BY id", result_id)


async def list_of_results(conn: Connection, result_ids: Sequence[int]) -> list[BikeFile]:
    """The same of several."""
    return await fetch_all(
        conn, BikeFile, "SELECT * FROM bike_file WHERE result_id = ANY($1) ORDER BY id", [*result_ids]
    )


async def list_noted(conn: Connection, author_id: int) -> list[BikeFile]:
    """What goes with results that she noted herself, and that nobody has answered yet."""
    return await fetch_all(
        conn,
        BikeFile,
        "SELECT f.* FROM bike_file f JOIN repair_result r ON r.id = f.result_id WHERE r.author_id = $1 ORDER BY f.id",
        author_id,
    )


async def drop_of_result(conn: Connection, result_id: int, file_ids: Iterable[int] | None = None) -> None:
    """These of a result go, or all of them."""
    chosen = None if file_ids is None else list(file_ids)
    await execute(
        conn, "DELETE FROM bike_file WHERE result_id = $1 AND ($2::bigint[] IS NULL OR id = ANY($2))", result_id, chosen
    )


async def list_of_bike(conn: Connection, bike_id: int) -> list[BikeFile]:
    """All files of a bike and its lines, in the order in which they came."""
    return await fetch_all(conn, BikeFile, _OF_BIKE, bike_id)


async def has_picture(conn: Connection, bike_id: int) -> bool:
    """Whether there is a picture of this bike itself."""
    return any(one.entry_id is None for one in await list_of_bike(conn, bike_id))


async def list_pictures(conn: Connection, owner_id: int) -> list[BikeFile]:
    """The pictures of her bikes themselves."""
    return await fetch_all(
        conn,
        BikeFile,
        """
        SELECT f.* FROM bike_file f JOIN bike b ON b.id = f.bike_id
        WHERE b.owner_id = $1 AND f.entry_id IS NULL AND f.parted_at IS NULL ORDER BY f.id
        """,
        owner_id,
    )


async def remove(conn: Connection, bike_id: int, file_ids: Iterable[int]) -> None:
    """These of this bike go; what is another's stays."""
    await execute(conn, "DELETE FROM bike_file WHERE bike_id = $1 AND id = ANY($2)", bike_id, list(file_ids))
