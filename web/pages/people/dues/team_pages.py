"""Whose dues are to be renewed, for those who welcome; and those of one member, to note."""

from datetime import date
from functools import partial

from aiohttp import web

from models.errors import Invalid, NotFound
from models.people import accounts, actors
from models.people.accounts import Account
from models.people.dues import dues, lists
from models.people.dues.dues import MOST_CENTS
from models.people.dues.lists import STANDINGS
from models.store.database import Connection, connection, transaction
from outbox.people.dues import Payment, note
from web.forms.date_field import read_day
from web.forms.form import Form, blank_form, read_form, read_query
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.people.dues.own_page import find_today, require_asked
from web.pages.people.dues.price import tell_price
from web.rendering.render import N_, reader_language, render, say
from web.security.session import require_right

PAGE = 50

SAID = {
    "noted": N_("C’est noté. La personne le lit dans ses réglages."),
    "told": N_("C’est noté, et un message l’en prévient."),
}

HOW = ("until", "free")


async def show_list(request: web.Request) -> web.Response:
    """GET /coop/membres/adhesions?voir=&page=."""
    require_right(request, "members")
    query = read_query(request)
    standing = query.choice("voir", STANDINGS, default="ended")
    page = query.text("page", limit=5)
    number = max(int(page), 1) if page.isascii() and page.isdecimal() else 1
    async with connection(request.app[INSTANCE].pool) as conn:
        await require_asked(conn)
        counts = await lists.count(conn, find_today())
        found = await lists.list_members(conn, find_today(), standing, limit=PAGE + 1, offset=(number - 1) * PAGE)
    return await render(
        request,
        "dues/list.html",
        standing=standing,
        counts=[(one, getattr(counts, one)) for one in STANDINGS],
        members=found[:PAGE],
        page=number,
        more=len(found) > PAGE,
    )


async def show_member(request: web.Request) -> web.Response:
    """GET /coop/membres/{username}/adhesion: a year more stands there already."""
    require_right(request, "members")
    async with connection(request.app[INSTANCE].pool) as conn:
        member = await _get_member(conn, request)
        noted = await dues.find(conn, member.actor_id)
    today, held = find_today(), noted.valid_until if noted is not None else None
    form = blank_form(request, {"how": "until", "until": _add_year(max(today, held or today)).isoformat()})
    return await _show(request, form)


async def post_member(request: web.Request) -> web.Response:
    """POST /coop/membres/{username}/adhesion."""
    me = require_right(request, "members")
    form = await read_form(request)
    free = form.choice("how", HOW, default="until") == "free"
    until = None if free else read_day(form, "until", missing="Écrivez jusqu’à quel jour elle va.")
    cents = read_amount(form)
    told = False
    async with transaction(request.app[INSTANCE].pool) as conn:
        member = await _get_member(conn, request)
        if form.ok:
            try:
                told = await note(
                    conn,
                    request.app[INSTANCE].site,
                    await actors.get(conn, member.actor_id),
                    Payment(until=until, cents=cents),
                    by=me,
                )
            except Invalid as refusal:
                form.refuse("until", refusal)
    if not form.ok:
        return await _show(request, form, status=422)
    said = "told" if told and until is not None and until >= find_today() else "noted"
    raise redirect_with_message(f"/coop/membres/{member.username}/adhesion", said)


def read_amount(form: Form) -> int | None:
    """Cents, of euros as they are typed; None where nothing is."""
    typed = form.text("amount", limit=20)
    try:
        return parse_amount(typed)
    except ValueError:
        form.fail("amount", "Écrivez un montant en euros, par exemple 20 ou 12,50.")
        return None


def parse_amount(typed: str) -> int | None:
    """The same of a text. Raises ValueError."""
    bare = "".join(typed.replace("€", "").split()).replace(",", ".")
    if not bare:
        return None
    euros, _, rest = bare.partition(".")
    if not (
        euros.isascii() and euros.isdecimal() and len(rest) <= 2 and (not rest or (rest.isascii() and rest.isdecimal()))
    ):
        raise ValueError(typed)
    cents = int(euros) * 100 + int(rest.ljust(2, "0") or 0)
    if cents > MOST_CENTS:
        raise ValueError(typed)
    return cents


def _add_year(day: date) -> date:
    """The same day a year later; of 29 February the day before."""
    return day.replace(year=day.year + 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


async def _get_member(conn: Connection, request: web.Request) -> Account:
    """Raises NotFound where no dues are asked for, or of her none are."""
    await require_asked(conn)
    member = await accounts.find_by_username(conn, request.match_info["username"])
    if member is None or not await dues.is_asked_of(conn, member):
        raise NotFound
    return member


async def _show(request: web.Request, form: Form, *, status: int = 200) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await require_asked(conn)
        member = await _get_member(conn, request)
        noted = await dues.find(conn, member.actor_id)
        lapses = await dues.find_lapse(conn, chosen, member.actor_id)
    return await render(
        request,
        "dues/member.html",
        status=status,
        form=form,
        member=member,
        chosen=chosen,
        price=tell_price(partial(say, request), chosen, reader_language(request)),
        noted=noted,
        today=find_today(),
        lapses=lapses,
        said=find_flash_message(request, SAID),
    )
