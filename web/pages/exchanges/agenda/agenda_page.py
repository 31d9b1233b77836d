"""My agenda: a month as a table, and below it everything with a date, by day, the soonest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from itertools import groupby

from aiohttp import web

from models.exchanges import agenda
from models.listings.unavailabilities import AHEAD
from models.meetings import agenda as meetings
from models.moments import PARIS
from models.people import actors
from models.people.opening_hours import read_hours
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.pages.components.people import find_return
from web.pages.exchanges.agenda.entries import (
    AgendaEntries,
    AgendaEntry,
    add_absence,
    add_agreements,
    add_closures,
    add_kept_days,
    add_meetings,
)
from web.pages.exchanges.agenda.month_table import MonthDays, draw_table
from web.pages.exchanges.month_weeks import next_month
from web.rendering.date_ranges import ReaderLocale, begin_at, describe
from web.rendering.render import reader_language, render, say
from web.security.session import require_account

SHOWN = 40
"""Lines of what comes; the rest of the last day stands there too."""

YEARS = range(2000, 2101)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaQuery:
    """What is looked at: a whole month, or, with no `month` asked for, what comes from `today` on."""

    today: date
    month: date | None

    @property
    def first(self) -> date:
        """The first day of the month in the table."""
        return self.month or self.today.replace(day=1)

    @property
    def shown_from(self) -> date:
        """The first day that is told below."""
        return self.month or self.today

    @property
    def until(self) -> date:
        """The day before which it ends."""
        return next_month(self.month, 1) if self.month else self.today + AHEAD


async def show_agenda(request: web.Request) -> web.Response:
    """GET /agenda?mois=YYYY-MM; without a month, what comes from today on."""
    asked = AgendaQuery(today=datetime.now(PARIS).date(), month=read_month(request.query.get("mois", "")))
    locale = ReaderLocale(say=partial(say, request), language=reader_language(request))
    dated = await _gather(request, asked, locale)
    lines = [one for one in dated.lines if asked.shown_from <= one.day < asked.until]
    lines.sort(key=lambda one: (one.day, one.hour or time()))
    lines, more = (lines, None) if asked.month else _cut(lines)
    told = MonthDays(since=asked.shown_from, days={one.day for one in lines})
    return await render(
        request,
        "agenda/show.html",
        table=draw_table(dated, asked.first, today=asked.today, told=told),
        days=[(day, list(them)) for day, them in groupby(lines, key=lambda one: one.day)],
        going_on=[one.line for one in dated.stretches if one.first < asked.shown_from <= one.last],
        late=[] if asked.month else dated.late,
        whole_month=asked.month is not None,
        today=asked.today,
        before=next_month(asked.first, -1),
        after=next_month(asked.first, 1),
        more=more,
        describe=partial(describe, locale=locale),
    )


def read_month(typed: str) -> date | None:
    """The first day of "2027-05"; None for what is no month."""
    try:
        found = date.fromisoformat(f"{typed}-01") if len(typed) == len("2027-05") else None
    except ValueError:
        return None
    return found if found and found.year in YEARS else None


async def _gather(request: web.Request, asked: AgendaQuery, locale: ReaderLocale) -> AgendaEntries:
    """Everything between the first day of the table and the last one that is told, in few reads."""
    instance, account = request.app[INSTANCE], require_account(request)
    begins_at, ends_at = begin_at(asked.first), begin_at(asked.until)
    async with connection(instance.pool) as conn:
        me = await actors.get(conn, account.actor_id)
        late = asked.month is None
        agreed = await agenda.list_agreements(conn, me.id, begins_at, ends_at, late=late)
        kept = await agenda.list_kept(conn, me.id, begins_at, ends_at)
        meets = await meetings.list_own(conn, me.id, since=max(begins_at, datetime.now(UTC)))
    dated = AgendaEntries()
    add_agreements(locale, dated, agreed, today=asked.today)
    add_kept_days(locale, dated, kept, origin=instance.site.url)
    add_meetings(locale, dated, meets, site=instance.site)
    add_closures(locale, dated, [] if me.type == "Person" else read_hours(me.hours).closures)
    back_at = find_return(me, datetime.now(UTC))
    if back_at is not None:
        add_absence(locale, dated, back_at, today=asked.today)
    return dated


def _cut(lines: Sequence[AgendaEntry]) -> tuple[list[AgendaEntry], date | None]:
    """The first lines by whole days, and the month in which it goes on."""
    if len(lines) <= SHOWN:
        return list(lines), None
    last = lines[SHOWN - 1].day
    rest = next((one.day for one in lines if one.day > last), None)
    return [one for one in lines if one.day <= last], rest.replace(day=1) if rest else None
