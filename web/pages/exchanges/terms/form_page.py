"""The page on which terms are written, whoever proposes them and wherever they go: days first, then the rest."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

from aiohttp import web

from inbox.exchanges import slots
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, Taken, Terms
from models.exchanges.exchanges import Exchange
from models.listings import unavailabilities
from models.listings.listings import Listing, ListingDetails, find_stock
from models.moments import PARIS
from models.repairs.bookings.visit_places import VisitArea
from models.store.database import Connection, connection, transaction
from outbox.threads.agreement_context import Said
from web.forms.form import Form, blank_form
from web.http.app_keys import INSTANCE
from web.pages.components.people import Person
from web.pages.exchanges.month_weeks import next_month
from web.pages.exchanges.terms.day_picker import DayChoice, Month, draw_months
from web.pages.exchanges.terms.fields import read_day
from web.pages.exchanges.terms.points_cost import PointsCost
from web.pages.exchanges.terms.slot_picker import SlotWeek, draw_week
from web.rendering.date_ranges import begin_at
from web.rendering.render import render

Verb = Literal["ask", "propose", "counter"]
"""Ask for a listing; propose something about one's own; propose something else than what is on the table."""

MONTHS = 2
"""So many months are shown at once."""

DAYS = {"du": "first_day", "au": "last_day"}
"""The days that an address says, and the fields in which they are typed."""

HOURS = {"de": "first_hour", "a": "last_hour"}
"""The hours, where a slot of a shop is chosen."""

FARTHEST = 24
"""Months ahead that can be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsPage:
    """What is asked for, of whom, and where the form goes; `held` are terms on the table that others shall replace.

    `obstacle` says why nothing can be asked for now, `cost` what it costs in points. `by_slots`: a shop takes
    appointments, and who asks chooses one of its times; `area` is where it comes by.
    """

    verb: Verb
    listing: Listing
    other: Person
    path: str
    back: str
    dated: bool
    held: Agreement | None = None
    thread: Exchange | None = None
    obstacle: str = ""
    cost: PointsCost | None = None
    by_slots: bool = False
    area: VisitArea | None = None

    @property
    def spans(self) -> bool:
        """Whether it is chosen from when until when: whoever answers a call says when she comes, in one form."""
        return self.dated and self.details.kind != "repair_call"

    @property
    def details(self) -> ListingDetails:
        """The listing itself."""
        return self.listing.details


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Months to choose days in, with the ways to earlier and later ones."""

    months: list[Month]
    earlier: str
    later: str


def read_words(form: Form, asking: TermsPage, terms: Terms) -> Said:
    """What is said with it; who asks for something without any day, word or price is asked for one of them."""
    said = Said(text=form.lines("message", limit=2000))
    amount = terms.amount if asking.details.free_price else None
    given = (said.text, terms.begins_at, terms.place, terms.in_return, terms.note, amount)
    free = asking.held is None and not asking.dated
    if free and form.ok and not any(given) and terms.quantity == asking.details.quantity:
        name = asking.other.name
        form.fail("message", "Écrivez un mot, ou proposez un jour : %(name)s saura à quoi répondre.", name=name)
    return said


def form_of(request: web.Request, known: dict[str, str]) -> Form:
    """What is known, and what the address says of days."""
    chosen = {field: request.query[name] for name, field in (DAYS | HOURS).items() if name in request.query}
    if chosen:
        dated = {*DAYS.values(), *(HOURS.values() if HOURS.keys() & request.query.keys() else ())}
        known = {name: value for name, value in known.items() if name not in dated} | chosen
    return blank_form(request, known)


async def show_form(request: web.Request, asking: TermsPage, form: Form) -> web.Response:
    """Days are chosen first where there must be some; then the whole form, the days among its fields."""
    probe = blank_form(request, {name: form.typed(name) for name in DAYS.values()})
    first, last = read_day(probe, "first_day"), read_day(probe, "last_day")
    picking = _is_picking(request, asking, form, dated=first is not None and last is not None)
    week = await _draw_slots(request, asking) if picking and asking.by_slots else None
    calendar = None
    if not asking.by_slots and (picking or request.query.get("mois")):
        async with connection(request.app[INSTANCE].pool) as conn:
            calendar = await _draw(conn, request, asking, first, last)
    return await render(
        request,
        "exchanges/asking.html",
        status=200 if form.ok else 422,
        asking=asking,
        form=form,
        picking=picking,
        calendar=calendar,
        week=week,
        first=first,
        last=last,
    )


def _is_picking(request: web.Request, asking: TermsPage, form: Form, *, dated: bool) -> bool:
    """Whether days, or the time of an appointment, are chosen now."""
    if asking.by_slots:
        return request.method == "GET" and ("choisir" in request.query or not form.typed("first_hour"))
    return "choisir" in request.query or (asking.spans and form.ok and not dated)


async def _draw_slots(request: web.Request, asking: TermsPage) -> SlotWeek:
    """The times that the shop has; one elsewhere is asked for them."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        await slots.ask(conn, asking.listing)
        return await draw_week(conn, asking.listing, asking.path, request.query.get("semaine", ""))


async def _draw(
    conn: Connection, request: web.Request, asking: TermsPage, first: date | None, last: date | None
) -> Calendar:
    today = datetime.now(PARIS).date()
    shown = _read_month(request.query.get("mois", ""), today, first)
    choosing = DayChoice(
        path=asking.path,
        today=today,
        first=first,
        last=last,
        taken=await _list_taken(conn, asking, shown),
        wanted=asking.details.quantity if not asking.details.unit_based else Decimal(1),
        there=find_stock(asking.details),
    )
    kept = f"du={first.isoformat()}&" if first else ""
    kept += f"au={last.isoformat()}&" if last else ""
    earlier, later = next_month(shown, -1), next_month(shown, 1)
    base = f"{asking.path}?choisir=1&{kept}mois="
    return Calendar(
        months=draw_months(choosing, shown, count=MONTHS),
        earlier=f"{base}{earlier:%Y-%m}" if shown > today.replace(day=1) else "",
        later=f"{base}{later:%Y-%m}" if later <= next_month(today, FARTHEST) else "",
    )


async def _list_taken(conn: Connection, asking: TermsPage, shown: date) -> list[Taken]:
    """What touches the months shown; of a copy also what its own server said last."""
    begin, end = begin_at(shown), begin_at(next_month(shown, MONTHS))
    but = asking.held.id if asking.held else None
    taken = await agreements.list_taken(conn, asking.listing.id, begin, end, but=but)
    if asking.listing.post.local:
        return taken
    told = (await unavailabilities.load_calendar(conn, asking.listing, at=datetime.now(UTC))).ranges
    held = asking.held
    return taken + [
        Taken(begins_at=one.begins_at, ends_at=one.ends_at, quantity=None, agreement_id=None)
        for one in told
        if held is None or (one.begins_at, one.ends_at) != (held.begins_at, held.ends_at)
    ]


def _read_month(text: str, today: date, first: date | None) -> date:
    """The first day of the month asked for, within what can be chosen."""
    try:
        wanted = date.fromisoformat(f"{text}-01")
    except ValueError:
        wanted = first.replace(day=1) if first else today
    earliest = today.replace(day=1)
    return min(max(wanted, earliest), next_month(earliest, FARTHEST))
