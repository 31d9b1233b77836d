"""Many rows at once, as an import makes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models.repairs.results.results import Outcome
from models.store.database import Connection, execute_many


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBike:
    """A bike of a member."""

    id: int
    owner_id: int
    name: str
    bike_type: str
    brand: str
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """A line of its book."""

    id: int
    bike_id: int
    done_on: date
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResult:
    """What came out of a repair, as a shop noted it elsewhere."""

    id: int
    repairer_id: int
    cyclist_id: int | None
    bike_type: str
    organ: str
    outcome: Outcome
    repaired_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWalkIn:
    """Somebody who comes, and agreed on it elsewhere."""

    id: int
    listing_id: int
    begins_at: datetime
    ends_at: datetime
    name: str
    note: str


async def add_bikes(conn: Connection, new: Sequence[NewBike]) -> None:
    """All of these."""
    await execute_many(
        conn,
        "INSERT INTO bike (id, owner_id, name, bike_type, brand, notes) VALUES ($1, $2, $3, $4, $5, $6)",
        [(one.id, one.owner_id, one.name, one.bike_type, one.brand, one.notes) for one in new],
    )


async def add_entries(conn: Connection, new: Sequence[NewEntry]) -> None:
    """All of these, of bikes that are here."""
    await execute_many(
        conn,
        "INSERT INTO bike_entry (id, bike_id, done_on, title, text) VALUES ($1, $2, $3, $4, $5)",
        [(one.id, one.bike_id, one.done_on, one.title, one.text) for one in new],
    )


async def add_results(conn: Connection, new: Sequence[NewResult]) -> None:
    """All of these, noted by the shop, in its commune; the cyclist is not asked for her book: her lines come too."""
    await execute_many(
        conn,
        """
        INSERT INTO repair_result (id, author_id, repairer_id, cyclist_id, bike_type, organ, outcome, repaired_on,
            commune_code, book_answer)
        SELECT $1, $2, $2, $3, $4, $5, $6, $7, commune_code, 'declined' FROM actor WHERE id = $2
        """,
        [
            (one.id, one.repairer_id, one.cyclist_id, one.bike_type, one.organ, one.outcome, one.repaired_on)
            for one in new
        ],
    )


async def add_walk_ins(conn: Connection, new: Sequence[NewWalkIn]) -> None:
    """All of these."""
    await execute_many(
        conn,
        "INSERT INTO walk_in (id, listing_id, begins_at, ends_at, name, note) VALUES ($1, $2, $3, $4, $5, $6)",
        [(one.id, one.listing_id, one.begins_at, one.ends_at, one.name, one.note) for one in new],
    )
