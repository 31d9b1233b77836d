"""What came out of the repair that a thread is about, noted by either side: with an account, or by a private link."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from federation.instance import Instance
from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.exchanges.exchanges import Exchange
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.repairs.bikes import files
from models.repairs.bikes.files import BikeFile
from models.repairs.results import results
from models.repairs.results.notes import RepairNote
from models.repairs.results.results import RepairResult
from models.repairs.results.sides import is_repair, note_of
from models.store.database import Connection, connection, transaction
from outbox.builders.texts.repair_results import write_result
from outbox.exchanges.agreements.fulfilment import find_reportable
from outbox.exchanges.repair_results import note_result
from outbox.exchanges.result_files import FileChanges, may_attach
from outbox.threads.agreement_context import find_context
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.exchanges.guests.private_link import forbid_referrer, get_confirmed_guest, path_of
from web.pages.exchanges.thread.thread_page import get_thread
from web.pages.repairs.results.note_form import (
    NotePage,
    describe_form,
    find_day,
    guess_values,
    read_note,
    values_of,
)
from web.pages.repairs.results.result_uploads import LIMITS, stored_uploads
from web.rendering.paths import exchange_path
from web.rendering.render import reader_language, render
from web.security.session import require_account


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRepair:
    """Who notes what about which agreement; `own` and `theirs` are what both noted so far, `files` what goes along."""

    me: Actor
    other: Actor
    held: Agreement
    listing: Listing
    own: RepairResult | None
    theirs: RepairResult | None
    path: str
    back: str
    guest: bool = False
    attaches: bool = False
    files: tuple[BikeFile, ...] = ()


async def show_result(request: web.Request) -> web.Response:
    """GET /echanges/ID/resultat."""
    async with connection(request.app[INSTANCE].pool) as conn:
        repair = await _find(conn, request)
    return await _show(request, repair, blank_form(request, _list_known(repair)))


async def post_result(request: web.Request) -> web.Response:
    """POST to the same: it is reported as done with what came out, or noted anew."""
    instance = request.app[INSTANCE]
    require_account(request)
    async with instance.store.open_spool() as spool:
        form = await read_form(request, LIMITS.into(spool))
        async with connection(instance.pool) as conn:
            repair = await _find(conn, request)
        return await _post(request, repair, form)


async def show_guest_result(request: web.Request) -> web.Response:
    """GET /invite/TOKEN/resultat."""
    async with connection(request.app[INSTANCE].pool) as conn:
        repair = await _find_guests(conn, request)
    return forbid_referrer(await _show(request, repair, blank_form(request, _list_known(repair))))


async def post_guest_result(request: web.Request) -> web.Response:
    """POST to the same."""
    form = await read_form(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        repair = await _find_guests(conn, request)
    return forbid_referrer(await _post(request, repair, form))


async def _find(conn: Connection, request: web.Request) -> ThreadRepair:
    thread = await get_thread(conn, request)
    meant = request.query.get("accord", "")
    return await _load(conn, thread, require_account(request).actor_id, exchange_path(thread.id), meant)


async def _find_guests(conn: Connection, request: web.Request) -> ThreadRepair:
    party = await get_confirmed_guest(conn, request)
    meant = request.query.get("accord", "")
    return await _load(conn, party.thread, party.actor.id, path_of(request), meant, guest=True)


async def _load(
    conn: Connection, thread: Exchange, me: int, back: str, meant: str, *, guest: bool = False
) -> ThreadRepair:
    """Raises NotFound where the thread is about no repair, nothing was agreed, or not what the address names.

    `meant` is the number of the agreement as the address has it: one thread may hold several appointments, and what is
    noted of one is never kept of another.
    """
    listing = (await listings.list_by_posts(conn, [thread.listing_id]))[thread.listing_id]
    if not is_repair(listing.details):
        raise NotFound
    held = _choose(await agreements.list_by_exchange(conn, thread.id), me, meant)
    noted = {one.author_id: one for one in await results.list_of_agreement(conn, held.id)}
    own = noted.get(me)
    other = thread.other_of(me)
    people = await actors.map_by_ids(conn, [me, other])
    return ThreadRepair(
        me=people[me],
        other=people[other],
        held=held,
        listing=listing,
        own=own,
        theirs=noted.get(other),
        path=f"{back}/resultat?accord={held.id}",
        back=back,
        guest=guest,
        attaches=not guest and await may_attach(conn, await find_context(conn, held), people[me], own),
        files=tuple(await files.list_of_result(conn, own.id)) if own is not None else (),
    )


def _choose(held: Sequence[Agreement], me: int, meant: str) -> Agreement:
    """The one that is meant; where none is named the one that she may report, else the first."""
    agreed = [one for one in held if one.state in agreements.BOUND and meant in ("", str(one.id))]
    if not agreed:
        raise NotFound
    return find_reportable(agreed, me) or agreed[0]


def _list_known(repair: ThreadRepair) -> dict[str, str]:
    """What the form begins with: what she noted, else what the other one did, else what the call says."""
    known = repair.own or repair.theirs
    return guess_values(repair.listing.details) if known is None else values_of(note_of(known))


async def _post(request: web.Request, repair: ThreadRepair, form: Form) -> web.Response:
    instance, known = request.app[INSTANCE], repair.own or repair.theirs
    note = read_note(form, day=find_day(repair.held.begins_at) if known is None else known.repaired_on)
    if note is not None:
        async with stored_uploads(instance, form, repair.files) as changes:
            if form.ok:
                await _save(instance, repair, form, note, changes)
        if form.ok:
            raise redirect_with_message(repair.back, "done")
    return await _show(request, repair, form)


async def _save(instance: Instance, repair: ThreadRepair, form: Form, note: RepairNote, changes: FileChanges) -> None:
    try:
        async with transaction(instance.pool) as conn:
            await note_result(conn, instance.site, repair.me, repair.held, note, changes)
    except (Conflict, Invalid) as error:
        form.refuse(error.field or "", error)


async def _show(request: web.Request, repair: ThreadRepair, form: Form) -> web.Response:
    theirs = "" if repair.theirs is None else write_result(note_of(repair.theirs), reader_language(request))
    page = NotePage(
        title=repair.listing.details.title,
        name=repair.other.display_name,
        path=repair.path,
        back=repair.back,
        theirs=theirs,
        again=repair.own is not None,
        guest=repair.guest,
        attaches=repair.attaches,
        files=repair.files,
    )
    status = 200 if form.ok else 422
    return await render(request, "repairs/results/note.html", status=status, **describe_form(page, form))
