"""Which figures somebody asks for: a period, and a place or a kind and a way; and whether they are for her at all."""

from dataclasses import dataclass

from aiohttp import web

from models import preferences
from models.coop.figures.cells import Available, FigurePlace, find_available
from models.coop.figures.deciding import Slice
from models.coop.figures.periods import ALL, Period, read_period
from models.errors import NotFound
from models.people.roles import has_right
from models.preferences import Preferences
from models.store.database import Connection
from web.forms.form import Form, read_query
from web.security.session import current_account

LENGTH_LIMIT = 30
"""Of what stands in the address: what is longer is none of what there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFigures:
    """What was asked for. `period` is None where there is no such period, `known` False where nothing is called so."""

    period: Period | None
    place: FigurePlace | None
    kind: str
    mode: str
    known: bool

    @property
    def slice(self) -> Slice:
        """The part of the cooperative that is meant."""
        code = self.place.code if self.place else ""
        is_epci = self.place is not None and self.place.is_epci
        return Slice(
            commune_code="" if is_epci else code, epci_code=code if is_epci else "", kind=self.kind, mode=self.mode
        )

    @property
    def is_crossed(self) -> bool:
        """Whether a place is asked for together with a kind or a way: that is shown nowhere."""
        return self.place is not None and bool(self.kind or self.mode)

    @property
    def tells_objects(self) -> bool:
        """Whether objects are told of it: of the whole, and of a way; of a place they would tell who helped."""
        return self.slice.is_whole or bool(self.mode)


async def load_chosen(conn: Connection, request: web.Request) -> Preferences:
    """The settings; raises NotFound for a visitor or a member where the figures are not published."""
    chosen = await preferences.load(conn)
    account = current_account(request)
    if not chosen.figures_published and (account is None or not has_right(account, "see_figures")):
        raise NotFound
    return chosen


async def read_asked(conn: Connection, request: web.Request) -> tuple[AskedFigures, Available]:
    """What the address asks for, the last month that is whole where it names no period; and all that there is."""
    there = await find_available(conn)
    return read_names(read_query(request), there), there


def list_typed(request: web.Request) -> tuple[str, ...]:
    """The names as the address has them: what asks for the same has the same."""
    return _read_typed(read_query(request))


def _read_typed(query: Form) -> tuple[str, str, str, str]:
    period, place = query.text("periode", limit=LENGTH_LIMIT), query.text("lieu", limit=LENGTH_LIMIT)
    return period, place, query.text("genre", limit=LENGTH_LIMIT), query.text("mode", limit=LENGTH_LIMIT)


def read_names(query: Form, there: Available) -> AskedFigures:
    """What these names mean, as far as there is anything that is called so."""
    period, place, kind, mode = _read_typed(query)
    found = read_period(period) if period else find_usual(there.periods)
    where = next((one for one in there.places if one.code == place), None)
    known = {"", *there.kinds, *there.modes, *(one.code for one in there.places)}
    return AskedFigures(
        period=found if found in there.periods else None,
        place=where,
        kind=kind,
        mode=mode,
        known=known.issuperset((kind, mode, place)),
    )


def find_usual(periods: list[Period]) -> Period:
    """The last month, which is what most come for."""
    return next((one for one in periods if one.length == "month"), ALL)
