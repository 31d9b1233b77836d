"""Bikes that people of other cooperatives offer to a member with their books: she says yes, or declines."""

from dataclasses import dataclass

from aiohttp import web

from models.errors import Conflict
from models.people import actors
from models.people.accounts import Account
from models.repairs.bikes import offers
from models.repairs.bikes.offers import BikeOffer
from models.store.database import Connection, transaction
from outbox.repairs.bikes import travelling
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.security.session import require_account

HERE = "/mes-velos"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOffer:
    """A bike that is offered, and who offers it: by her address, since she gave it to her by hand."""

    offer: BikeOffer
    giver: str


async def draw_offers(conn: Connection, account: Account) -> list[ShownOffer]:
    """What waits for her answer, and what she said yes to and waits for."""
    held = await offers.list_waiting(conn, account.actor_id)
    people = await actors.map_by_ids(conn, [one.giver_id for one in held])
    return [ShownOffer(offer=one, giver=people[one.giver_id].host or "") for one in held]


async def post_answer(request: web.Request) -> web.Response:
    """POST /mes-velos/offerts/ID: yes, or no."""
    account, instance = require_account(request), request.app[INSTANCE]
    form = await read_form(request)
    said = "offer_declined" if form.typed("act") == "decline" else "offer_accepted"
    try:
        async with transaction(instance.pool) as conn:
            offer = await offers.find_own(conn, account.actor_id, read_id(request.match_info["id"]))
            if offer is None:
                said = "offer_late"
            elif said == "offer_declined":
                await offers.remove(conn, offer.id)
            else:
                taker = await actors.get(conn, account.actor_id)
                await travelling.accept_offer(conn, instance.site, taker, offer)
    except Conflict as refusal:
        said = "offer_full" if refusal.code == "bikes_too_many" else "offer_late"
    raise redirect_with_message(HERE, said)
