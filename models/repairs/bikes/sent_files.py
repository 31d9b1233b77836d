"""Files of one of ours that one person of another server may fetch, until they are there or nobody comes for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.repairs.bikes.files import BikeFile
from models.store.database import Connection, execute, fetch_all, fetch_one

KEPT = timedelta(days=30)
"""So long a file waits for whoever it was sent to."""

AFTERWARDS = timedelta(hours=1)
"""So long its address still answers once it is said to have come: a second fetch may be under way."""


async def list_unread(conn: Connection, bike_id: int) -> list[BikeFile]:
    """Those of a bike of which nobody knows the digest yet."""
    return await fetch_all(
        conn, BikeFile, "SELECT * FROM bike_file WHERE bike_id = $1 AND digest IS NULL ORDER BY id", bike_id
    )


async def save_digest(conn: Connection, file_id: int, digest: bytes, size: int) -> None:
    """What this file is, to the bit."""
    await execute(conn, "UPDATE bike_file SET digest = $2, file_size = $3 WHERE id = $1", file_id, digest, size)


async def send(conn: Connection, file_id: int, uri: str, receiver_id: int) -> None:
    """It may be fetched at this address by this person."""
    await execute(
        conn,
        "UPDATE bike_file SET sent_uri = $2, receiver_id = $3, kept_until = now() + $4::interval WHERE id = $1",
        file_id,
        uri,
        receiver_id,
        KEPT,
    )


async def find_open(conn: Connection, uri: str, receiver_id: int) -> BikeFile | None:
    """What stands at this address for this person."""
    return await fetch_one(
        conn,
        BikeFile,
        "SELECT * FROM bike_file WHERE sent_uri = $1 AND receiver_id = $2 AND kept_until > now()",
        uri,
        receiver_id,
    )


async def settle(conn: Connection, uri: str, receiver_id: int) -> bool:
    """This person's server has it, or wants it no more; False where it was not sent to her."""
    return bool(
        await execute(
            conn,
            """
            UPDATE bike_file SET kept_until = least(kept_until, now() + $3::interval)
            WHERE sent_uri = $1 AND receiver_id = $2
            """,
            uri,
            receiver_id,
            AFTERWARDS,
        )
    )


async def part(conn: Connection, bike_id: int) -> None:
    """The book is there: those of its files that are still awaited wait for their receiver alone, the others go."""
    await execute(
        conn,
        "UPDATE bike_file SET parted_at = now(), entry_id = NULL WHERE bike_id = $1 AND kept_until > now()",
        bike_id,
    )
    await execute(conn, "DELETE FROM bike_file WHERE bike_id = $1 AND parted_at IS NULL", bike_id)


async def take_back(conn: Connection, bike_id: int) -> None:
    """The book stays here: no address of its files answers any more."""
    await execute(
        conn,
        "UPDATE bike_file SET sent_uri = NULL, receiver_id = NULL, kept_until = NULL WHERE bike_id = $1",
        bike_id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PartedFiles:
    """How many files of a bike that is gone wait to be fetched, and until when they are kept for that."""

    count: int
    until: datetime | None


async def find_parted(conn: Connection, bike_id: int) -> PartedFiles:
    """What is left of a book that another server has."""
    found = await fetch_one(
        conn,
        PartedFiles,
        """
        SELECT count(*) AS count, max(kept_until) AS until FROM bike_file
        WHERE bike_id = $1 AND parted_at IS NOT NULL AND kept_until > now() + $2::interval
        """,
        bike_id,
        AFTERWARDS,
    )
    assert found is not None, "a count has one row"
    return found


async def forget_over(conn: Connection) -> int:
    """What has come, and what nobody fetched in time, goes; how many. A chore.

    Of a book that is still here nothing goes: it is its owner's.
    """
    return await execute(
        conn,
        "DELETE FROM bike_file WHERE kept_until < now() AND (parted_at IS NOT NULL OR result_id IS NOT NULL)",
    )
