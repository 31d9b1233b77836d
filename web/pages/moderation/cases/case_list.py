"""The queue of the team: what waits, person by person, in four lists; several cases can be closed at once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from aiohttp import web

from models.errors import Conflict, NotFound
from models.moderation import case_queue, cases, reports
from models.moderation.case_queue import PostOfCase, QueueLine, Tab
from models.moderation.reports import NOTE_LIMIT
from models.people import actors
from models.people.accounts import Account
from models.store.database import Connection, connection, transaction
from outbox.moderation import case_decisions
from outbox.moderation.case_decisions import Ruling
from web.forms.form import Form, blank_form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id, read_id
from web.mail.decision_mails import queue_answers
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.components.people import Person, person_of
from web.pages.moderation.cases.hosts import name_hosts
from web.pages.moderation.cases.read_marks import EPOCH, read_mark, write_mark
from web.rendering.error_messages.lookup import find_sentence, find_values
from web.rendering.render import N_, render, say
from web.security.session import require_right

HERE = "/coop/dossiers"

PAGE = 20

TABS: dict[str, Tab] = {"a-lire": "to_read", "a-confirmer": "to_confirm", "recours": "appeals", "decides": "decided"}
"""Each list by its name in addresses."""

SAID = {
    "closed": N_("C’est classé. Les personnes qui avaient signalé l’apprennent."),
    "closed_some": N_("C’est classé, sauf ce que vous ne décidez pas."),
    "closed_more": N_("C’est classé, sauf ce qui a été signalé entre-temps : cela reste à lire."),
}

NOBODY = N_("Un compte qui n’existe plus")

Lister = Callable[..., Awaitable[list[QueueLine]]]

LISTERS: dict[Tab, Lister] = {
    "to_read": case_queue.list_to_read,
    "to_confirm": case_queue.list_to_confirm,
    "appeals": case_queue.list_appeals,
    "decided": case_queue.list_decided,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One person's line: `reporters` are members by name, `places` where other reports come from, `who` holds it, asked
    to confirm, proposed or decided it; `mine` where the reader does. `ticked` is its box where several are closed.
    """

    line: QueueLine
    name: str
    initial: str
    reporters: list[str]
    places: list[str]
    holder: str
    mine: bool
    ticked: str
    held: list[PostOfCase]


async def list_cases(request: web.Request) -> web.Response:
    """GET /coop/dossiers?voir=&apres=."""
    require_right(request, "reports")
    return await _show(request, blank_form(request))


async def close_many(request: web.Request) -> web.Response:
    """POST /coop/dossiers: nothing is decided in any of these; whoever reported is told."""
    me = require_right(request, "reports")
    form = await read_form(request)
    answer = form.lines("answer", limit=NOTE_LIMIT)
    ticked = [one for one in map(_read_ticked, form.values.getall("case", [])) if one is not None][:PAGE]
    if not ticked:
        form.fail("case", "Cochez au moins un dossier.")
    if not form.ok:
        return await _show(request, form, status=422)
    said = {await _close(request, me, id, replace(ruling, answer=answer), form) for id, ruling in ticked}
    done = next((one for one in ("closed_some", "closed_more", "closed") if one in said), "")
    if not form.ok:
        return await _show(request, form, status=409, done=done)
    raise redirect_with_message(HERE, done)


async def _close(request: web.Request, me: Account, id: int, ruling: Ruling, form: Form) -> str:
    """What is said of it. Each by itself: one that somebody decided meanwhile keeps no other from being closed."""
    instance = request.app[INSTANCE]
    try:
        async with transaction(instance.pool) as conn:
            ruled = await case_decisions.decide(conn, instance.site, id, ruling, me)
            await queue_answers(conn, ruled.settled)
    except Conflict as conflict:
        async with connection(instance.pool) as conn:
            case = await cases.find(conn, id, me.actor_id)
        said = say(request, find_sentence(conflict), **find_values(conflict, partial(say, request)))
        name = (case.actor_name if case is not None else "") or say(request, NOBODY)
        form.fail_too("", "%(name)s : %(said)s", name=name, said=said)
    except NotFound:
        return "closed_some"
    else:
        return "closed_more" if ruled.more_to_read else "closed"
    return "late"


def write_ticked(line: QueueLine) -> str:
    """A case as a form names it, with what stood in it when the list was made."""
    return f"{line.id}-{line.seen}-{write_mark(line.said_at)}"


def _read_ticked(text: str) -> tuple[int, Ruling] | None:
    """The same read back: to close it, with what came later left open."""
    id, _, rest = text.partition("-")
    seen, _, mark = rest.partition("-")
    case_id = find_id(id)
    if case_id is None:
        return None
    return case_id, Ruling(kind="nothing", seen=find_id(seen) or 0, read_until=read_mark(mark) or EPOCH)


async def redirect_old(request: web.Request) -> web.Response:
    """GET /coop/signalements, /coop/signalements/ID: where reports are read now."""
    me = require_right(request, "reports")
    if "id" not in request.match_info:
        raise web.HTTPFound(HERE)
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await reports.find(conn, read_id(request.match_info["id"]), me.actor_id)
        case_id = await reports.find_case(conn, found.id) if found is not None else None
    if case_id is None:
        raise NotFound
    raise web.HTTPFound(f"{HERE}/{case_id}")


async def _show(request: web.Request, form: Form, *, status: int = 200, done: str = "") -> web.Response:
    me = require_right(request, "reports")
    name = request.query.get("voir", "")
    tab, place = TABS.get(name, "to_read"), read_place(request.query.get("apres", ""))
    async with connection(request.app[INSTANCE].pool) as conn:
        keyset = {"before" if tab == "decided" else "after": place}
        found = await LISTERS[tab](conn, me.actor_id, limit=PAGE, **keyset)
        counts = await case_queue.count(conn, me.actor_id)
        lines = await make_lines(conn, found, me.actor_id)
    return await render(
        request,
        "cases/list.html",
        status=status,
        form=form,
        tab=tab,
        lines=lines,
        counts=counts,
        next_place=write_place(found[-1]) if len(found) == PAGE else "",
        tab_name=name if name in TABS else "a-lire",
        first_page=place is None,
        here_url=f"{HERE}?apres={write_mark(place[0])}-{place[1]}" if place is not None else HERE,
        mail=request.app[INSTANCE].settings.smtp_url is not None,
        said=say(request, SAID[done]) if done else find_flash_message(request, SAID),
        say=partial(say, request),
    )


async def make_lines(conn: Connection, found: Sequence[QueueLine], reader_id: int) -> list[CaseLine]:
    """These lines with everybody's names."""
    people = await _load_people(conn, found)
    places = await name_hosts(conn, [host for one in found for host in one.hosts])
    held = await case_queue.list_held(conn, [one.id for one in found if one.held])
    return [_make_line(one, people, places, held, reader_id) for one in found]


async def _load_people(conn: Connection, found: Sequence[QueueLine]) -> dict[int, Person]:
    ids = {id for one in found for id in (one.actor_id or 0, one.holder_id or 0, *one.reporter_ids)}
    return {id: person_of(actor) for id, actor in (await actors.map_by_ids(conn, ids)).items()}


def _make_line(
    one: QueueLine,
    people: Mapping[int, Person],
    places: Mapping[str, str],
    held: Sequence[PostOfCase],
    reader_id: int,
) -> CaseLine:
    person = people.get(one.actor_id or 0)
    return CaseLine(
        line=one,
        name=person.name if person is not None else one.actor_name,
        initial=person.initial if person is not None else "?",
        reporters=[people[id].name for id in one.reporter_ids if id in people],
        places=[places[host] for host in one.hosts],
        holder=_name(people, one.holder_id),
        mine=one.holder_id == reader_id,
        ticked=write_ticked(one),
        held=[post for post in held if post.case_id == one.id],
    )


def _name(people: Mapping[int, Person], id: int | None) -> str:
    return people[id].name if id is not None and id in people else ""


def write_place(line: QueueLine) -> str:
    """Where the next page begins: behind this line."""
    return f"{write_mark(line.at)}-{line.id}"


def read_place(text: str) -> tuple[datetime, int] | None:
    """The same read back; None for anything else."""
    moment, _, id = text.partition("-")
    at, row = read_mark(moment), find_id(id)
    return (at, row) if at is not None and row is not None else None
