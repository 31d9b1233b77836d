"""A line of a bike's book: noted, changed or struck by its owner, with pictures and the invoice."""

from datetime import UTC, datetime, timedelta

from aiohttp import web

from models.errors import Conflict
from models.moments import PARIS
from models.people.accounts import Account
from models.repairs.bikes import distances, entries, files, reminders
from models.repairs.bikes.bikes import MOST_KILOMETRES, Bike
from models.repairs.bikes.entries import REPAIRER_LIMIT, TEXT_LIMIT, TITLE_LIMIT, BikeEntry, EntryDetails
from models.repairs.results.results import MOST_MINUTES, MOST_PARTS, PART_LIMIT, Outcome
from models.store.database import Connection, connection, transaction
from web.forms.date_field import read_day
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id, read_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.exchanges.thread.book_proposals import ORGANS, OUTCOMES
from web.pages.repairs.bikes.attachments import LIMITS, save_uploads
from web.pages.repairs.bikes.bike_form import get_bike_here, read_whole
from web.pages.repairs.bikes.my_bikes import HOME
from web.rendering.render import render, say
from web.security.session import require_account

RESULTS: tuple[Outcome, ...] = ("fixed", "repairable", "end-of-life", "unknown")


async def show_new(request: web.Request) -> web.Response:
    """GET /mes-velos/ID/ligne?rappel=: a new line, today; of what a reminder was about."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        bike = await get_bike_here(conn, request, account)
        values = {"done_on": datetime.now(UTC).astimezone(PARIS).date().isoformat()}
        if "rappel" in request.query:
            reminder = await reminders.get(conn, bike.id, find_id(request.query["rappel"]))
            values |= {"title": reminder.title, "organ": reminder.organ or "", "reminder": str(reminder.id)}
    return await _show(request, blank_form(request, values), bike, None)


async def post_new(request: web.Request) -> web.Response:
    """POST /mes-velos/ID/ligne."""
    return await _post(request, require_account(request), None)


async def show_edit(request: web.Request) -> web.Response:
    """GET /mes-velos/ID/lignes/ENTRY."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        bike = await get_bike_here(conn, request, account)
        entry = await _get(conn, request, bike)
    return await _show(request, blank_form(request, _fill_in(entry)), bike, entry)


async def post_edit(request: web.Request) -> web.Response:
    """POST /mes-velos/ID/lignes/ENTRY."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        entry = await _get(conn, request, await get_bike_here(conn, request, account))
    return await _post(request, account, entry)


async def post_striking(request: web.Request) -> web.Response:
    """POST /mes-velos/ID/lignes/ENTRY/retirer."""
    account = require_account(request)
    await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        bike = await get_bike_here(conn, request, account, lock=True)
        await entries.strike(conn, (await _get(conn, request, bike)).id)
    raise redirect_with_message(f"{HOME}/{bike.id}", "struck")


async def _get(conn: Connection, request: web.Request, bike: Bike) -> BikeEntry:
    return await entries.get(conn, bike.id, read_id(request.match_info["entry"]))


async def _post(request: web.Request, account: Account, entry: BikeEntry | None) -> web.Response:
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        bike = await get_bike_here(conn, request, account)
    async with instance.store.open_spool() as spool:
        form = await read_form(request, LIMITS.into(spool))
        details = _read_details(form)
        if details is None or not form.ok:
            return await _show(request, form, bike, entry, status=422)
        try:
            async with transaction(instance.pool) as conn:
                await get_bike_here(conn, request, account, lock=True)
                entry = await _save(conn, form, bike, entry, details)
        except Conflict as refusal:
            form.refuse(refusal.field or "", refusal)
            return await _show(request, form, bike, entry, status=422)
        await save_uploads(instance, form, bike.id, entry.id)
    if not form.ok:  # the line is written, a file is not: the same line stands there to be sent again
        return await _show(request, form, bike, entry, status=422)
    raise redirect_with_message(f"{HOME}/{bike.id}", "written", part=f"ligne-{entry.id}")


async def _save(conn: Connection, form: Form, bike: Bike, entry: BikeEntry | None, details: EntryDetails) -> BikeEntry:
    if details.kilometres is not None:
        await distances.tell(conn, bike.id, details.done_on, details.kilometres)
    if entry is None:
        if form.typed("reminder"):
            await _mark_done(conn, form, bike, details)
        return await entries.get(conn, bike.id, await entries.add(conn, bike.id, details))
    await entries.change(conn, entry.id, details)
    dropped = [find_id(one) for one in form.values.getall("remove", [])]
    own = {one.id for one in await files.list_of_bike(conn, bike.id) if one.entry_id == entry.id}
    await files.remove(conn, bike.id, [one for one in dropped if one in own and one is not None])
    return await entries.get(conn, bike.id, entry.id)


async def _mark_done(conn: Connection, form: Form, bike: Bike, details: EntryDetails) -> None:
    """What she was reminded of is done, at so many kilometres as were told or are guessed."""
    reminder = await reminders.get(conn, bike.id, find_id(form.typed("reminder")))
    known = distances.guess((await distances.map_by_bike(conn, [bike.id]))[bike.id], details.done_on)
    await reminders.mark_done(conn, reminder.id, on=details.done_on, kilometres=known)


def _read_details(form: Form) -> EntryDetails | None:
    done_on = read_day(form, "done_on", missing="Dites quel jour.")
    if done_on is not None and done_on > datetime.now(UTC).astimezone(PARIS).date() + timedelta(days=1):
        form.fail("done_on", "Ce jour n’est pas encore venu : le carnet dit ce qui a été fait.")
    title = form.text("title", limit=TITLE_LIMIT, missing="Dites en quelques mots ce qui a été fait.")
    organ = form.choice("organ", tuple(ORGANS)) or None
    text = form.lines("text", limit=TEXT_LIMIT)
    if done_on is None:
        return None
    return EntryDetails(
        done_on=done_on,
        title=title,
        text=text,
        organ=organ,
        outcome=form.choice("outcome", RESULTS) or None,
        minutes=read_whole(form, "minutes", most=MOST_MINUTES) or None,
        parts=_read_parts(form),
        repairer=form.text("repairer", limit=REPAIRER_LIMIT),
        kilometres=read_whole(form, "kilometres", most=MOST_KILOMETRES),
    )


def _read_parts(form: Form) -> tuple[str, ...]:
    typed = form.lines("parts", limit=MOST_PARTS * (PART_LIMIT + 1)).split("\n")
    parts = tuple(one.strip() for one in typed if one.strip())
    if len(parts) > MOST_PARTS or any(len(one) > PART_LIMIT for one in parts):
        form.fail("parts", "%(most)s pièces au plus, en une ligne chacune.", most=MOST_PARTS)
    return parts[:MOST_PARTS]


def _fill_in(entry: BikeEntry) -> dict[str, str]:
    return {
        "done_on": entry.done_on.isoformat(),
        "title": entry.title,
        "text": entry.text,
        "organ": entry.organ or "",
        "outcome": entry.outcome or "",
        "minutes": str(entry.minutes or ""),
        "parts": "\n".join(entry.parts),
        "repairer": entry.repairer,
        "kilometres": "" if entry.kilometres is None else str(entry.kilometres),
    }


async def _show(
    request: web.Request, form: Form, bike: Bike, entry: BikeEntry | None, *, status: int = 200
) -> web.Response:
    held = []
    if entry is not None:
        async with connection(request.app[INSTANCE].pool) as conn:
            held = [one for one in await files.list_of_bike(conn, bike.id) if one.entry_id == entry.id]
    home = f"{HOME}/{bike.id}"
    return await render(
        request,
        "repairs/bikes/entry.html",
        status=status,
        form=form,
        bike=bike,
        entry=entry,
        files=held,
        organs=[(code, say(request, words)) for code, words in ORGANS.items()],
        outcomes=[(code, say(request, words)) for code, words in OUTCOMES.items()],
        home=home,
        path=f"{home}/lignes/{entry.id}" if entry is not None else f"{home}/ligne",
        most_photos=files.MOST_PHOTOS,
    )
