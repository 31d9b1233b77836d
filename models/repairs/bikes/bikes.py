"""Bikes of members: what each is, whether it is ridden, stolen or gone; read by its owner alone."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from models.errors import Conflict, NotFound
from models.ids import make_id
from models.people import accounts
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_value
from models.store.statements import name_values

LeftHow = Literal["given", "sold", "scrapped", "handed-over"]

MOST_BIKES = 50
"""Bikes of one member, those that left among them."""

NAME_LIMIT = 60
WORD_LIMIT = 60
NOTES_LIMIT = 2_000
FRAME_NUMBER_LIMIT = 40
MOST_KILOMETRES = 1_000_000

SHOWN_DIGITS = 3
"""The last ones of a frame number, by which its owner knows it again and nobody else does."""

_NOT_IN_A_NUMBER = re.compile("[^A-Z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class BikeDetails:
    """What its owner says of a bike."""

    name: str
    bike_type: str = "city"
    brand: str = ""
    model: str = ""
    made_in: int | None = None
    wheel_size: str = ""
    notes: str = ""
    frame_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bike(BikeDetails):
    """A bike. `came_from` is a name only where who gave it wanted that; `left_at` where it is ridden no more."""

    id: int
    owner_id: int
    stolen_at: datetime | None = None
    kilometres: int | None = None
    kilometres_on: date | None = None
    created_at: datetime
    updated_at: datetime
    left_at: datetime | None = None
    left_how: LeftHow | None = None
    came_on: date | None = None
    came_from: str = ""

    @property
    def masked_number(self) -> str:
        """The frame number as pages show it before a tap."""
        return mask(self.frame_number)


def tidy_frame_number(typed: str) -> str:
    """Capitals and digits alone, so that blanks and dashes make no difference."""
    return _NOT_IN_A_NUMBER.sub("", typed.upper())


def mask(frame_number: str) -> str:
    """Its last three signs, and that there are more; of one that is hardly longer, none."""
    if len(frame_number) <= SHOWN_DIGITS + 1:
        return "…" if frame_number else ""
    return f"…{frame_number[-SHOWN_DIGITS:]}"


_ADD = name_values(
    """
    INSERT INTO bike (id, owner_id, name, bike_type, brand, model, made_in, wheel_size, notes, frame_number)
    VALUES (:id, :owner_id, :name, :bike_type, :brand, :model, :made_in, :wheel_size, :notes, :frame_number)
    """,
    BikeDetails,
    also=["id", "owner_id"],
)

_CHANGE = name_values(
    """
    UPDATE bike SET name = :name, bike_type = :bike_type, brand = :brand, model = :model, made_in = :made_in,
        wheel_size = :wheel_size, notes = :notes, frame_number = :frame_number, updated_at = now()
    WHERE id = :id
    """,
    BikeDetails,
    also=["id"],
)


async def add(conn: Connection, owner_id: int, details: BikeDetails) -> int:
    """One more bike of hers. Raises Conflict beyond MOST_BIKES."""
    await require_room(conn, owner_id)
    bike_id = make_id()
    await execute(conn, _ADD.sql, *_ADD.args(details, id=bike_id, owner_id=owner_id))
    return bike_id


async def require_room(conn: Connection, owner_id: int) -> None:
    """Let nobody else add one of hers before the transaction ends. Raises Conflict where she has MOST_BIKES."""
    await accounts.lock_account(conn, owner_id)
    held = await fetch_value(conn, "SELECT count(*) FROM bike WHERE owner_id = $1", owner_id)
    if held >= MOST_BIKES:
        raise Conflict("bikes_too_many", most=MOST_BIKES)


async def change(conn: Connection, bike_id: int, details: BikeDetails) -> None:
    """She says it otherwise."""
    await execute(conn, _CHANGE.sql, *_CHANGE.args(details, id=bike_id))


async def get_own(conn: Connection, owner_id: int, bike_id: int | None, *, lock: bool = False) -> Bike:
    """A bike of hers, held until the transaction ends if asked for. Raises NotFound for others' as for none."""
    if lock:
        await execute(conn, "SELECT FROM bike WHERE id = $1 AND owner_id = $2 FOR NO KEY UPDATE", bike_id, owner_id)
    found = await fetch_one(conn, Bike, "SELECT * FROM bike WHERE id = $1 AND owner_id = $2", bike_id, owner_id)
    if found is None:
        raise NotFound
    return found


async def find(conn: Connection, bike_id: int) -> Bike | None:
    """This bike, whoever owns it."""
    return await fetch_one(conn, Bike, "SELECT * FROM bike WHERE id = $1", bike_id)


async def list_own(conn: Connection, owner_id: int) -> list[Bike]:
    """All of hers: those that are ridden first, each part by when she noted it."""
    return await fetch_all(
        conn, Bike, "SELECT * FROM bike WHERE owner_id = $1 ORDER BY left_at DESC NULLS FIRST, id", owner_id
    )


async def list_ridden(conn: Connection, owner_id: int) -> list[Bike]:
    """Those of hers that did not leave, as a form offers them."""
    return [one for one in await list_own(conn, owner_id) if one.left_at is None]


async def mark_left(conn: Connection, bike_id: int, how: LeftHow | None) -> None:
    """It was given away, sold or thrown away, with its book kept; None: it is ridden again."""
    await execute(
        conn,
        """
        UPDATE bike SET left_at = CASE WHEN $2::text IS NULL THEN NULL ELSE now() END, left_how = $2, updated_at = now()
        WHERE id = $1
        """,
        bike_id,
        how,
    )


async def mark_come(conn: Connection, bike_id: int, *, on: date, giver: str) -> None:
    """It came with its book, from somebody who is named or not."""
    await execute(conn, "UPDATE bike SET came_on = $2, came_from = $3 WHERE id = $1", bike_id, on, giver)


async def mark_stolen(conn: Connection, bike_id: int, *, stolen: bool) -> None:
    """It was stolen, which she said first at a moment that stays; or it is found again."""
    await execute(
        conn,
        """
        UPDATE bike SET stolen_at = CASE WHEN $2 THEN coalesce(stolen_at, now()) END, updated_at = now() WHERE id = $1
        """,
        bike_id,
        stolen,
    )


async def remove(conn: Connection, bike_id: int) -> None:
    """It goes with its book, its pictures and its reminders."""
    await execute(conn, "DELETE FROM bike WHERE id = $1", bike_id)


async def forget_owner(conn: Connection, owner_id: int) -> None:
    """She leaves: so do her bikes, their books, files and frame numbers, and what was on its way to her."""
    await execute(conn, "DELETE FROM bike WHERE owner_id = $1", owner_id)
    await execute(conn, "DELETE FROM bike_offer WHERE taker_id = $1", owner_id)
    await execute(conn, "UPDATE bike_handover SET taker_id = NULL, taken_at = NULL WHERE taker_id = $1", owner_id)
