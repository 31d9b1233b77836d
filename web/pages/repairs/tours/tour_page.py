"""A day as its page and as a calendar file; its order by hand, and whether who has no account was there."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

from aiohttp import web

from models.errors import NotFound
from models.moments import PARIS
from models.people import actors
from models.repairs.shops import shops
from models.repairs.tours import orders
from models.repairs.tours.routes import move_stop
from models.repairs.tours.stops import save_came
from models.store.database import connection, transaction
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.caching import forbid_caching
from web.http.row_ids import read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.repairs.tours.tour_view import Tour, list_order, load_tour
from web.rendering.date_ranges import begin_at
from web.rendering.feeds.icalendar import write_calendar
from web.rendering.feeds.tour_calendar import make_stop_event
from web.rendering.render import N_, render, say
from web.security.acting_shop import find_shop
from web.security.session import require_account

OWN = "/tournee"

FARTHEST = timedelta(days=370)
"""So far from today a day is looked at."""

KEPT_AHEAD = timedelta(days=1)
"""Of today and of tomorrow a browser keeps the page, until that day is over."""

KEEP = "Declic-Keep"
"""Asks the service worker to keep the page: of which day, until when in milliseconds, and for which account."""

TYPE = "text/calendar; charset=utf-8"

SAID = {
    "moved": N_("C’est noté : la tournée suit votre ordre."),
    "reset": N_("C’est remis dans l’ordre des heures et de la carte."),
    "came": N_("C’est noté : c’est fait."),
    "missed": N_("C’est noté : la personne n’était pas là."),
    "unsaid": N_("C’est noté : rien n’est dit de ce passage."),
}


async def show_tour(request: web.Request) -> web.Response:
    """GET /ateliers/{place}/gerer/tournee?jour= and /tournee?jour=."""
    tour, account = await _find_tour(request), require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        view = await load_tour(conn, tour)
    now = datetime.now(UTC)
    page = forbid_caching(
        await render(
            request,
            "repairs/tours/day.html",
            view=view,
            tour=tour,
            now=now,
            before=tour.day - KEPT_AHEAD,
            after=tour.day + KEPT_AHEAD,
            said=find_flash_message(request, SAID),
        )
    )
    today = now.astimezone(PARIS).date()
    if today <= tour.day <= today + KEPT_AHEAD:
        until = begin_at(tour.day + timedelta(days=1)).timestamp()
        page.headers[KEEP] = f"{tour.day} {int(until * 1000)} {account.actor_id}"
    return page


async def show_calendar(request: web.Request) -> web.Response:
    """GET …/tournee.ics?jour=: the stops of the day, for her own calendar."""
    tour, site = await _find_tour(request), request.app[INSTANCE].site
    async with connection(request.app[INSTANCE].pool) as conn:
        view = await load_tour(conn, tour)
    made = [
        make_stop_event(site, partial(say, request), one.stop, number=one.number, href=one.href) for one in view.stops
    ]
    headers = {"Content-Type": TYPE, "Content-Disposition": f'attachment; filename="tournee-{tour.day}.ics"'}
    body = write_calendar([one for one in made if one is not None])
    return forbid_caching(web.Response(body=body, headers=headers))


async def post_order(request: web.Request) -> web.Response:
    """POST …/tournee/ordre: a stop comes earlier (`by` is -1) or later (1); or all as it is proposed."""
    tour = await _find_tour(request)
    form = await read_form(request)
    act = form.choice("act", ("earlier", "later", "reset"), missing="Choisissez ce qu’il faut faire.")
    async with transaction(request.app[INSTANCE].pool) as conn:
        if act == "reset":
            await orders.forget(conn, tour.actor.id, tour.day)
        elif act:
            moved = move_stop(await list_order(conn, tour), form.typed("stop"), -1 if act == "earlier" else 1)
            await orders.save(conn, tour.actor.id, tour.day, moved)
    raise redirect_with_message(f"{tour.home}?jour={tour.day}", "reset" if act == "reset" else "moved")


CAME = {"came": True, "missed": False, "unsaid": None}


async def post_came(request: web.Request) -> web.Response:
    """POST …/tournee/passage: whether who was noted without an account was there. Raises NotFound for others'."""
    tour = await _find_tour(request)
    form = await read_form(request)
    act = form.choice("act", tuple(CAME), missing="Choisissez ce qu’il faut faire.")
    async with transaction(request.app[INSTANCE].pool) as conn:
        if act and not await save_came(conn, tour.actor.id, read_id(form.typed("stop")), came=CAME[act]):
            raise NotFound
    raise redirect_with_message(f"{tour.home}?jour={tour.day}", act)


async def _find_tour(request: web.Request) -> Tour:
    """Whose day the address names: a shop's for its people, else one's own. Raises NotFound for another's."""
    day = _read_day(request.query.get("jour", ""))
    if "place" in request.match_info:
        acting = await find_shop(request, manages=False)
        return Tour(actor=acting.actor, shop=acting.shop, home=f"{acting.home}/tournee", day=day)
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        me = await actors.get(conn, account.actor_id)
        own = await shops.find(conn, me.id)
    if own is not None:
        raise web.HTTPSeeOther(f"/ateliers/{me.username}/gerer/tournee?jour={day}")
    return Tour(actor=me, shop=None, home=OWN, day=day)


def _read_day(wanted: str) -> date:
    """The day that the address names, within what is looked at; else today."""
    today = datetime.now(PARIS).date()
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        return today
    return min(max(day, today - FARTHEST), today + FARTHEST)
