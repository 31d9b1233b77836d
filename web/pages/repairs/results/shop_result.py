"""What came out, noted by the people of a shop from its agenda: of an appointment, or of who walked in."""

from aiohttp import web

from federation.instance import Instance
from models.errors import Conflict, Invalid, NotFound
from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.people import actors
from models.repairs.bikes import files
from models.repairs.bookings import appointment_books
from models.repairs.results import results, walk_ins
from models.repairs.results.notes import RepairNote
from models.repairs.results.sides import note_of
from models.repairs.results.walk_ins import WalkInLine
from models.store.database import Connection, connection, transaction
from outbox.builders.texts.repair_results import write_result
from outbox.exchanges.repair_results import note_result
from outbox.exchanges.result_files import FileChanges, may_attach
from outbox.repairs.walk_in_results import note_walk_in_result
from outbox.threads.agreement_context import find_context
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.repairs.bookings.book_page import home_of
from web.pages.repairs.results.note_form import NotePage, describe_form, find_day, read_note, values_of
from web.pages.repairs.results.result_uploads import LIMITS, stored_uploads
from web.rendering.render import reader_language, render
from web.security.acting_shop import ActingShop, find_shop


async def show_result(request: web.Request) -> web.Response:
    """GET /ateliers/{place}/gerer/rendez-vous/ID/resultat: of an appointment."""
    acting = await find_shop(request, manages=False)
    async with connection(request.app[INSTANCE].pool) as conn:
        held = await _get_appointment(conn, acting, request)
        own, page = await _draw(conn, request, acting, held)
    known = {} if own is None else values_of(own)
    return await _show(request, page, blank_form(request, known))


async def post_result(request: web.Request) -> web.Response:
    """POST to the same: the shop reports that it is done with what came out, or notes it anew."""
    acting = await find_shop(request, manages=False)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        held = await _get_appointment(conn, acting, request)
        own, page = await _draw(conn, request, acting, held)
    async with instance.store.open_spool() as spool:
        form = await read_form(request, LIMITS.into(spool))
        note = read_note(form, day=find_day(held.begins_at) if own is None else own.repaired_on)
        if note is not None:
            async with stored_uploads(instance, form, page.files) as changes:
                if form.ok:
                    await _save(instance, acting, held, form, note, changes)
            if form.ok:
                raise redirect_with_message(page.back, "result")
    return await _show(request, page, form)


async def _save(
    instance: Instance, acting: ActingShop, held: Agreement, form: Form, note: RepairNote, changes: FileChanges
) -> None:
    try:
        async with transaction(instance.pool) as conn:
            await note_result(conn, instance.site, acting.actor, held, note, changes)
    except (Conflict, Invalid) as error:
        form.refuse(error.field or "", error)


async def show_walk_in(request: web.Request) -> web.Response:
    """GET …/passage/ID/resultat: of somebody without account."""
    acting = await find_shop(request, manages=False)
    async with transaction(request.app[INSTANCE].pool) as conn:
        line = await walk_ins.get_line(conn, acting.actor.id, read_id(request.match_info["id"]))
        noted = await _find_noted(conn, line)
    known = {} if noted is None else values_of(noted)
    return await _show(request, _draw_walk_in(request, acting, line), blank_form(request, known))


async def post_walk_in(request: web.Request) -> web.Response:
    """POST to the same: the shop keeps it for itself."""
    acting = await find_shop(request, manages=False)
    form = await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        line = await walk_ins.get_line(conn, acting.actor.id, read_id(request.match_info["id"]))
        noted = await _find_noted(conn, line)
        note = read_note(form, day=find_day(line.begins_at) if noted is None else noted.repaired_on)
        if note is not None:
            try:
                await note_walk_in_result(conn, line, note)
            except (Conflict, Invalid) as error:
                form.refuse(error.field or "", error)
    page = _draw_walk_in(request, acting, line)
    if note is not None and form.ok:
        raise redirect_with_message(page.back, "result_alone")
    return await _show(request, page, form)


async def _get_appointment(conn: Connection, acting: ActingShop, request: web.Request) -> Agreement:
    """Raises NotFound for what is no appointment of this shop, or was never agreed on."""
    held = await agreements.get(conn, read_id(request.match_info["id"]))
    book = await appointment_books.find_of_actor(conn, acting.actor.id)
    if book is None or held.listing_id != book.listing_id or held.state not in agreements.BOUND:
        raise NotFound
    return held


async def _draw(
    conn: Connection, request: web.Request, acting: ActingShop, held: Agreement
) -> tuple[RepairNote | None, NotePage]:
    """What the shop noted so far, and the page."""
    found = {one.author_id: one for one in await results.list_of_agreement(conn, held.id)}
    noted = {author_id: note_of(one) for author_id, one in found.items()}
    mine = found.get(acting.actor.id)
    cyclist = await actors.get(conn, held.partner_id)
    theirs, own = noted.get(cyclist.id), noted.get(acting.actor.id)
    return own, NotePage(
        title=acting.actor.display_name,
        name=cyclist.display_name,
        path=request.path,
        back=home_of(acting),
        theirs="" if theirs is None else write_result(theirs, reader_language(request)),
        again=own is not None,
        attaches=await may_attach(conn, await find_context(conn, held), acting.actor, mine),
        files=tuple(await files.list_of_result(conn, mine.id)) if mine is not None else (),
        looks=False,
    )


def _draw_walk_in(request: web.Request, acting: ActingShop, line: WalkInLine) -> NotePage:
    return NotePage(title=line.name, name="", path=request.path, back=home_of(acting), again=line.result_id is not None)


async def _find_noted(conn: Connection, line: WalkInLine) -> RepairNote | None:
    found = await results.find(conn, line.result_id) if line.result_id is not None else None
    return None if found is None else note_of(found)


async def _show(request: web.Request, page: NotePage, form: Form) -> web.Response:
    status = 200 if form.ok else 422
    return await render(request, "repairs/results/note.html", status=status, **describe_form(page, form))
