"""The page itself, for whoever holds a role: what waits, the week in figures, the rooms of the administration."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import web

from models import preferences
from models.coop import pending_kinds, shutdown, team
from models.coop.team import TeamMember
from models.moments import PARIS
from models.people.accounts import Account
from models.people.roles import Right, has_right
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.pages.access.login import has_mail
from web.pages.coop.opening_steps import OpeningView, load_view
from web.pages.coop.pending_lines import PendingLine, Reader, join_words
from web.pages.coop.sources import PendingSource, list_pending
from web.pages.coop.week import draw, list_figures, load_weeks
from web.rendering.formats import count_days_left, format_full_weekday, format_hour, format_short_day
from web.rendering.i18n import Say
from web.rendering.render import N_, PENDING, count_unread, find_branding, reader_language, render, say
from web.security.session import require_right

NUMBERS = (
    *(N_("deux"), N_("trois"), N_("quatre"), N_("cinq"), N_("six"), N_("sept"), N_("huit"), N_("neuf"), N_("dix")),
    *(N_("onze"), N_("douze"), N_("treize"), N_("quatorze"), N_("quinze"), N_("seize"), N_("dix-sept")),
    *(N_("dix-huit"), N_("dix-neuf"), N_("vingt")),
)
"""From two on: a greeting has its number in words."""

NAMED = 3
"""So many of those who can settle something are named."""


SAID_BEFORE_OPENING = ("backup",)
"""What the list of the opening asks for already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeLine:
    """A line as the page shows it: with since when, and who can settle it."""

    name: str
    line: PendingLine
    since: str
    who: str


async def show_home(request: web.Request) -> web.Response:
    """GET /coop."""
    account, speak = require_right(request, "duty"), partial(say, request)
    now, data = datetime.now(PARIS), request.app[INSTANCE].settings.data
    async with connection(request.app[INSTANCE].pool) as conn:
        pending = await list_pending(Reader(conn=conn, account=account, say=speak, data=data))
        request[PENDING] = len(pending)
        ending = await shutdown.find_day(conn)
        people = await team.list_team(conn, now)
        able = await pending_kinds.map_able(conn, [one.name for one, _ in pending], [one.actor_id for one in people])
        preparing = await _load_preparing(request, conn, account)
        weeks = await load_weeks(conn, request.app[INSTANCE], now.date())
        await find_branding(request, conn)
        await count_unread(request, conn)
    language = reader_language(request)
    lines = [
        _build_line(speak, language, account, _list_able(people, able, one[0]), one, now)
        for one in pending
        if preparing is None or one[0].name not in SAID_BEFORE_OPENING
    ]
    return await render(
        request,
        "coop/home.html",
        greeting=_greet(speak, account, len(lines), before_opening=preparing is not None),
        lines=lines,
        opening=preparing,
        ending=ending,
        days_left=None if ending is None else count_days_left(ending),
        figures=list_figures(weeks),
        weeks=weeks,
        bars=draw(weeks),
        **_describe_team(speak, account, people),
    )


async def _load_preparing(request: web.Request, conn: Connection, account: Account) -> OpeningView | None:
    """What is left before the site opens, for whoever may open it; None once it is."""
    if not has_right(account, "settings"):
        return None
    chosen = await preferences.load(conn)
    return await load_view(conn, partial(say, request), chosen, mail=has_mail(request)) if chosen.closed else None


def _describe_team(say: Say, account: Account, people: Sequence[TeamMember]) -> dict[str, Any]:
    """Who is on duty this week, whether the reader is, and whether she has nobody beside her."""
    on_duty = [one for one in people if one.on_duty]
    return {
        "on_duty": join_words(say, [_call(say, account, one) for one in on_duty]),
        "takes_turn": any(one.actor_id == account.actor_id for one in on_duty),
        "is_alone": len(people) == 1 and has_right(account, "roles"),
    }


def _greet(say: Say, account: Account, count: int, *, before_opening: bool) -> str:
    name = account.name or account.username
    if count == 0 and before_opening:
        return say(N_("Bonjour %(name)s, préparons l’ouverture"), name=name)
    if count == 0:
        return say(N_("Bonjour %(name)s, rien ne vous attend"), name=name)
    if count == 1:
        return say(N_("Bonjour %(name)s, une chose à faire"), name=name)
    return say(N_("Bonjour %(name)s, %(number)s choses à faire"), name=name, number=_count_in_words(say, count))


def _count_in_words(say: Say, count: int) -> str:
    """From two on."""
    return say(NUMBERS[count - 2]) if count < len(NUMBERS) + 2 else str(count)


def _list_able(
    people: Sequence[TeamMember], able: Mapping[str, Collection[int]], source: PendingSource
) -> list[TeamMember]:
    """Who may settle one of what waits there: all but those who have a part in each."""
    return [one for one in people if source.name not in able or one.actor_id in able[source.name]]


def _build_line(
    say: Say,
    language: str,
    account: Account,
    people: Sequence[TeamMember],
    found: tuple[PendingSource, PendingLine],
    now: datetime,
) -> HomeLine:
    source, line = found
    return HomeLine(
        name=source.name,
        line=line,
        since=describe_since(say, language, line.since, now) if line.since else "",
        who=name_who(say, account, people, source.right),
    )


def describe_since(say: Say, language: str, since: datetime, now: datetime) -> str:
    """Since when, as people say it: an hour of today, a day of this week, else a date."""
    day = since.astimezone(PARIS).date()
    days = (now.date() - day).days
    if days <= 0:
        return say(N_("depuis %(hour)s"), hour=format_hour(since, language))
    if days == 1:
        return say(N_("depuis hier"))
    if days < 7:
        return say(N_("depuis %(weekday)s"), weekday=format_full_weekday(day, language))
    return say(N_("depuis le %(day)s"), day=format_short_day(day, language))


def name_who(say: Say, account: Account, people: Sequence[TeamMember], right: Right) -> str:
    """Who can settle it: those on duty first, then the reader, at most NAMED of them."""
    able = [one for one in people if one.can(right)]
    able.sort(key=lambda one: (not one.is_on_duty_for(right), one.actor_id != account.actor_id))
    names = [_name(say, account, one, right) for one in able]
    if len(able) == 1 and able[0].actor_id == account.actor_id:
        return say(N_("personne d’autre que vous ne peut s’en occuper"))
    if not names:
        return say(N_("personne de l’équipe ne peut s’en occuper : donnez ce rôle à quelqu’un"))
    if len(names) == 1:
        return say(N_("seule personne à pouvoir s’en occuper : %(name)s"), name=names[0])
    if len(names) > NAMED:
        others = len(names) - NAMED + 1
        names = [*names[: NAMED - 1], say(N_("%(count)s autres"), count=others)]
    return say(N_("peuvent s’en occuper : %(names)s"), names=join_words(say, names))


def _name(say: Say, account: Account, one: TeamMember, right: Right) -> str:
    name = _call(say, account, one)
    return say(N_("%(name)s (de permanence)"), name=name) if one.is_on_duty_for(right) else name


def _call(say: Say, account: Account, one: TeamMember) -> str:
    return say(N_("vous")) if one.actor_id == account.actor_id else one.name
