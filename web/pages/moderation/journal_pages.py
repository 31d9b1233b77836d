"""The journal: for the team with everybody's names, for members without any; month by month."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from models import preferences
from models.errors import NotFound
from models.moderation import journal
from models.moderation.journal import Act, JournalEntry
from models.moments import PARIS
from models.people import actors
from models.people.roles import has_right
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.people import Person, person_of
from web.rendering.journal_words import ACT_WORDS
from web.rendering.render import N_, render, say
from web.rendering.role_words import ROLE_NAMES
from web.security.session import require_account, require_right

PAGE = 50

MODERATION: frozenset[Act] = frozenset({
    "case_closed", "warned", "post_hidden", "limited", "suspended", "excluded", "decision_proposed",
    "decision_confirmed", "decision_refused", "decision_taken_back", "decision_ended", "appeal_kept",
    "appeal_taken_back", "post_released", "post_refused", "conversation_read",
})  # fmt: skip
"""What is decided about a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One act: what was done, as which role. `by`, `about`, `case_id` and `host` are for the team alone."""

    entry: JournalEntry
    words: str
    role: str
    by: Person | None = None
    about: Person | None = None
    case_id: int | None = None
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalMonth:
    """A month in which something was done, as its address has it."""

    code: str
    begins_at: datetime


async def show_journal(request: web.Request) -> web.Response:
    """GET /coop/journal?mois=&avant=: everything, for whoever holds a role; not what concerns herself.

    Whom moderation was about is named to those who moderate alone.
    """
    return await _show(request, require_right(request, "duty").actor_id, team=True)


async def show_to_members(request: web.Request) -> web.Response:
    """GET /journal: role, act, rule and day. Raises NotFound where the cooperative does not want it."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        if not (await preferences.load(conn)).journal_shown:
            raise NotFound
    return await _show(request, account.actor_id, team=False)


async def _show(request: web.Request, reader_id: int, *, team: bool) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        months = [_make_month(moment) for moment in await journal.list_months(conn)]
        chosen = next((one for one in months if one.code == request.query.get("mois")), None)
        found = await journal.list_entries(
            conn,
            reader_id if team else None,
            span=_span(chosen) if chosen is not None else None,
            before=find_id(request.query.get("avant", "")),
            limit=PAGE,
        )
        lines = await _make_lines(conn, request, found) if team else _make_bare_lines(request, found)
    return await render(
        request,
        "journal/show.html",
        team=team,
        lines=lines,
        months=months,
        chosen=chosen.code if chosen is not None else "",
        next_id=found[-1].id if len(found) == PAGE else None,
        first_page="avant" not in request.query,
        path="/coop/journal" if team else "/journal",
    )


def _make_month(moment: datetime) -> JournalMonth:
    begins_at = moment.astimezone(PARIS)
    return JournalMonth(code=begins_at.strftime("%Y-%m"), begins_at=begins_at)


def _span(month: JournalMonth) -> tuple[datetime, datetime]:
    later = (month.begins_at + timedelta(days=32)).replace(day=1)
    return month.begins_at, later


def _make_bare_lines(request: web.Request, found: list[JournalEntry]) -> list[JournalLine]:
    """Without anybody, nor anything that says who it was."""
    return [
        JournalLine(entry=one, words=say(request, ACT_WORDS[one.act]), role=_name_role(request, one)) for one in found
    ]


async def _make_lines(conn: Connection, request: web.Request, found: list[JournalEntry]) -> list[JournalLine]:
    moderates = has_right(require_right(request, "duty"), "reports")
    ids = {id for one in found for id in (one.by_id or 0, one.about_id or 0)}
    people = {id: person_of(actor) for id, actor in (await actors.map_by_ids(conn, ids)).items()}
    return [
        _add_people(line, people, named=moderates or line.entry.act not in MODERATION)
        for line in _make_bare_lines(request, found)
    ]


def _add_people(line: JournalLine, people: Mapping[int, Person], *, named: bool) -> JournalLine:
    return replace(
        line,
        by=people.get(line.entry.by_id or 0),
        about=people.get(line.entry.about_id or 0) if named else None,
        case_id=line.entry.details.get("case_id") if named else None,
        host=line.entry.details.get("host", ""),
    )


def _name_role(request: web.Request, entry: JournalEntry) -> str:
    speak = partial(say, request)
    return speak(ROLE_NAMES[entry.role]) if entry.role is not None else speak(N_("La plateforme, d’elle-même"))
