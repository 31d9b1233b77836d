"""What an author does with a listing after publishing it: done, paused, open again, withdrawn."""

from aiohttp import web

from models import actors
from models.database import transaction
from models.errors import NotFound
from outbox import listings as outbox
from web.forms import read_form
from web.keys import INSTANCE
from web.pages.cards import listing_path
from web.pages.listings import get_listing
from web.session import require_account

OUTCOMES = {"fait": "done", "ailleurs": "elsewhere", "annule": "cancelled", "pause": "paused", "rouvrir": "open"}
"""The word in the form, and the outcome that it means (decisions.md, "The agreement")."""


async def post_state(request: web.Request) -> web.Response:
    """POST /annonces/d/ID/etat. Raises NotFound for others' listings."""
    account = require_account(request)
    form = await read_form(request)
    verb = form.choice("geste", (*OUTCOMES, "retirer"), missing="Choisissez ce qu’il faut faire.")
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        listing = await get_listing(conn, request)
        if listing.post.author_id != account.actor_id:
            raise NotFound
        author = await actors.get(conn, account.actor_id)
        if verb == "retirer":
            await outbox.withdraw(conn, instance.site, author, listing.uri)
        elif verb:
            await outbox.close(conn, instance.site, author, listing.uri, OUTCOMES[verb])
    if verb == "retirer":
        raise web.HTTPSeeOther(f"/@{account.username}")
    raise web.HTTPSeeOther(f"{listing_path(instance.site, listing)}?fait=etat")
