"""Whose stolen bike has a number, and what its owner is told of who asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.ids import make_id
from models.repairs.frame_numbers.inquiries import KEPT
from models.store.database import Connection, execute, fetch_all, fetch_value

TOLD_AGAIN = timedelta(days=1)
"""Whoever asks twice about one bike within this time is one line to its owner."""


COMPLETED = timedelta(minutes=1)
"""Within this time the address of who asked follows the question that did not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StolenBike:
    """A bike of somebody here that she said was stolen."""

    id: int
    owner_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Somebody of `host` asked about a bike; `contact` is her address, where she wants to be written to."""

    id: int
    bike_id: int
    bike_name: str
    host: str
    asked_at: datetime
    contact: str


async def list_stolen(conn: Connection, number: str) -> list[StolenBike]:
    """The bikes with this number that their owners, members here, said were stolen and not that they are back."""
    return await fetch_all(
        conn,
        StolenBike,
        """
        SELECT b.id, b.owner_id FROM bike b JOIN actor a ON a.id = b.owner_id
        WHERE b.frame_number = $1 AND b.frame_number <> '' AND b.stolen_at IS NOT NULL
            AND a.local AND a.deleted_at IS NULL
        ORDER BY b.id
        """,
        number,
    )


async def add(conn: Connection, bike_id: int, host: str, contact: str) -> bool:
    """Tell the owner of this bike; False where she was told the same, or more, within the last day.

    A cooperative says who asks once it knows that the bike is stolen: what it asked just before is one line with that.
    """
    if contact and await _complete(conn, bike_id, host, contact):
        return False
    known = await fetch_value(
        conn,
        """
        SELECT true FROM frame_sighting
        WHERE bike_id = $1 AND host = $2 AND ($3 = '' OR contact = $3) AND asked_at > now() - $4::interval LIMIT 1
        """,
        bike_id,
        host,
        contact,
        TOLD_AGAIN,
    )
    if known:
        return False
    await execute(
        conn,
        "INSERT INTO frame_sighting (id, bike_id, host, contact) VALUES ($1, $2, $3, $4)",
        make_id(),
        bike_id,
        host,
        contact,
    )
    return True


async def _complete(conn: Connection, bike_id: int, host: str, contact: str) -> bool:
    return bool(
        await execute(
            conn,
            """
            UPDATE frame_sighting SET contact = $3 WHERE id = (
                SELECT max(id) FROM frame_sighting
                WHERE bike_id = $1 AND host = $2 AND contact = '' AND asked_at > now() - $4::interval)
            """,
            bike_id,
            host,
            contact,
            COMPLETED,
        )
    )


async def list_own(conn: Connection, owner_id: int, *, limit: int = 50) -> list[Sighting]:
    """What the owner of these bikes is told, the newest first."""
    return await fetch_all(
        conn,
        Sighting,
        """
        SELECT s.id, s.bike_id, b.name AS bike_name, s.host, s.asked_at, s.contact
        FROM frame_sighting s JOIN bike b ON b.id = s.bike_id
        WHERE b.owner_id = $1 ORDER BY s.asked_at DESC, s.id DESC LIMIT $2
        """,
        owner_id,
        limit,
    )


async def find_cooperative(conn: Connection, host: str) -> int | None:
    """The `@coop` of this server, in whose name its owner is told."""
    found: int | None = await fetch_value(
        conn,
        """
        SELECT id FROM actor WHERE host = $1 AND username = 'coop' AND type = 'Organization' AND deleted_at IS NULL
        ORDER BY id LIMIT 1
        """,
        host,
    )
    return found


async def forget_bike(conn: Connection, bike_id: int) -> None:
    """This bike has another owner: who wrote to the one before is not hers to read."""
    await execute(conn, "DELETE FROM frame_sighting WHERE bike_id = $1", bike_id)


async def forget_contact(conn: Connection, contact: str) -> None:
    """Who asked left: her address leads nowhere now."""
    await execute(conn, "UPDATE frame_sighting SET contact = '' WHERE contact = $1", contact)


async def forget_old(conn: Connection) -> int:
    """Lines of more than a year ago. A sweep."""
    return await execute(conn, "DELETE FROM frame_sighting WHERE asked_at < now() - $1::interval", KEPT)
