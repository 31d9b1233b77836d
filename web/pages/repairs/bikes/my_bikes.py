"""My bikes: those that are ridden, those that left, and what repairers say for their books and waits for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from models.errors import Conflict, NotFound
from models.people.accounts import Account
from models.repairs.bikes import awaited_files, bikes, entries, files, links, proposals
from models.repairs.bikes.awaited_files import AwaitedState
from models.repairs.bikes.bikes import Bike
from models.repairs.results import results
from models.store.database import Connection, connection, transaction
from outbox.repairs.bikes.travelling import confirm_awaited
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id, read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.exchanges.thread.book_proposals import draw_proposals, write_entry
from web.pages.repairs.bikes.bike_words import LEFT, UnderWay, map_under_way
from web.pages.repairs.bikes.offered import draw_offers
from web.rendering.render import N_, render, say
from web.security.session import read_local_path, require_account

HOME = "/mes-velos"

SAID = {
    "kept": N_("C’est rangé dans le carnet."),
    "declined": N_("C’est noté : cela n’ira dans aucun carnet."),
    "answered": N_("Vous aviez déjà répondu."),
    "heavy": N_("Les photos et factures de vos vélos prennent déjà toute la place : ôtez-en, puis recommencez."),
    "full": N_("Ce carnet est plein : rien n’y a été ajouté."),
    "offer_accepted": N_("C’est dit. La personne qui donne le vélo doit encore confirmer."),
    "offer_declined": N_("C’est noté : ce vélo n’est plus proposé."),
    "offer_late": N_("C’est trop tard : ce vélo n’est plus proposé, ou vous avez déjà répondu."),
    "offer_full": N_("Vous avez déjà cinquante vélos notés : effacez-en un d’abord."),
    "files_again": N_("C’est redemandé : regardez de nouveau dans une minute."),
    "files_stopped": N_("C’est noté : nous n’attendons plus ces fichiers."),
    "removed": N_("Le vélo est effacé, avec son carnet."),
    "handed": N_("Le vélo est parti avec son carnet."),
    "leaving": N_("Le carnet est en route. Tant qu’il n’est pas arrivé, il reste ici."),
    "taken": N_("Le vélo est à vous, avec son carnet."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BikeCard:
    """A bike in the list: how many lines its book has, its picture, whither it is on its way, and which files come."""

    bike: Bike
    lines: int
    picture_id: int | None
    under_way: UnderWay | None
    awaited: AwaitedState | None


async def show_bikes(request: web.Request) -> web.Response:
    """GET /mes-velos."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        held = await bikes.list_own(conn, account.actor_id)
        cards = await _draw_cards(conn, account, held)
        waiting = await results.list_waiting(conn, account.actor_id)
        offered = await draw_offers(conn, account)
        asked = await draw_proposals(conn, partial(say, request), waiting, account.actor_id)
    return await render(
        request,
        "repairs/bikes/list.html",
        ridden=[one for one in cards if one.bike.left_at is None],
        leaving=[one for one in cards if one.under_way is not None],
        left=[one for one in cards if one.bike.left_at is not None and one.under_way is None],
        left_words={how: say(request, words) for how, words in LEFT.items()},
        proposals=asked,
        offers=offered,
        full=len(held) >= bikes.MOST_BIKES,
        said=find_flash_message(request, SAID),
    )


async def _draw_cards(conn: Connection, account: Account, held: Sequence[Bike]) -> list[BikeCard]:
    lines = await entries.count_by_bike(conn, account.actor_id)
    pictures = {one.bike_id: one.id for one in await files.list_pictures(conn, account.actor_id)}
    under_way = await map_under_way(conn, {one.id: one for one in held})
    awaited = await awaited_files.map_states(conn, account.actor_id)
    return [
        BikeCard(
            bike=one,
            lines=lines.get(one.id, 0),
            picture_id=pictures.get(one.id),
            under_way=under_way.get(one.id),
            awaited=awaited.get(one.id),
        )
        for one in held
    ]


async def post_proposal(request: web.Request) -> web.Response:
    """POST /mes-velos/propositions/ID: keep it in the book of one of hers, or not at all."""
    account = require_account(request)
    form = await read_form(request)
    result_id = read_id(request.match_info["id"])
    back = read_local_path(form.typed("back"), HOME)
    bike_id = find_id(form.typed("bike"))
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        if form.typed("act") == "decline":
            for one in await proposals.decline(conn, account.actor_id, result_id):
                await confirm_awaited(conn, instance.site, one)
            said = "declined"
        else:
            bike = await bikes.get_own(conn, account.actor_id, bike_id, lock=True)
            said = await _keep(request, conn, account, result_id, bike)
    raise redirect_with_message(back if said != "kept" else f"{HOME}/{bike_id}", said)


async def _keep(request: web.Request, conn: Connection, account: Account, result_id: int, bike: Bike) -> str:
    """What is said of it afterwards."""
    result = await proposals.lock(conn, result_id, account.actor_id)
    if result is None:
        return "answered"
    try:
        await proposals.keep(conn, result, bike.id, await write_entry(conn, partial(say, request), result))
    except Conflict as refusal:
        return "heavy" if refusal.code == "bike_files_too_heavy" else "full"
    return "kept"


async def post_appointment(request: web.Request) -> web.Response:
    """POST /mes-velos/rendez-vous/ID: which bike of hers it is about. Raises NotFound for what is not hers."""
    account = require_account(request)
    form = await read_form(request)
    agreement_id = read_id(request.match_info["id"])
    async with transaction(request.app[INSTANCE].pool) as conn:
        bike = await bikes.get_own(conn, account.actor_id, find_id(form.typed("bike")))
        if not await links.is_own_appointment(conn, agreement_id, account.actor_id):
            raise NotFound
        await links.link_agreement(conn, agreement_id, bike.id)
    raise web.HTTPSeeOther(read_local_path(form.typed("back"), HOME))
