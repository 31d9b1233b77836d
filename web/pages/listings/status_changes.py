"""What an author does with a listing after publishing it: done, paused, open again, prolonged, withdrawn."""

import re
from datetime import datetime

from aiohttp import web

from models.errors import Conflict
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection, connection, transaction
from outbox.listings import listing_expiry
from outbox.listings import listings as outbox
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_by_id import get_listing
from web.pages.listings.listing_page import show_again
from web.rendering.paths import listing_path
from web.security.acting_author import find_author, note_act

OUTCOMES = {"done": "done", "elsewhere": "elsewhere", "cancelled": "cancelled", "pause": "paused", "reopen": "open"}
"""The word in the form, and the outcome that it means."""

TWICE = "prolonged"
"""What the page says where a first tap did it."""

MY_PLACE = re.compile(r"/chez-moi(?:\?[a-z0-9=&-]{1,60})?|/depannage/appels/[0-9]{1,19}")
"""Where the act may have been made besides the listing's own page."""


async def post_state(request: web.Request) -> web.Response:
    """POST /annonces/d/ID/etat, or the same for a place that she runs. Raises NotFound for others' listings."""
    acting = await find_author(request)
    form = await read_form(request)
    verb = form.choice("act", (*OUTCOMES, "prolong", "withdraw"), missing="Choisissez ce qu’il faut faire.")
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        listing = await get_listing(conn, request)
    said = verb
    try:
        if verb:
            async with transaction(instance.pool) as conn:
                author = await actors.get(conn, acting.account.actor_id)
                if await _change(conn, instance.site, author, listing.uri, form):
                    await note_act(conn, acting, verb, listing.uri)
                else:
                    said = TWICE
    except Conflict as error:
        form.refuse("", error)
    if not form.ok:
        return await show_again(request, listing, refused=form)
    if acting.home:
        raise redirect_with_message(acting.home, said, part="annonces" if verb == "withdraw" else f"a-{listing.id}")
    if verb == "withdraw":
        raise web.HTTPSeeOther(f"/@{acting.account.username}")
    back = form.typed("back")
    if MY_PLACE.fullmatch(back):
        raise redirect_with_message(back, said, part=f"a-{listing.id}")
    raise redirect_with_message(listing_path(instance.site, listing), said if said == TWICE else "state")


async def _change(conn: Connection, site: Site, author: Actor, uri: str, form: Form) -> bool:
    """Do it; False for what a first tap on the same button did."""
    verb, end = form.typed("act"), _read_end(form)
    if verb == "withdraw":
        await outbox.withdraw(conn, site, author, uri)
    elif verb == "prolong" and end is not None:
        return await listing_expiry.prolong_from(conn, site, author, uri, end)
    elif verb == "prolong":
        await listing_expiry.prolong(conn, site, author, uri)
    else:
        await outbox.close(conn, site, author, uri, OUTCOMES[verb])
    return True


def _read_end(form: Form) -> datetime | None:
    """The end that stood beside the button."""
    try:
        end = datetime.fromisoformat(form.typed("end"))
    except ValueError:
        return None
    return end if end.tzinfo is not None else None
