"""People whom a member shows on her profile, as she chose in an app; she takes them off there or here."""

from aiohttp import web

from models.people import actors
from models.people.actors import Actor
from models.relations import endorsements
from models.relations.blocking import blocks
from models.store.database import Connection, transaction
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.people import Person, person_of
from web.rendering.render import N_
from web.security.session import require_account

MOST = 20

TAKEN_OFF = {"taken_off": N_("C’est noté : cette personne n’est plus sur votre page.")}
"""What the page says then, by the word in its address."""


async def list_endorsed(conn: Connection, actor: Actor, reader_id: int | None) -> list[Person]:
    """Whom this member shows, the last first, without those whom the reader does not see."""
    found = await endorsements.list_endorsed(conn, actor.id, limit=MOST) if actor.local else []
    ids = [one.target_id for one in found]
    barred = await blocks.list_barred(conn, reader_id, ids) if reader_id is not None and ids else set()
    people = await actors.map_by_ids(conn, ids) if ids else {}
    return [person_of(people[id]) for id in ids if id in people and not people[id].gone and id not in barred]


async def post_taken_off(request: web.Request) -> web.Response:
    """POST /moi/montres/oter: somebody stands on one's page no longer."""
    account, form = require_account(request), await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await endorsements.remove(conn, actor_id=account.actor_id, target_id=read_id(form.typed("actor")))
    raise redirect_with_message(f"/@{account.username}", "taken_off", part="montres")
