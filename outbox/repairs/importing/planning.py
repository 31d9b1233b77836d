"""What an import would make is looked at: what is known, whose it is, what fits; nothing is made."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from models.repairs.bookings import appointment_books
from models.repairs.importing import imports
from models.repairs.importing.lines import AppointmentLine, BikeLine, ImportLines, MaintenanceLine
from models.store.database import Connection
from outbox.repairs.importing.plan import ImportPlan, Notes, ShopPlan, VisitPlan
from outbox.repairs.importing.shop_planning import note_left, plan_managers, plan_shops

AGREED = "validated"
"""The state of an appointment that both said yes to."""

OVER = frozenset({"refused", "cancel"})


async def plan_import(conn: Connection, lines: ImportLines, *, at: datetime) -> ImportPlan:
    """Look at lines that were read. With a mistake in one of them nothing may be made."""
    members = await imports.map_members(conn, _list_emails(lines))
    notes = Notes(faults=list(lines.faults), unreadable=bool(lines.faults), members=members, at=at)
    shop_ids = await imports.map_known(conn, "shop", _list_repairers(lines))
    shops = await plan_shops(conn, lines, shop_ids, notes)
    managers = await plan_managers(conn, lines, shops, shop_ids, notes)
    bike_ids = await imports.map_known(conn, "bike", _list_bikes(lines))
    bikes = _plan_bikes(lines, bike_ids, notes)
    entries = await _plan_entries(conn, lines, bikes, bike_ids, notes)
    note_left(lines, shop_ids, notes)
    results, visits = await _plan_appointments(conn, lines, shops, shop_ids, notes)
    return ImportPlan(
        shops=shops,
        managers=managers,
        bikes=bikes,
        entries=entries,
        results=results,
        visits=visits,
        known=notes.known,
        doubts=notes.doubts,
        faults=sorted(notes.faults, key=lambda one: (one.file, one.line)),
        members=members,
        shop_ids=shop_ids,
        bike_ids=bike_ids,
        strangers=sorted({one.owner for one in lines.repairers} - members.keys() - {""}),
    )


def _list_emails(lines: ImportLines) -> set[str]:
    owners = {one.owner for one in lines.repairers} | {one.owner for one in lines.bikes}
    return (owners | {one.customer for one in lines.appointments}) - {""}


def _list_repairers(lines: ImportLines) -> set[str]:
    """Those that are made, and those that prices, hours and appointments name."""
    naming = (lines.interventions, lines.openings, lines.closures, lines.appointments)
    named = {one.repairer for kind in naming for one in kind}
    return named | {one.origin for one in lines.repairers}


def _list_bikes(lines: ImportLines) -> set[str]:
    return {one.origin for one in lines.bikes} | {one.bike for one in lines.maintenances}


def _plan_bikes(lines: ImportLines, bike_ids: Mapping[str, int], notes: Notes) -> list[BikeLine]:
    """Those of members: of anybody else's nothing is kept here."""
    planned: list[BikeLine] = []
    for one in lines.bikes:
        if one.origin in bike_ids:
            notes.known += 1
        elif one.owner in notes.members:
            planned.append(one)
        else:
            notes.doubt(one, "bike_of_nobody")
    return planned


async def _plan_entries(
    conn: Connection, lines: ImportLines, bikes: Sequence[BikeLine], bike_ids: Mapping[str, int], notes: Notes
) -> list[MaintenanceLine]:
    """Lines of the books of these bikes, and of those that came before."""
    known = await imports.map_known(conn, "entry", {one.origin for one in lines.maintenances})
    standing = await imports.filter_bikes(conn, bike_ids)
    named = {one.origin for one in lines.bikes}
    made = {one.origin for one in bikes} | standing
    planned: list[MaintenanceLine] = []
    for one in lines.maintenances:
        if one.origin in known:
            notes.known += 1
        elif one.bike in made:
            planned.append(one)
        elif one.bike in named or one.bike in bike_ids:
            notes.doubt(one, "entry_of_nobody")
        else:
            notes.fault(one, "bike", "unknown_bike", one.bike)
    return planned


async def _plan_appointments(
    conn: Connection,
    lines: ImportLines,
    shops: Sequence[ShopPlan],
    shop_ids: Mapping[str, int],
    notes: Notes,
) -> tuple[list[AppointmentLine], list[VisitPlan]]:
    """What is over counts where somebody said what came of it; what is to come stands in the book of its shop."""
    origins = {one.origin for one in lines.appointments}
    known = {**await imports.map_known(conn, "result", origins), **await imports.map_known(conn, "walk_in", origins)}
    books = await appointment_books.map_of_actors(conn, list(shop_ids.values()))
    made = {one.line.origin for one in shops} | set(shop_ids)
    named = {one.origin for one in lines.repairers} | made
    results: list[AppointmentLine] = []
    visits: list[VisitPlan] = []
    for one in lines.appointments:
        if one.origin in known:
            notes.known += 1
        elif one.repairer not in named:
            notes.fault(one, "repairer", "unknown_repairer", one.repairer)
        elif one.at < notes.at:
            _plan_past(one, made, results, notes)
        elif one.status not in OVER:
            visit = _plan_visit(one, books.get(shop_ids.get(one.repairer, 0)), notes)
            visits += [visit] if visit is not None else []
    return results, visits


def _plan_past(one: AppointmentLine, made: Collection[str], results: list[AppointmentLine], notes: Notes) -> None:
    if one.outcome is not None and one.repairer in made:
        results.append(one)
    elif one.status not in OVER:
        notes.doubt(one, "appointment_over")


def _plan_visit(one: AppointmentLine, book: appointment_books.AppointmentBook | None, notes: Notes) -> VisitPlan | None:
    if one.status != AGREED:
        notes.doubt(one, "appointment_not_agreed", f"{one.at:%Y-%m-%d %H:%M}")
        return None
    if book is None:
        notes.doubt(one, "appointment_without_book", f"{one.at:%Y-%m-%d %H:%M}")
        return None
    return VisitPlan(
        line=one,
        listing_id=book.listing_id,
        ends_at=one.at + timedelta(minutes=book.slot_minutes),
        customer_id=notes.members.get(one.customer),
    )
