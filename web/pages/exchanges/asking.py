"""Ask for what is offered, propose what is looked for, or propose other terms: days first, then the rest."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from aiohttp import web

from models import actors, agreements, listings, unavailabilities
from models.agreements import Agreement, Taken
from models.database import Connection, connection, transaction
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.exchanges import Exchange
from models.listings import Listing, ListingDetails, find_stock
from models.moments import PARIS
from outbox.agreements import counter
from outbox.agreements import request as ask
from outbox.cases import Said
from outbox.terms import TIMED
from web.forms import Form, blank_form, read_form
from web.keys import INSTANCE
from web.pages.exchanges.days import Choosing, Month, draw_months, next_month
from web.pages.exchanges.terms_form import note_refusal, read_day, read_terms, values_of
from web.pages.exchanges.thread import get_thread
from web.pages.ids import read_id
from web.pages.listings import get_listing
from web.pages.notices import lead_on
from web.pages.people import Person, person_of
from web.paths import exchange_path, listing_path
from web.render import render
from web.session import require_account
from web.spans import begin_at

MONTHS = 2
"""So many months are shown at once."""

FARTHEST = 24
"""Months ahead that can be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is asked for, of whom, and where the form goes; `held` and `thread` where other terms are proposed."""

    listing: Listing
    other: Person
    path: str
    back: str
    dated: bool
    held: Agreement | None = None
    thread: Exchange | None = None

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


async def show_asking(request: web.Request) -> web.Response:
    """GET /annonces/d/ID/demander?du=&au=&mois=: the days by links, then everything else."""
    async with connection(request.app[INSTANCE].pool) as conn:
        asking = await _find_asking(conn, request)
    if asking.listing.post.author_id == require_account(request).actor_id:
        raise web.HTTPSeeOther(asking.back)
    return await show_form(request, asking, form_of(request, {}))


async def post_asking(request: web.Request) -> web.Response:
    """POST /annonces/d/ID/demander."""
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        asking = await _find_asking(conn, request)
    terms, said = read_terms(form, asking.details), read_words(form)
    if form.ok:
        try:
            async with transaction(instance.pool) as conn:
                me = await actors.get(conn, account.actor_id)
                made = await ask(conn, instance.site, me, asking.listing, terms, said)
            raise lead_on(exchange_path(made.exchange_id), "demande")
        except (Conflict, Invalid, Forbidden) as error:
            note_refusal(form, error)
    return await show_form(request, asking, form)


async def show_counter(request: web.Request) -> web.Response:
    """GET /echanges/ID/proposer/AGREEMENT: the terms on the table, to be changed."""
    async with connection(request.app[INSTANCE].pool) as conn:
        asking = await _find_counter(conn, request)
    assert asking.held is not None
    return await show_form(request, asking, form_of(request, values_of(asking.held.terms)))


async def post_counter(request: web.Request) -> web.Response:
    """POST /echanges/ID/proposer/AGREEMENT."""
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        asking = await _find_counter(conn, request)
    terms, said = read_terms(form, asking.details), read_words(form)
    if form.ok and asking.held is not None:
        try:
            async with transaction(instance.pool) as conn:
                me = await actors.get(conn, account.actor_id)
                await counter(conn, instance.site, me, asking.held, terms, said)
            raise lead_on(exchange_path(asking.held.exchange_id), "propose")
        except (Conflict, Invalid, Forbidden) as error:
            note_refusal(form, error)
    return await show_form(request, asking, form)


def read_words(form: Form) -> Said:
    """What is said with it."""
    return Said(text=form.lines("message", limit=2000))


def form_of(request: web.Request, known: dict[str, str]) -> Form:
    """What is known, and what the address says of days."""
    chosen = {name: request.query[name] for name in ("du", "au") if name in request.query}
    if chosen:
        known = {name: value for name, value in known.items() if name not in ("du", "au")} | chosen
    return blank_form(request, known)


async def _find_asking(conn: Connection, request: web.Request) -> Asking:
    require_account(request)
    listing = await get_listing(conn, request)
    return Asking(
        listing=listing,
        other=person_of(await actors.get(conn, listing.post.author_id)),
        path=f"/annonces/d/{listing.id}/demander",
        back=listing_path(request.app[INSTANCE].site, listing),
        dated=listing.details.mode in TIMED,
    )


async def _find_counter(conn: Connection, request: web.Request) -> Asking:
    """Raises NotFound where it is another thread's."""
    me = require_account(request).actor_id
    thread = await get_thread(conn, request)
    held = await agreements.get(conn, read_id(request.match_info["agreement"]))
    if held.exchange_id != thread.id:
        raise NotFound

    listing = (await listings.list_by_posts(conn, [held.listing_id]))[held.listing_id]
    return Asking(
        listing=listing,
        other=person_of(await actors.get(conn, thread.other_of(me))),
        path=f"/echanges/{thread.id}/proposer/{held.id}",
        back=exchange_path(thread.id),
        dated=listing.details.mode in TIMED,
        held=held,
        thread=thread,
    )


async def show_form(request: web.Request, asking: Asking, form: Form) -> web.Response:
    """Days are chosen first where there must be some; then the whole form, the days among its fields."""
    probe = blank_form(request, {name: form.typed(name) for name in ("du", "au")})
    first, last = read_day(probe, "du"), read_day(probe, "au")
    picking = "choisir" in request.query or (asking.dated and form.ok and (first is None or last is None))
    calendar = None
    if picking or request.query.get("mois"):
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
        first=first,
        last=last,
    )


async def _draw(
    conn: Connection, request: web.Request, asking: Asking, first: date | None, last: date | None
) -> Calendar:
    today = datetime.now(PARIS).date()
    shown = _read_month(request.query.get("mois", ""), today, first)
    choosing = Choosing(
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


async def _list_taken(conn: Connection, asking: Asking, shown: date) -> list[Taken]:
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
