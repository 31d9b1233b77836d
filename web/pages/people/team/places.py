"""The places that somebody runs: their hours, their closures, their listings, and who runs them."""

from aiohttp import web

from models.errors import NotFound
from models.listings import own_listings
from models.listings.listings import OVER, STANDING
from models.moderation import journal
from models.people import accounts, actors
from models.people.opening_hours import write_hours
from models.people.team import place_keepers
from models.store.database import connection, transaction
from outbox.people.profiles import announce_update
from web.actions import team
from web.forms.form import Form, blank_form, read_form
from web.forms.opening_hours_field import fill_in_hours, list_pairs, read_hours_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.opening_hours import find_opening_hours
from web.pages.exchanges.thread.thread_page import locale_of
from web.pages.listings.own_listings import SAID as STATES
from web.pages.listings.own_listings import list_rows
from web.rendering.render import N_, render
from web.security.acting_author import ActingAuthor, find_author
from web.security.session import require_right

MOST = 100
"""Listings that the page shows: those that stand, then those that are over."""

SAID = STATES | {
    "hours": N_("C’est enregistré, et visible dès maintenant."),
    "published": N_("C’est publié, au nom du lieu."),
    "several": N_("C’est publié, au nom du lieu."),
    "several_held": N_("C’est reçu. L’équipe le relit, puis vous le saurez."),
    "changed": N_("C’est enregistré, et visible dès maintenant."),
    "withdraw": N_("C’est retiré."),
    "added": N_("C’est fait : cette personne s’occupe maintenant du lieu, et en est prévenue."),
    "removed": N_("C’est fait : cette personne ne s’occupe plus du lieu."),
}


async def list_places(request: web.Request) -> web.Response:
    """GET /coop/lieux: those that are hers, or all for administrators."""
    account = require_right(request, "places")
    async with connection(request.app[INSTANCE].pool) as conn:
        places = await place_keepers.list_places(conn, account)
    return await render(request, "team/places.html", places=places)


async def show_place(request: web.Request) -> web.Response:
    """GET /coop/lieux/{place}."""
    author = await find_author(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        values = fill_in_hours(await actors.get(conn, author.account.actor_id))
    return await _show(request, author, blank_form(request, values))


async def post_hours(request: web.Request) -> web.Response:
    """POST /coop/lieux/{place}: the week and the closures; whoever follows the place is told."""
    author = await find_author(request)
    form = await read_form(request)
    instance, hours = request.app[INSTANCE], read_hours_form(form)
    if not form.ok:
        return await _show(request, author, form, status=422)
    async with transaction(instance.pool) as conn:
        place = await actors.get(conn, author.account.actor_id)
        await actors.save_place(conn, place.id, place.street, write_hours(hours))
        await announce_update(conn, instance.site, await actors.get(conn, place.id))
        await journal.record(conn, "place_changed", by=author.by, right="places", about_id=place.id, what="hours")
    raise redirect_with_message(author.home, "hours")


async def post_keeper(request: web.Request) -> web.Response:
    """POST /coop/lieux/{place}/responsables: administrators say who runs it."""
    me = require_right(request, "roles")
    author = await find_author(request)
    form = await read_form(request)
    instance, act = request.app[INSTANCE], form.choice("act", ("added", "removed"), default="added")
    username = form.text("username", limit=60, missing="Donnez le nom d’un membre.").removeprefix("@")
    async with transaction(instance.pool) as conn:
        keeper = await accounts.find_by_username(conn, username) if username else None
        if keeper is not None and act == "removed":
            await team.take_place(conn, instance.site, author.account, keeper, by=me)
        elif keeper is not None and await place_keepers.may_keep(conn, keeper):
            await team.give_place(conn, instance.site, author.account, keeper, by=me)
        elif username:
            form.fail("username", "Aucun membre n’a ce nom ici.")
    if not form.ok:
        return await _show(request, author, form, status=422)
    raise redirect_with_message(author.home, act, part="responsables")


async def _show(request: web.Request, author: ActingAuthor, form: Form, *, status: int = 200) -> web.Response:
    instance, place_id = request.app[INSTANCE], author.account.actor_id
    async with connection(instance.pool) as conn:
        place = await actors.get(conn, place_id)
        if place.type != "Organization":
            raise NotFound
        keepers = await place_keepers.list_keepers(conn, place_id)
        found = await own_listings.list_mine(conn, place_id, STANDING + OVER, limit=MOST)
        rows = await list_rows(conn, instance.site, locale_of(request), found)
    hours = form if "hours_0" in form.values else blank_form(request, fill_in_hours(place))
    return await render(
        request,
        "team/place.html",
        status=status,
        form=form,
        place=place,
        home=author.home,
        opening=find_opening_hours(place),
        hours=hours,
        pairs=list_pairs(hours),
        keepers=keepers,
        standing=[row for row in rows if row.status in STANDING],
        over=[row for row in rows if row.status in OVER],
        said=find_flash_message(request, SAID),
    )
