"""Be told when it is free: for some days, or for any, in the order in which people asked."""

from aiohttp import web

from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.exchanges import agreements, reserves
from models.exchanges.reserves import ReservePlace, Span
from models.listings.listings import Listing, has_calendar
from models.people import actors
from models.store.database import Connection, connection, transaction
from outbox.exchanges.agreements import reserve
from web.forms.form import Form, read_form, read_query
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_by_id import get_listing
from web.pages.components.people import person_of
from web.pages.exchanges.terms.fields import note_refusal, read_day
from web.rendering.date_ranges import begin_at, end_at
from web.rendering.paths import exchange_path, listing_path
from web.rendering.render import render
from web.security.session import require_account


def waiting_path(listing_id: int) -> str:
    """Where one asks to be told when a listing is free."""
    return f"/annonces/d/{listing_id}/prevenir"


async def show_waiting(request: web.Request) -> web.Response:
    """GET /annonces/d/ID/prevenir: the days are typed, or come from the calendar in the address."""
    async with connection(request.app[INSTANCE].pool) as conn:
        listing = await get_listing(conn, request)
    return await _show(request, listing, read_query(request))


async def post_waiting(request: web.Request) -> web.Response:
    """POST /annonces/d/ID/prevenir: stand on the list, or leave it."""
    account = require_account(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        listing = await get_listing(conn, request)
    span = _read_span(form) if form.typed("act") != "leave" else None
    if form.ok:
        try:
            async with transaction(instance.pool) as conn:
                me = await actors.get(conn, account.actor_id)
                if form.typed("act") == "leave":
                    await reserve.leave(conn, instance.site, me, listing.id)
                else:
                    await reserve.join(conn, instance.site, me, listing, span)
            word = "left" if form.typed("act") == "leave" else "waits"
            raise redirect_with_message(listing_path(instance.site, listing), word)
        except (Conflict, Forbidden, Invalid) as error:
            note_refusal(form, error)
    return await _show(request, listing, form)


def _read_span(form: Form) -> Span | None:
    """The days, both included; none where any will do. One alone is a day."""
    first, last = read_day(form, "first_day"), read_day(form, "last_day")
    first, last = first or last, last or first
    if first is None or last is None or not form.ok:
        return None
    return Span(begins_at=begin_at(first), ends_at=end_at(last))


async def _show(request: web.Request, listing: Listing, form: Form) -> web.Response:
    """Raises NotFound where nobody can wait, and for its own author."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        author = await actors.get(conn, listing.post.author_id)
        place = await reserves.find(conn, listing.id, account.actor_id)
        asked = await _find_question(conn, place)
        waiting = [one for one in await reserves.list_places(conn, listing.id) if one.state != "offered"]
    if author.id == account.actor_id or not (place or reserve.may_wait(listing, author)):
        raise NotFound
    return await render(
        request,
        "exchanges/wait.html",
        status=200 if form.ok else 422,
        details=listing.details,
        author=person_of(author),
        back=listing_path(request.app[INSTANCE].site, listing),
        path=waiting_path(listing.id),
        place=place,
        asked=asked,
        before=sum(place is None or (one.since, one.id) < (place.since, place.id) for one in waiting),
        dated=has_calendar(listing.details),
        far=not listing.post.local,
        form=form,
    )


async def _find_question(conn: Connection, place: ReservePlace | None) -> str:
    """Where she says yes or no, if it is her turn and she was asked by terms."""
    if place is None or place.agreement_id is None:
        return ""
    return exchange_path((await agreements.get(conn, place.agreement_id)).exchange_id)
