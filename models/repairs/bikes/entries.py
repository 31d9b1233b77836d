"""The lines of a bike's book: what was done, by whom and when; noted by its owner, or kept of what a repairer said."""

from dataclasses import dataclass
from datetime import date, datetime

from models.errors import Conflict, NotFound
from models.ids import make_id
from models.repairs.results.results import Outcome
from models.store.database import Connection, execute, fetch_all, fetch_one, fetch_records, fetch_value
from models.store.statements import name_values

MOST_ENTRIES = 2_000
"""Lines of one book."""

TITLE_LIMIT = 120
TEXT_LIMIT = 3_000
REPAIRER_LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDetails:
    """What a line says."""

    done_on: date
    title: str
    text: str = ""
    organ: str | None = None
    outcome: Outcome | None = None
    minutes: int | None = None
    parts: tuple[str, ...] | list[str] = ()
    repairer: str = ""
    kilometres: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BikeEntry(EntryDetails):
    """A line. `result_id` is what a repairer said that it was kept of; `repairer_id` while that one is known here."""

    id: int
    bike_id: int
    result_id: int | None
    repairer_id: int | None
    created_at: datetime


_ADD = name_values(
    """
    INSERT INTO bike_entry (id, bike_id, result_id, repairer_id, done_on, title, text, organ, outcome, minutes, parts,
        repairer, kilometres)
    VALUES (:id, :bike_id, :result_id, :repairer_id, :done_on, :title, :text, :organ, :outcome, :minutes, :parts,
        :repairer, :kilometres)
    """,
    EntryDetails,
    also=["id", "bike_id", "result_id", "repairer_id"],
)

_CHANGE = name_values(
    """
    UPDATE bike_entry SET done_on = :done_on, title = :title, text = :text, organ = :organ, outcome = :outcome,
        minutes = :minutes, parts = :parts, repairer = :repairer, kilometres = :kilometres,
        repairer_id = CASE WHEN repairer = :repairer THEN repairer_id END
    WHERE id = :id
    """,
    EntryDetails,
    also=["id"],
)


async def add(
    conn: Connection,
    bike_id: int,
    details: EntryDetails,
    *,
    result_id: int | None = None,
    repairer_id: int | None = None,
) -> int:
    """One more line. Raises Conflict where the book is full."""
    await execute(conn, "SELECT FROM bike WHERE id = $1 FOR NO KEY UPDATE", bike_id)
    if await count(conn, bike_id) >= MOST_ENTRIES:
        raise Conflict("book_full", most=MOST_ENTRIES)
    entry_id = make_id()
    named = {"id": entry_id, "bike_id": bike_id, "result_id": result_id, "repairer_id": repairer_id}
    await execute(conn, _ADD.sql, *_ADD.args(details, **named))
    return entry_id


async def change(conn: Connection, entry_id: int, details: EntryDetails) -> None:
    """It says this from now on."""
    await execute(conn, _CHANGE.sql, *_CHANGE.args(details, id=entry_id))


async def strike(conn: Connection, entry_id: int) -> None:
    """It goes, with its pictures."""
    await execute(conn, "DELETE FROM bike_entry WHERE id = $1", entry_id)


async def get(conn: Connection, bike_id: int, entry_id: int) -> BikeEntry:
    """A line of this book. Raises NotFound."""
    found = await fetch_one(
        conn, BikeEntry, "SELECT * FROM bike_entry WHERE bike_id = $1 AND id = $2", bike_id, entry_id
    )
    if found is None:
        raise NotFound
    return found


async def list_of_bike(conn: Connection, bike_id: int) -> list[BikeEntry]:
    """All lines, the newest first."""
    return await fetch_all(
        conn,
        BikeEntry,
        "SELECT * FROM bike_entry WHERE bike_id = $1 ORDER BY done_on DESC, id DESC LIMIT $2",
        bike_id,
        MOST_ENTRIES,
    )


async def count(conn: Connection, bike_id: int) -> int:
    """How many lines the book has."""
    return int(await fetch_value(conn, "SELECT count(*) FROM bike_entry WHERE bike_id = $1", bike_id))


async def count_by_bike(conn: Connection, owner_id: int) -> dict[int, int]:
    """How many lines each book of hers has, by the bike."""
    rows = await fetch_records(
        conn,
        """
        SELECT e.bike_id, count(*) AS lines FROM bike_entry e JOIN bike b ON b.id = e.bike_id
        WHERE b.owner_id = $1 GROUP BY e.bike_id
        """,
        owner_id,
    )
    return {row["bike_id"]: row["lines"] for row in rows}
