"""One year of sums: which figures of it are shown, period by period, place by place, kind by kind. Pure.

Places are one table, kinds and ways another, and whether somebody elsewhere took part a third: what two of them would
say together is not shown, so that nothing follows from one about the other. All three have their totals in common.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from models.coop.figures.events import OBJECT_MODES
from models.coop.figures.hiding import ShownSums, is_enough
from models.coop.figures.periods import Period, list_ended


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSum:
    """So many `cases` of something in a month, which make `amount` of it; without a known place, the codes are ""."""

    month: date
    commune_code: str
    epci_code: str
    kind: str
    mode: str
    elsewhere: bool
    cases: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which part of the cooperative a figure is of: all of it, or one commune, EPCI, kind, way or side."""

    commune_code: str = ""
    epci_code: str = ""
    kind: str = ""
    mode: str = ""
    side: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it leaves nothing out."""
        return self == WHOLE


WHOLE = Slice()

OBJECTS = Slice(mode="objects")
"""All exchanges in which an object changed hands: shown nowhere, but what is said of objects tells how many."""

NOWHERE = "?"
"""Stands for a commune that is not known, so that no figure is of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A sum, before it is decided whether it is shown."""

    period: Period
    slice: Slice
    cases: int
    amount: Decimal


Part: TypeAlias = tuple[date, Hashable]

_Table = Callable[[MonthSum], tuple[Hashable, Sequence[Slice]]]
"""Of a table: into which part of it a sum falls, and which figures it counts in beside the total."""


def _by_place(one: MonthSum) -> tuple[Hashable, Sequence[Slice]]:
    if not one.commune_code:
        return NOWHERE, ()
    commune = Slice(commune_code=one.commune_code)
    return one.commune_code, (Slice(epci_code=one.epci_code), commune) if one.epci_code else (commune,)


def _by_kind(one: MonthSum) -> tuple[Hashable, Sequence[Slice]]:
    slices = (Slice(kind=one.kind), Slice(mode=one.mode), Slice(kind=one.kind, mode=one.mode))
    return (one.kind, one.mode), slices if one.kind else ()


def _by_kind_and_objects(one: MonthSum) -> tuple[Hashable, Sequence[Slice]]:
    part, slices = _by_kind(one)
    return part, (*slices, OBJECTS) if one.mode in OBJECT_MODES else slices


def _by_side(one: MonthSum) -> tuple[Hashable, Sequence[Slice]]:
    side = "elsewhere" if one.elsewhere else "here"
    return side, (Slice(side=side),)


TABLES: Mapping[str, Sequence[_Table]] = {
    "members": (_by_place,),
    "listings": (_by_place, _by_kind),
    "agreed": (_by_place, _by_kind, _by_side),
    "done": (_by_place, _by_kind_and_objects, _by_side),
}
"""By what each thing is divided. What is made of exchanges that are done is shown where these are, at most."""

MADE_OF_DONE = ("objects", "hours")


def decide_year(
    sums: Sequence[MonthSum],
    months: Sequence[date],
    what: str,
    *,
    allowed: Collection[tuple[Period, Slice]] | None = None,
) -> list[tuple[Figure, bool]]:
    """All figures of one thing in these months of a year, in their order, each with whether it is shown.

    A month is decided as if nothing were known of those after it, so that what was shown once stays so. With `allowed`
    nothing else is shown.
    """
    decided: list[tuple[Figure, bool]] = []
    whole: dict[Period, bool] = {}
    for table in TABLES["done" if what in MADE_OF_DONE else what]:
        for figure, shown in _decide_table(sums, months, table, whole, allowed):
            if not figure.slice.is_whole:
                decided.append((figure, shown))
            elif figure.period not in whole:
                whole[figure.period] = shown
                decided.append((figure, shown))
    return decided


def _decide_table(
    sums: Sequence[MonthSum],
    months: Sequence[date],
    table: _Table,
    whole: Mapping[Period, bool],
    allowed: Collection[tuple[Period, Slice]] | None,
) -> list[tuple[Figure, bool]]:
    counts: dict[Part, int] = {}
    amounts: dict[Part, Decimal] = {}
    parts: dict[tuple[date, Slice], set[Part]] = {}
    for one in sums:
        place, slices = table(one)
        part = (one.month, place)
        counts[part] = counts.get(part, 0) + one.cases
        amounts[part] = amounts.get(part, Decimal()) + one.amount
        for slice in (WHOLE, *slices):
            parts.setdefault((one.month, slice), set()).add(part)
    figures: list[tuple[Figure, list[Part]]] = []
    for period in (one for month in months for one in list_ended(month) if set(one.list_months()) <= set(months)):
        figures += _list_figures(period, parts, counts, amounts)
    return _choose(figures, counts, whole, allowed)


def _list_figures(
    period: Period,
    parts: Mapping[tuple[date, Slice], Collection[Part]],
    counts: Mapping[Part, int],
    amounts: Mapping[Part, Decimal],
) -> list[tuple[Figure, list[Part]]]:
    """The figures of a period: the total, then the widest before what is in it, and the largest first."""
    inside: dict[Slice, list[Part]] = {}
    for (month, slice), some in parts.items():
        if month in period.list_months():
            inside.setdefault(slice, []).extend(some)
    figures = [
        (
            Figure(
                period=period,
                slice=slice,
                cases=sum(counts[part] for part in some),
                amount=sum((amounts[part] for part in some), Decimal()),
            ),
            some,
        )
        for slice, some in inside.items()
    ]
    return sorted(figures, key=lambda one: _rank(one[0]))


def _rank(figure: Figure) -> tuple[bool, bool, int, str]:
    slice = figure.slice
    return not slice.is_whole, bool(slice.commune_code or (slice.kind and slice.mode)), -figure.cases, repr(slice)


def _choose(
    figures: Sequence[tuple[Figure, Sequence[Part]]],
    counts: Mapping[Part, int],
    whole: Mapping[Period, bool],
    allowed: Collection[tuple[Period, Slice]] | None,
) -> list[tuple[Figure, bool]]:
    """Decide one after the other; a total is hidden where it is in another table, and must not follow here either."""
    secret = [(figure, parts) for figure, parts in figures if _is_hidden_total(figure, whole)]
    barred = {figure for figure, _ in secret} | _list_barred(figures, allowed)
    state = ShownSums(counts, [parts for _, parts in figures], secret=[parts for _, parts in secret])
    hidden: dict[Slice, dict[date, int]] = {}
    decided: list[tuple[Figure, bool]] = []
    for figure, parts in figures:
        months = hidden.setdefault(figure.slice, {})
        shown = figure not in barred and not _spoils_year(figure.period, months) and state.show(parts)
        _note_hidden(figure, shown, months)
        decided.append((figure, shown))
    return decided


def _is_hidden_total(figure: Figure, whole: Mapping[Period, bool]) -> bool:
    return figure.slice.is_whole and not whole.get(figure.period, True)


def _list_barred(
    figures: Iterable[tuple[Figure, object]], allowed: Collection[tuple[Period, Slice]] | None
) -> set[Figure]:
    return set() if allowed is None else {one for one, _ in figures if (one.period, one.slice) not in allowed}


def _note_hidden(figure: Figure, shown: bool, months: dict[date, int]) -> None:
    """Which months of a year are hidden, and are in no quarter of which it is known what they make together."""
    if figure.period.length == "month" and not shown:
        months[figure.period.first] = figure.cases
    elif figure.period.length == "quarter" and shown:
        for month in figure.period.list_months():
            months.pop(month, None)


def _spoils_year(period: Period, hidden: Mapping[date, int]) -> bool:
    """Whether the year could not be shown if this were: of its `hidden` months, too little would be left together.

    So the month after a small one is hidden with it, and it follows from nothing.
    """
    inside = [cases for month, cases in hidden.items() if month in period.list_months()]
    outside = [cases for month, cases in hidden.items() if month not in period.list_months()]
    if period.length == "month":
        return bool(outside) and not is_enough(outside)
    return period.length == "quarter" and bool(inside and outside) and not is_enough(outside)


def list_allowed(what: str, decided: Iterable[tuple[Figure, bool]]) -> set[tuple[Period, Slice]]:
    """Where something that is made of exchanges may be shown, by what was decided of these.

    Of objects little: beside all exchanges of a commune they tell how many of these were help. They are shown by the
    way, where all exchanges are about objects, and as a whole where it may be known how many are.
    """
    shown = list_shown(decided)
    if what != "objects":
        return shown
    by_mode = {(period, slice) for period, slice in shown if slice.mode and slice != OBJECTS}
    return by_mode | {(period, WHOLE) for period, slice in shown if slice == OBJECTS and (period, WHOLE) in shown}


def list_shown(decided: Iterable[tuple[Figure, bool]]) -> set[tuple[Period, Slice]]:
    """Which of them are shown."""
    return {(figure.period, figure.slice) for figure, shown in decided if shown}
