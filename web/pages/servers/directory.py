"""The directory for administrators: to be in it, where to begin, whom to vouch for, who waits and why, who leaves."""

from collections.abc import Sequence
from functools import partial
from typing import Any, get_args

from aiohttp import web

from federation.directory import crawl
from federation.discovery.hosts import read_host
from models import preferences
from models.errors import Invalid
from models.moderation import journal
from models.people import actors
from models.people.accounts import Account
from models.places.places import fold_name
from models.preferences import DirectoryArea
from models.servers.directory import deciding
from models.servers.directory.reading import DirectoryEntry, list_entries
from models.store.background import jobs
from models.store.database import Connection, connection, transaction
from outbox.people.cooperative_settings import save_listed
from outbox.servers import peers
from web.forms.form import Form, blank_form, read_form, read_query
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.listing_cards import accent_of
from web.pages.servers.directory_reasons import describe_reason
from web.rendering.render import N_, render, say
from web.security.session import require_right

ADDRESS_LIMIT = 500
MOST_WAITING = 100

PAGE = "/coop/territoires"

SAID = {
    "register": N_("C’est noté : les autres coops l’apprennent."),
    "zone": N_("C’est noté, la carte est redessinée."),
    "add": N_("Nous passons la voir dans un instant. Rechargez la page pour voir ce que nous avons trouvé."),
    "vouch": N_("Votre coop se porte garante : elle le publie, et la carte est redessinée."),
    "stop_vouching": N_("Votre coop ne se porte plus garante."),
    "forget": N_("Ce n’est plus un point de départ."),
    "withdraw": N_("Elle n’est plus sur votre carte."),
    "spam": N_("Elle n’est plus sur votre carte, et la parole de celles qui la recommandent pèse moins."),
    "restore": N_("Elle peut revenir : nous repassons la voir."),
}

AREAS: tuple[DirectoryArea, ...] = get_args(DirectoryArea)


async def show_territories(request: web.Request) -> web.Response:
    """GET /coop/territoires?q=."""
    require_right(request, "servers")
    return await _show(request, blank_form(request))


async def post_territories(request: web.Request) -> web.Response:
    """POST /coop/territoires: one decision, named by `geste`; those about one territory name it by `hote`."""
    me = require_right(request, "servers")
    form = await read_form(request)
    act = form.choice("act", SAID, missing="Choisissez ce qu’il faut faire.")
    host = _read_host(request, form) if act == "add" else form.text("host", limit=ADDRESS_LIMIT)
    if not form.ok:
        return await _show(request, form)
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        if act == "register":
            await save_listed(conn, instance.site, listed=form.flag("listed"))
        elif act == "zone":
            await _save_area(conn, me, form)
        else:
            await _decide(conn, act, host)
        await journal.record(conn, "server_decided", by=me, right="servers", host=host, what=act)
        await crawl.draw_map(conn)
        await jobs.enqueue(conn, crawl.JOB, key=crawl.JOB)
    instance.policy.forget()
    raise redirect_with_message(PAGE, act)


async def _decide(conn: Connection, act: str, host: str) -> None:
    """What is decided about one territory. Where the crawl looks, and what our own map shows, concerns nobody else."""
    if act == "add":
        await deciding.save_seed(conn, host)
        return
    if not any(entry.host == host for entry in await list_entries(conn)):
        raise web.HTTPNotFound
    match act:
        case "vouch":
            await peers.vouch(conn, host)
        case "stop_vouching":
            await peers.withdraw_vouch(conn, host)
        case "forget":
            await deciding.forget_seed(conn, host)
        case "withdraw" | "spam":
            await deciding.remove(conn, host, spam=act == "spam")
        case _:
            await deciding.restore(conn, host)


def _read_host(request: web.Request, form: Form) -> str:
    """The host in what was typed: a name, a handle, or the address of a page."""
    typed = form.text("address", limit=ADDRESS_LIMIT, missing="Tapez l’adresse d’une coop.")
    if not form.ok:
        return ""
    try:
        host = read_host(typed)
    except Invalid:
        form.fail("address", "Écrivez-la comme henin-carvin.example, ou collez l’adresse d’une de ses pages.")
        return ""
    if host == request.app[INSTANCE].site.host:
        form.fail("address", "C’est l’adresse de votre propre coop.")
    return host


async def _save_area(conn: Connection, me: Account, form: Form) -> None:
    area = form.choice("zone", AREAS, default=(await preferences.load(conn)).directory_area)
    await preferences.write(conn, {"directory_area": area}, by=me.actor_id)


async def _show(request: web.Request, form: Form) -> web.Response:
    query = read_query(request)
    search = query.text("q", limit=100)
    async with connection(request.app[INSTANCE].pool) as conn:
        entries = await list_entries(conn)
        coop = await actors.find_local(conn, "coop")
        chosen = await preferences.load(conn)
    found = [entry for entry in entries if _fits(entry, search)]
    names = {entry.host: entry.place_name or entry.name or entry.host for entry in entries}
    return await render(
        request,
        "network/directory.html",
        status=422 if form.errors else 200,
        form=form,
        said=find_flash_message(request, SAID),
        listed=coop is not None and coop.discoverable,
        located=coop is not None and coop.latitude is not None,
        area=chosen.directory_area,
        **_sort_by_state(found),
        known=len(entries),
        search=search,
        names=names,
        accent_of=accent_of,
        describe_reason=partial(describe_reason, partial(say, request)),
    )


def _sort_by_state(found: Sequence[DirectoryEntry]) -> dict[str, Any]:
    """Those on our map, those that wait for it (and how many more), and those that were taken off it."""
    waiting = sorted((entry for entry in found if _is_waiting(entry)), key=_by_nearness)
    return {
        "shown": [entry for entry in found if entry.accepted_at is not None],
        "waiting": waiting[:MOST_WAITING],
        "more": max(0, len(waiting) - MOST_WAITING),
        "removed": [entry for entry in found if entry.removed_at is not None],
    }


def _is_waiting(entry: DirectoryEntry) -> bool:
    return entry.accepted_at is None and entry.removed_at is None


def _by_nearness(entry: DirectoryEntry) -> tuple[bool, int, str]:
    """What we typed or vouch for first, then those who have most of our map's words."""
    return not (entry.seed or entry.vouched), -len(entry.praised_by), entry.host


def _fits(entry: DirectoryEntry, search: str) -> bool:
    return fold_name(search) in fold_name(f"{entry.name} {entry.place_name} {entry.host}")
