"""The figures of a year as they are shown: whole for the team, without small counts for everybody else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from models.repairs.figures.counting import Dimension, RepairCount, YearFigures
from models.repairs.figures.small_cells import hide_alone, hide_small, merge_small
from web.pages.repairs.shops.shop_words import REPAIR_WORDS
from web.rendering.i18n import N_, Say

OUTCOME_WORDS = {
    "fixed": N_("Réparé"),
    "repairable": N_("Réparable, pas encore réparé"),
    "end-of-life": N_("Hors d’usage"),
    "unknown": N_("On ne sait pas"),
}

BIKE_WORDS = {
    "city": N_("Vélo de ville"),
    "ebike": N_("Vélo électrique"),
    "cargo": N_("Vélo cargo"),
    "mtb": N_("VTT"),
    "road": N_("Vélo de route"),
    "child": N_("Vélo d’enfant"),
    "folding": N_("Vélo pliant"),
    "other": N_("Autre"),
}

ORGAN_WORDS = {code: words for code, (words, _) in REPAIR_WORDS.items()}

TALLEST = 100
"""Of a bar, in units of the drawing."""

BASE = 122

STEP = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """One line of a table; `repairs` and `minutes` are None where they are not shown. `share` is of the longest bar."""

    name: str
    repairs: int | None
    minutes: int | None
    share: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthBar:
    """A month in the drawing: its letter, and its bar with the figure above it."""

    letter: str
    line: CountLine
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountTable:
    """One way to count the repairs of the year."""

    name: str
    head: str
    lines: Sequence[CountLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFigures:
    """All that a page or a file says of a year; None stands for what is not shown, or is not known."""

    year: int
    total: int | None
    hours: int | None
    usual_minutes: int | None
    months: CountTable
    tables: Sequence[CountTable]
    calls: int | None
    found: int | None
    found_after: int | None
    asked: int | None
    agreed: int | None
    done: int | None
    walk_ins: int | None

    @property
    def all_tables(self) -> list[CountTable]:
        """The months and the others."""
        return [self.months, *self.tables]


def show_year(say: Say, language: str, figures: YearFigures, *, shared: bool) -> ShownFigures:
    """What is shown of it: `shared` leaves the house."""
    total = hide_alone(figures.total) if shared else figures.total
    calls = [figures.calls.found, figures.calls.published - figures.calls.found]
    found = hide_small(calls)[0] if shared else calls[0]
    bookings = [figures.bookings.asked, figures.bookings.agreed, figures.bookings.done, figures.bookings.walk_ins]
    asked, agreed, done, walk_ins = [hide_alone(one) if shared else one for one in bookings]
    return ShownFigures(
        year=figures.year,
        total=total,
        hours=None if total is None else round(sum(one.minutes for one in figures.repairs) / 60),
        usual_minutes=None if total is None else figures.usual_minutes,
        months=_make_table(say, "month", figures.repairs, name_months(figures.year, language, "LLLL"), shared=shared),
        tables=[
            _make_table(say, "organ", figures.repairs, _name(say, ORGAN_WORDS), shared=shared),
            _make_table(say, "outcome", figures.repairs, _name(say, OUTCOME_WORDS), shared=shared),
            _make_table(say, "bike_type", figures.repairs, _name(say, BIKE_WORDS), shared=shared),
            _make_communes(say, figures.repairs, shared=shared),
        ],
        calls=hide_alone(figures.calls.published) if shared else figures.calls.published,
        found=found,
        found_after=None if found is None else figures.calls.usual_minutes,
        asked=asked,
        agreed=agreed,
        done=done,
        walk_ins=walk_ins,
    )


TABLE_WORDS: Mapping[Dimension, tuple[str, str]] = {
    "month": (N_("Mois par mois"), N_("Mois")),
    "organ": (N_("Ce qui était en panne"), N_("Panne")),
    "outcome": (N_("Ce qui en est sorti"), N_("Résultat")),
    "bike_type": (N_("Les vélos"), N_("Vélo")),
    "commune": (N_("Commune par commune"), N_("Commune")),
}


def name_months(year: int, language: str, pattern: str) -> dict[str, str]:
    """The months of a year by their number: whole, or as their first letter."""
    return {
        str(month): format_date(date(year, month, 1), pattern, locale=language).capitalize() for month in range(1, 13)
    }


def _name(say: Say, words: Mapping[str, str]) -> dict[str, str]:
    return {code: say(name) for code, name in words.items()}


def _make_table(
    say: Say, dimension: Dimension, counts: Iterable[RepairCount], names: Mapping[str, str], *, shared: bool
) -> CountTable:
    summed, minutes = _sum(dimension, counts)
    totals = [summed.get(code, 0) for code in names]
    shown = hide_small(totals) if shared else totals
    lines = _make_lines(list(names.values()), shown, [minutes.get(code, 0) for code in names])
    return _give_words(say, dimension, lines)


def _make_communes(say: Say, counts: Iterable[RepairCount], *, shared: bool) -> CountTable:
    """Small communes make one line together in what leaves the house."""
    summed, minutes = _sum("commune", counts)
    groups = _group_communes(say, summed) if shared else _list_communes(say, summed)
    totals: list[int | None] = [_add(summed, names) for _, names in groups]
    shown = [hide_alone(one or 0) for one in totals] if shared else totals
    lines = _make_lines([name for name, _ in groups], shown, [_add(minutes, names) for _, names in groups])
    return _give_words(say, "commune", lines)


def _list_communes(say: Say, counts: Mapping[str, int]) -> list[tuple[str, list[str]]]:
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    return [(name or say(N_("Commune pas notée")), [name]) for name in ordered]


def _group_communes(say: Say, counts: Mapping[str, int]) -> list[tuple[str, list[str]]]:
    alone, together = merge_small(counts)
    others = [(say(N_("Autres communes")), together)] if together else []
    return [*((name, [name]) for name in alone), *others]


def _add(counts: Mapping[str, int], names: Iterable[str]) -> int:
    return sum(counts[name] for name in names)


def _sum(dimension: Dimension, counts: Iterable[RepairCount]) -> tuple[dict[str, int], dict[str, int]]:
    repairs: dict[str, int] = {}
    minutes: dict[str, int] = {}
    for one in counts:
        code = str(getattr(one, dimension))
        repairs[code] = repairs.get(code, 0) + one.repairs
        minutes[code] = minutes.get(code, 0) + one.minutes
    return repairs, minutes


def _make_lines(names: Sequence[str], totals: Sequence[int | None], minutes: Sequence[int]) -> list[CountLine]:
    most = max((one for one in totals if one), default=0)
    return [
        CountLine(
            name=name,
            repairs=total,
            minutes=None if total is None else spent,
            share=round(100 * total / most) if total else 0,
        )
        for name, total, spent in zip(names, totals, minutes, strict=True)
    ]


def _give_words(say: Say, dimension: Dimension, lines: Sequence[CountLine]) -> CountTable:
    name, head = TABLE_WORDS[dimension]
    return CountTable(name=say(name), head=say(head), lines=lines)


def draw_months(table: CountTable, letters: Sequence[str]) -> list[MonthBar]:
    """The bars of a year; none where nothing was repaired."""
    if not any(line.share for line in table.lines):
        return []
    return [
        MonthBar(
            letter=letter,
            line=line,
            x=10 + STEP * place,
            y=BASE - line.share * TALLEST // 100,
            height=line.share * TALLEST // 100,
        )
        for place, (line, letter) in enumerate(zip(table.lines, letters, strict=True))
    ]
