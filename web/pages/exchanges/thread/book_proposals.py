"""What a repairer said of a repair, asked about for the book of a bike: in the thread, and on the page of my bikes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from models.listings.listings import ListingDetails
from models.people import actors
from models.repairs.bikes import awaited_files, bikes, files, links, proposals
from models.repairs.bikes.awaited_files import AwaitedFile, AwaitedState
from models.repairs.bikes.bikes import Bike
from models.repairs.bikes.entries import REPAIRER_LIMIT, TEXT_LIMIT, TITLE_LIMIT, EntryDetails
from models.repairs.bikes.files import BikeFile, Kind
from models.repairs.results.results import RepairResult
from models.store.database import Connection
from web.rendering.i18n import Say
from web.rendering.render import N_, say
from web.security.session import require_account

ORGANS = {
    "flat-tyre": N_("Pneu, chambre à air"),
    "brakes": N_("Freins"),
    "chain": N_("Chaîne"),
    "gears": N_("Vitesses"),
    "wheel": N_("Roue"),
    "electric": N_("Partie électrique"),
    "lights": N_("Lumières"),
    "diagnosis": N_("Révision, recherche de panne"),
    "other": N_("Autre chose"),
}
"""What was worked on, as a line of a book says it."""

OUTCOMES = {
    "fixed": N_("réparé"),
    "repairable": N_("réparable, pas encore réparé"),
    "end-of-life": N_("ne se répare plus"),
    "unknown": N_("on ne sait pas encore"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BookProposal:
    """What a repairer said of a repair, for the book of one of her bikes; `bike_id` where she told which when asking.

    `repairer` is a name, or nothing where that account is gone.
    """

    result: RepairResult
    title: str
    repairer: str
    bike_id: int | None
    photos: list[BikeFile]
    invoices: list[BikeFile]
    awaited: AwaitedState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadProposals:
    """What waits for her answer in one thread, and the bikes whose books it may go to.

    `appointment` is hers with a shop, about `bike_id` where she said which of them.
    """

    proposals: list[BookProposal]
    offered: list[Bike]
    appointment: int | None = None
    bike_id: int | None = None


async def load_proposals(
    conn: Connection, request: web.Request, exchange_id: int, details: ListingDetails
) -> ThreadProposals:
    """Those of a thread about a repair: mostly none, and none for who passes by without an account."""
    account = require_account(request)
    if account.passing or (details.kind != "repair_call" and details.mode not in ("service", "repair")):
        return ThreadProposals(proposals=[], offered=[])
    waiting = await proposals.list_of_exchange(conn, exchange_id, account.actor_id)
    appointment = await links.find_appointment(conn, exchange_id, account.actor_id)
    return ThreadProposals(
        proposals=await draw_proposals(conn, partial(say, request), waiting, account.actor_id),
        offered=await bikes.list_ridden(conn, account.actor_id) if waiting or appointment else [],
        appointment=appointment,
        bike_id=await links.find_bike(conn, account.actor_id, appointment),
    )


async def draw_proposals(
    conn: Connection, speak: Say, waiting: Sequence[RepairResult], cyclist_id: int
) -> list[BookProposal]:
    """These results as pages ask about them, with what goes with them and what of that is still to come."""
    ids = [one.id for one in waiting]
    held = await files.list_of_results(conn, ids)
    awaited = await awaited_files.list_of_results(conn, ids)
    people = await actors.map_by_ids(conn, [one.repairer_id for one in waiting if one.repairer_id is not None])
    return [
        BookProposal(
            result=one,
            title=name_result(speak, one),
            repairer=people[one.repairer_id].display_name if one.repairer_id in people else "",
            bike_id=await links.find_bike(conn, cyclist_id, one.agreement_id),
            photos=_choose(held, one, "photo"),
            invoices=_choose(held, one, "invoice"),
            awaited=_tell_state(awaited, one),
        )
        for one in waiting
    ]


def _choose(held: Sequence[BikeFile], result: RepairResult, kind: Kind) -> list[BikeFile]:
    return [one for one in held if one.result_id == result.id and one.kind == kind]


def _tell_state(awaited: Sequence[AwaitedFile], result: RepairResult) -> AwaitedState | None:
    return awaited_files.tell_state([one for one in awaited if one.result_id == result.id])


async def write_entry(conn: Connection, speak: Say, result: RepairResult) -> EntryDetails:
    """The line that is made of what a repairer said."""
    people = await actors.map_by_ids(conn, [result.repairer_id] if result.repairer_id is not None else [])
    told = "\n".join(part for part in (result.problem, result.learnt) if part)
    return EntryDetails(
        done_on=result.repaired_on,
        title=name_result(speak, result)[:TITLE_LIMIT],
        text=told[:TEXT_LIMIT],
        organ=result.organ,
        outcome=result.outcome,
        minutes=result.minutes,
        parts=result.parts,
        repairer=people[result.repairer_id].display_name[:REPAIRER_LIMIT] if result.repairer_id in people else "",
    )


def name_result(speak: Say, result: RepairResult) -> str:
    """« Chaîne : réparé »."""
    return f"{speak(ORGANS[result.organ])} : {speak(OUTCOMES[result.outcome])}"
