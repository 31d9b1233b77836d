"""The figures as they are shown to everybody: every page, file and command reads them here, and nowhere else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from models.coop.figures.deciding import Slice
from models.coop.figures.periods import BEGINNING, Length, Period, list_periods
from models.store.database import Connection, fetch_all, fetch_one, fetch_value

COUNTS = ("members", "agreed", "listings", "done", "objects", "hours")
"""What adds up, over months, places and cooperatives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One figure: without an amount it is hidden; `partial` where a part of it is, so that it is at least so much."""

    what: str
    amount: Decimal | None
    partial: bool = False

    @property
    def rounded(self) -> int:
        """The number as pages write it; of one that is hidden, none."""
        return 0 if self.amount is None else round(self.amount)


NOTHING = Decimal()


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePlace:
    """A commune or an EPCI of which there are figures; `epci_code` is that of a commune."""

    code: str
    name: str
    epci_code: str
    is_epci: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """Of what there are figures: which periods, places, kinds and ways; and when they were last decided."""

    periods: list[Period]
    places: list[FigurePlace]
    kinds: list[str]
    modes: list[str]
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Closed:
    months: list[date]
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Division:
    kinds: list[str]
    modes: list[str]


async def find_available(conn: Connection) -> Available:
    """All that may be asked for."""
    closed = await fetch_one(
        conn,
        _Closed,
        """
        SELECT coalesce(array_agg(month ORDER BY month), '{}') AS months, max(closed_at) AS at FROM figure_month
        WHERE decided
        """,
    )
    division = await fetch_one(
        conn,
        _Division,
        """
        SELECT coalesce(array_agg(DISTINCT kind ORDER BY kind) FILTER (WHERE kind <> '' AND mode = ''), '{}') AS kinds,
            coalesce(array_agg(DISTINCT mode ORDER BY mode) FILTER (WHERE mode <> '' AND kind = ''), '{}') AS modes
        FROM figure_cell WHERE first = $1 AND length = 'all'
        """,
        BEGINNING,
    )
    assert division is not None and closed is not None
    return Available(
        periods=list_periods(closed.months),
        places=await _list_places(conn),
        kinds=division.kinds,
        modes=division.modes,
        closed_at=closed.at,
    )


async def find_decided_at(conn: Connection) -> datetime | None:
    """When it was last decided what is shown: until then every figure is as it was."""
    found: datetime | None = await fetch_value(conn, "SELECT max(closed_at) FROM figure_month WHERE decided")
    return found


async def _list_places(conn: Connection) -> list[FigurePlace]:
    return await fetch_all(
        conn,
        FigurePlace,
        """
        WITH known AS (
            SELECT DISTINCT commune_code, epci_code FROM figure_cell
            WHERE first = $1 AND length = 'all' AND (commune_code <> '' OR epci_code <> '')
        )
        SELECT c.code, c.name, coalesce(c.epci_code, '') AS epci_code, false AS is_epci
        FROM known k JOIN commune c ON c.code = k.commune_code
        UNION ALL
        SELECT k.epci_code, (SELECT c.epci_name FROM commune c WHERE c.epci_code = k.epci_code LIMIT 1), '', true
        FROM known k WHERE k.epci_code <> ''
        ORDER BY 4 DESC, 2, 1
        """,
        BEGINNING,
    )


async def load_figures(conn: Connection, period: Period, slice: Slice) -> dict[str, Shown]:
    """What is shown of a period and a part of the cooperative; of what nothing is kept there was nothing."""
    found = await fetch_all(
        conn,
        Shown,
        """
        SELECT what, amount, partial FROM figure_cell
        WHERE (first, length, commune_code, epci_code, kind, mode, side) = ($1, $2, $3, $4, $5, $6, $7)
        """,
        period.first,
        period.length,
        slice.commune_code,
        slice.epci_code,
        slice.kind,
        slice.mode,
        slice.side,
    )
    nothing = {what: Shown(what=what, amount=NOTHING) for what in COUNTS}
    return nothing | {one.what: one for one in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSlice(Shown):
    """A figure of a part of the cooperative."""

    first: date
    length: Length
    commune_code: str
    epci_code: str
    kind: str
    mode: str
    side: str

    def is_of(self, slice: Slice) -> bool:
        """Whether it is of this part: asked of hundreds, most of which are of another commune."""
        return self.commune_code == slice.commune_code and (self.epci_code, self.kind, self.mode, self.side) == (
            slice.epci_code,
            slice.kind,
            slice.mode,
            slice.side,
        )


def find_figures(cells: Iterable[ShownSlice], slice: Slice) -> dict[str, Shown]:
    """Those of a part of the cooperative, out of all of a period; of what nothing is kept there was nothing."""
    nothing = {what: Shown(what=what, amount=NOTHING) for what in COUNTS}
    return nothing | {one.what: one for one in cells if one.is_of(slice)}


async def load_months(conn: Connection, slices: Sequence[Slice], what: str, months: list[date]) -> list[ShownSlice]:
    """One figure of these parts of the cooperative in these months."""
    return await fetch_all(
        conn,
        ShownSlice,
        """
        SELECT first, length, what, amount, partial, commune_code, epci_code, kind, mode, side FROM figure_cell
        WHERE what = $1 AND length = 'month' AND first = ANY($2) AND (commune_code, epci_code, kind, mode, side) IN (
            SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]))
        """,
        what,
        months,
        [one.commune_code for one in slices],
        [one.epci_code for one in slices],
        [one.kind for one in slices],
        [one.mode for one in slices],
        [one.side for one in slices],
    )


async def list_slices(conn: Connection, period: Period) -> list[ShownSlice]:
    """Everything that is shown of a period."""
    return await fetch_all(
        conn,
        ShownSlice,
        """
        SELECT first, length, what, amount, partial, commune_code, epci_code, kind, mode, side FROM figure_cell
        WHERE first = $1 AND length = $2
        ORDER BY commune_code, epci_code, kind, mode, side, what
        """,
        period.first,
        period.length,
    )


async def list_all(conn: Connection) -> list[ShownSlice]:
    """Everything that is shown of all periods, the latest first."""
    return await fetch_all(
        conn,
        ShownSlice,
        """
        SELECT first, length, what, amount, partial, commune_code, epci_code, kind, mode, side FROM figure_cell
        ORDER BY first DESC, length, commune_code, epci_code, kind, mode, side, what
        """,
    )


async def list_whole(conn: Connection) -> list[ShownSlice]:
    """What is shown of the cooperative as a whole, in all periods."""
    return await fetch_all(
        conn,
        ShownSlice,
        """
        SELECT first, length, what, amount, partial, commune_code, epci_code, kind, mode, side FROM figure_cell
        WHERE what = ANY($1) AND length = ANY('{month,quarter,year,all}')
            AND (commune_code, epci_code, kind, mode, side) = ('', '', '', '', '')
        ORDER BY first DESC, length, what
        """,
        list(COUNTS),
    )
