"""What is looked for on the agenda of the territory: read from the parameters of an address, and written as such."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from aiohttp import web

from models.meetings import agenda, occurrences
from models.meetings.agenda import AgendaEntry, AgendaFilter
from models.moments import PARIS
from models.places.places import Commune
from models.store.database import Connection
from web.forms.commune_field import read_commune
from web.forms.form import Form, read_query
from web.http.row_ids import find_id
from web.pages.components.reader_location import find_reader_commune
from web.pages.searches.wanted_days import WEEKEND, find_weekend
from web.rendering.render import find_branding
from web.security.session import current_account

PAGE = 20

PATH = "/rencontres"

TEXT_LIMIT, WORDS_LIMIT = 100, 8

RADII = ("5", "10", "25", "50", "100")
"""Kilometres; no choice means everywhere."""

HERE, ELSEWHERE = "ici", "ailleurs"
"""Whose: of this cooperative, or of others that somebody here follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingSearch:
    """What is asked for. `place` is what was typed, `commune` where the reader looks from; `after` ends a page."""

    text: str = ""
    place: str = ""
    commune: Commune | None = None
    within: str = ""
    weekend: bool = False
    whose: str = ""
    after: int | None = None

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """As they stand in an address, always in the same order; where in the list one is, left out."""
        place = self.commune.label if self.commune and self.within else ""
        pairs = [
            ("q", self.text),
            ("lieu", place),
            ("km", self.within),
            ("quand", WEEKEND if self.weekend else ""),
            ("de", self.whose),
        ]
        return [(name, value) for name, value in pairs if value]

    def address(self, *dropped: str, path: str = PATH, also: Iterable[tuple[str, str]] = ()) -> str:
        """The same without the parameters of these names, at this path; with others."""
        pairs = [*((name, value) for name, value in self.parameters if name not in dropped), *also]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def build_filter(self, reader_id: int | None) -> AgendaFilter:
        """What the database is asked."""
        wanted = AgendaFilter(
            reader_id=reader_id,
            reader_local=reader_id is not None,
            words=tuple(self.text.split()[:WORDS_LIMIT]),
            own={HERE: True, ELSEWHERE: False}.get(self.whose),
        )
        if self.commune is None or not self.within:
            return wanted
        return replace(
            wanted, latitude=self.commune.latitude, longitude=self.commune.longitude, radius=float(self.within)
        )


async def read_meeting_search(conn: Connection, request: web.Request) -> tuple[MeetingSearch, Form]:
    """What the address asks for; what makes no sense is said in the form, and asks for nothing."""
    form = read_query(request)
    account = current_account(request)
    commune = await read_commune(conn, form, "lieu")
    if commune is None:
        commune = await find_reader_commune(conn, account, await find_branding(request, conn))
    query = MeetingSearch(
        text=form.text("q", limit=TEXT_LIMIT),
        place=form.typed("lieu"),
        commune=commune,
        within=form.choice("km", RADII, default=""),
        weekend=form.typed("quand") == WEEKEND,
        whose=form.choice("de", (HERE, ELSEWHERE), default=""),
        after=find_id(form.typed("apres")),
    )
    return query, form


async def list_found(
    conn: Connection, query: MeetingSearch, reader_id: int | None, *, limit: int = PAGE
) -> list[AgendaEntry]:
    """The times that fit, from now on or behind the one that ended the page before."""
    since, until = datetime.now(UTC), None
    if query.weekend:
        since, until = find_weekend(since.astimezone(PARIS).date()).find_moments(since)
    after = await occurrences.find(conn, query.after) if query.after is not None else None
    return await agenda.list_upcoming(
        conn, query.build_filter(reader_id), since=since, until=until, after=after, limit=limit
    )
