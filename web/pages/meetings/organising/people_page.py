"""Who comes to one time of a meeting, for whoever organises it: names, how many, what they bring, and who waits.

What is known of them goes two weeks after (`models/meetings/due`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from models.errors import Conflict, Invalid, NotFound
from models.meetings import agenda, registrations
from models.meetings.agenda import AgendaEntry
from models.meetings.meetings import FullMeeting
from models.meetings.registrations import Registration, Wish
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection, connection, transaction
from outbox.builders.texts.meetings import write_when, write_where
from outbox.exchanges.guests import NAME_LIMIT
from outbox.meetings import meetings as outbox
from outbox.meetings.by_hand import strike_out, write_down
from outbox.meetings.occurrences import cancel_time
from outbox.meetings.registrations import MESSAGE_LIMIT, PEOPLE_LIMIT
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.caching import forbid_caching
from web.http.row_ids import find_id, read_id
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.meetings.organisers import find_desk, get_organised, note_act, require_organiser
from web.rendering.feeds.spreadsheets import MARK, write_rows
from web.rendering.paths import listing_path, profile_path
from web.rendering.render import N_, reader_language, render, say

ACTS = ("add", "remove", "cancel_time", "cancel", "withdraw")

SAID = {
    "added": N_("C’est noté : cette personne est sur la liste."),
    "removed": N_("C’est noté : cette personne ne vient pas. Sa place est libre."),
    "held": N_("C’est envoyé. Quelqu’un de l’équipe va le relire, puis tout le monde le verra."),
    "changed_time": N_("Cette date est changée. Les personnes inscrites sont prévenues."),
    "cancelled_time": N_("Cette date est annulée. Les personnes inscrites sont prévenues."),
    "cancelled": N_("La rencontre est annulée. Les personnes inscrites sont prévenues."),
    "withdrawn": N_("La rencontre est retirée. Les personnes inscrites sont prévenues."),
}

COLUMNS = (N_("Prénom ou nom"), N_("Personnes"), N_("Apporte"), N_("État"), N_("Comment la joindre"))

NUMBER_LIMIT = 20

STATES = {"seat": N_("Vient"), "waiting": N_("Attend une place"), "asked": N_("Pas encore confirmé")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """One line of the list: who, with how many, with what, and how she hears of changes."""

    id: int
    name: str
    reached: str
    href: str
    people: int
    message: str
    state: str
    place: int | None
    by_hand: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleList:
    """One time of a meeting with everybody who takes part in it; `times` are those to choose from."""

    full: FullMeeting
    entry: AgendaEntry
    times: list[AgendaEntry]
    coming: list[Coming]
    waiting: list[Coming]
    asked: int


async def show_people(request: web.Request) -> web.Response:
    """GET …/d/ID?fois=."""
    account = require_organiser(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        full, _ = await get_organised(conn, request, account)
        found = await _load(conn, full, find_id(request.query.get("fois", "")))
    return await _show(request, found, blank_form(request))


async def show_spreadsheet(request: web.Request) -> web.Response:
    """GET …/d/ID/liste.csv?fois=: the list of one time, as spreadsheets open it."""
    account = require_organiser(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        full, _ = await get_organised(conn, request, account)
        found = await _load(conn, full, find_id(request.query.get("fois", "")))
    lines = [
        (one.name, one.people, one.message, say(request, STATES[one.state]), one.reached)
        for one in (*found.coming, *found.waiting)
    ]
    written = MARK + write_rows([[say(request, words) for words in COLUMNS], *lines])
    headers = {"Content-Disposition": 'attachment; filename="qui-vient.csv"'}
    return forbid_caching(web.Response(text=written, content_type="text/csv", charset="utf-8", headers=headers))


async def post_people(request: web.Request) -> web.Response:
    """POST …/d/ID: write somebody down, or strike her out; call off one time, or all of them."""
    account = require_organiser(request)
    form = await read_form(request)
    instance = request.app[INSTANCE]
    act = form.choice("act", ACTS, missing="Ce choix n’existe pas.")
    async with connection(instance.pool) as conn:
        full, organiser = await get_organised(conn, request, account)
        found = await _load(conn, full, find_id(form.typed("fois")))
    wish = _read_wish(form) if act == "add" else Wish()
    if not form.ok:
        return await _show(request, found, form)
    try:
        async with transaction(instance.pool) as conn:
            done = await _do(conn, request, organiser, found, form, wish)
            if act not in ("add", "remove"):
                await note_act(conn, request, account, (organiser, full.listing.uri), done)
    except (Conflict, Invalid) as error:
        form.refuse(getattr(error, "field", None) or "", error)
        return await _show(request, found, form)
    home = find_desk(request) if act == "withdraw" else f"{request.path}?fois={found.entry.occurrence.id}"
    raise redirect_with_message(home, done)


def _read_wish(form: Form) -> Wish:
    form.text("name", limit=NAME_LIMIT, missing="Dites comment on l’appelle.")
    typed = form.text("people", limit=NUMBER_LIMIT) or "1"
    people = int(typed) if typed.isascii() and typed.isdecimal() else 0
    if not 1 <= people <= PEOPLE_LIMIT:
        form.fail("people", "Une inscription vaut pour %(most)s personnes au plus.", most=PEOPLE_LIMIT)
    return Wish(people=people, message=form.lines("message", limit=MESSAGE_LIMIT))


async def _do(
    conn: Connection, request: web.Request, organiser: Actor, found: PeopleList, form: Form, wish: Wish
) -> str:
    site, occurrence_id = request.app[INSTANCE].site, found.entry.occurrence.id
    match form.typed("act"):
        case "add":
            await write_down(conn, organiser, occurrence_id, form.typed("name"), wish)
            return "added"
        case "remove":
            struck = read_id(form.typed("registration"))
            if struck not in {one.id for one in (*found.coming, *found.waiting)}:
                raise NotFound
            await strike_out(conn, site, organiser, struck)
            return "removed"
        case "cancel_time":
            await cancel_time(conn, site, organiser, occurrence_id)
            return "cancelled_time"
        case "cancel":
            await outbox.cancel(conn, site, organiser, found.full.id)
            return "cancelled"
        case _:
            await outbox.withdraw(conn, site, organiser, found.full.id)
            return "withdrawn"


async def _load(conn: Connection, full: FullMeeting, wanted: int | None) -> PeopleList:
    shown, coming = _choose(await agenda.list_entries(conn, full.id))
    asked = next((one for one in shown if one.occurrence.id == wanted), None)
    entry = asked or next(iter(coming), shown[-1])
    people = await registrations.list_of_occurrences(conn, [entry.occurrence.id])
    lines = await _list_lines(conn, [one for one in people if one.state != "asked"])
    return PeopleList(
        full=full,
        entry=entry,
        times=shown,
        coming=[one for one in lines if one.state == "seat"],
        waiting=[one for one in lines if one.state == "waiting"],
        asked=len(people) - len(lines),
    )


def _choose(entries: Sequence[AgendaEntry]) -> tuple[list[AgendaEntry], list[AgendaEntry]]:
    """The times to choose from, those first of which it is still known who was there; and those to come."""
    if not entries:
        raise NotFound
    now = datetime.now(UTC)
    kept = [one for one in entries if _find_end(one) > now - registrations.KEPT]
    return kept or [*entries[-1:]], [one for one in kept if _find_end(one) > now]


def _find_end(entry: AgendaEntry) -> datetime:
    return entry.occurrence.ends_at or entry.occurrence.begins_at


async def _list_lines(conn: Connection, people: Sequence[Registration]) -> list[Coming]:
    known = await actors.map_by_ids(conn, [one.actor_id for one in people if one.actor_id is not None])
    lines, place = [], 0
    for one in people:
        place += one.state == "waiting"
        actor = known.get(one.actor_id) if one.actor_id is not None else None
        lines.append(_make_line(one, actor, place if one.state == "waiting" else None))
    return lines


def _make_line(one: Registration, actor: Actor | None, place: int | None) -> Coming:
    return Coming(
        id=one.id,
        name=actor.display_name if actor is not None else one.name,
        reached=f"@{actor.handle}" if actor is not None else one.email or "",
        href=profile_path(actor) if actor is not None else "",
        people=one.people,
        message=one.message,
        state=one.state,
        place=place,
        by_hand=one.by_hand,
    )


async def _show(request: web.Request, found: PeopleList, form: Form) -> web.Response:
    language, full = reader_language(request), found.full
    details, meeting, one = full.listing.details, full.meeting, found.entry.occurrence
    when = {
        each.occurrence.id: write_when(each.occurrence.begins_at, each.occurrence.ends_at, meeting.timezone, language)
        for each in found.times
    }
    answer = await render(
        request,
        "meetings/people.html",
        desk=find_desk(request),
        status=200 if form.ok else 422,
        form=form,
        found=found,
        details=details,
        when=when[one.id],
        whens=when,
        where=write_where(details, meeting, one.venue),
        over=(one.ends_at or one.begins_at) <= datetime.now(UTC),
        settled=details.status in ("cancelled", "fulfilled"),
        page=listing_path(request.app[INSTANCE].site, full.listing),
        path=request.path,
        people_limit=PEOPLE_LIMIT,
        told=sum(line.people for line in (*found.coming, *found.waiting)),
        by_hand=[line.name for line in (*found.coming, *found.waiting) if line.by_hand],
        said=find_flash_message(request, SAID),
    )
    return forbid_caching(answer)
