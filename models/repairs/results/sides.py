"""Who repairs and whose bike it is, in what two people agreed on; and a side's result, kept with what is known here."""

from dataclasses import dataclass
from datetime import datetime

from models.exchanges.agreements import Agreement
from models.ids import make_id
from models.listings.listings import Listing, ListingDetails
from models.repairs.results import results
from models.repairs.results.notes import RepairNote
from models.repairs.results.results import RepairResult
from models.store.database import Connection, fetch_value


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairSides:
    """The two of a repair: a call is the cyclist's own listing, appointments are that of a shop."""

    repairer_id: int
    cyclist_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSource:
    """Whose word it is, by which report it was told, and when."""

    author_id: int
    uri: str
    at: datetime


def is_repair(details: ListingDetails) -> bool:
    """Whether what is agreed about this listing is a repair: it is a call, or a shop's appointments."""
    return details.kind == "repair_call" or details.slots_uri is not None


def find_sides(held: Agreement, details: ListingDetails) -> RepairSides | None:
    """Who repairs for whom by this agreement; None where it is no repair."""
    if not is_repair(details):
        return None
    if details.kind == "repair_call":
        return RepairSides(repairer_id=held.partner_id, cyclist_id=held.owner_id)
    return RepairSides(repairer_id=held.owner_id, cyclist_id=held.partner_id)


async def save_note(
    conn: Connection, held: Agreement, listing: Listing, note: RepairNote, source: ResultSource
) -> None:
    """Keep what one side says came out; nothing where it is no repair.

    Where it was done is what this server knows: the shop's commune, else that of the call.
    """
    sides = find_sides(held, listing.details)
    if sides is None:
        return
    await results.save(
        conn,
        RepairResult(
            id=make_id(),
            agreement_id=held.id,
            author_id=source.author_id,
            repairer_id=sides.repairer_id,
            cyclist_id=sides.cyclist_id,
            uri=source.uri,
            bike_type=note.bike_type,
            organ=note.organ,
            outcome=note.outcome,
            barrier=note.barrier,
            minutes=note.minutes,
            parts=[*note.parts],
            learnt=note.learnt,
            problem=note.problem,
            brand=note.brand,
            commune_code=await find_commune(conn, sides, listing),
            repaired_on=note.repaired_on,
            noted_at=source.at,
            book_answer=None,
        ),
    )


async def find_commune(conn: Connection, sides: RepairSides, listing: Listing) -> str | None:
    """The shop's, which comes by or is visited; else that of the call."""
    of_shop: str | None = await fetch_value(
        conn,
        """
        SELECT coalesce(a.commune_code, (
            SELECT code FROM commune WHERE postcodes @> ARRAY[a.postcode] AND fold(name) = fold(a.place_name)
            ORDER BY population DESC, code LIMIT 1))
        FROM actor a WHERE a.id = $1 AND a.type <> 'Person'
        """,
        sides.repairer_id,
    )
    return of_shop or listing.details.commune_code


def note_of(result: RepairResult) -> RepairNote:
    """What it says, without whose it is."""
    return RepairNote(
        organ=result.organ,
        outcome=result.outcome,
        repaired_on=result.repaired_on,
        bike_type=result.bike_type,
        barrier=result.barrier,
        minutes=result.minutes,
        parts=tuple(result.parts),
        learnt=result.learnt,
        problem=result.problem,
        brand=result.brand,
    )
