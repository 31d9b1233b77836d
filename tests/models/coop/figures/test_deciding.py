"""A year of a whole cooperative, decided: no small figure of any place, kind, way, side or period comes out of it."""

import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from models.coop.figures.deciding import (
    OBJECTS,
    TABLES,
    WHOLE,
    Figure,
    MonthSum,
    Slice,
    decide_year,
    list_allowed,
    list_shown,
)
from models.coop.figures.events import OBJECT_MODES
from models.coop.figures.hiding import LEAST
from models.coop.figures.periods import Period, read_period
from tests.models.coop.figures.test_hiding import Attacker

MONTHS = [date(2025, month, 1) for month in range(1, 13)]

Atom = tuple[date, str, str, str, bool]


def make_sum(
    month: int, cases: int, *, commune: str = "59350", kind: str = "offer", mode: str = "loan", elsewhere: bool = False
) -> MonthSum:
    return MonthSum(
        month=date(2025, month, 1),
        commune_code=commune,
        epci_code={"59350": "mel", "59355": "mel", "62427": "cahc"}.get(commune, ""),
        kind=kind,
        mode=mode,
        elsewhere=elsewhere,
        cases=cases,
        amount=Decimal(cases),
    )


def draw_year(seed: int, months: Sequence[date], most: int) -> list[MonthSum]:
    chance = random.Random(seed)
    ways = (("offer", "loan"), ("offer", "gift"), ("request", "loan"), ("repair_call", "repair"))
    return [
        make_sum(month.month, cases, commune=commune, kind=kind, mode=mode, elsewhere=elsewhere)
        for month in months
        for commune in ("59350", "59355", "62427", "")
        for kind, mode in ways
        for elsewhere in (False, True)
        if (cases := chance.randrange(most) - most // 2) > 0
    ]


def covers(figure: Figure, one: MonthSum) -> bool:
    slice = figure.slice
    return (
        one.month in figure.period.list_months()
        and slice.commune_code in ("", one.commune_code)
        and slice.epci_code in ("", one.epci_code)
        and slice.kind in ("", one.kind)
        and slice.mode in ("", one.mode)
        and slice.side in ("", "elsewhere" if one.elsewhere else "here")
    )


def list_atoms(one: MonthSum) -> Atom:
    return (one.month, one.commune_code, one.kind, one.mode, one.elsewhere)


@pytest.mark.parametrize("seed", range(12))
def test_no_small_figure_of_the_whole_cube_comes_out(seed: int) -> None:
    months = MONTHS[:6]
    sums = draw_year(seed, months, most=4 + 2 * (seed % 4))

    decided = decide_year(sums, months, "agreed")

    # Who attacks knows even which of the finest numbers, shown nowhere, are empty.
    shown = [[list_atoms(one) for one in sums if covers(figure, one)] for figure, is_shown in decided if is_shown]
    attacker = Attacker(shown)
    small = [figure for figure, _ in decided if 0 < figure.cases < LEAST]
    assert small
    for figure in small:
        assert not attacker.finds([list_atoms(one) for one in sums if covers(figure, one)]), figure


def test_what_is_wide_and_large_is_shown() -> None:
    sums = [make_sum(month, 20, commune="59350") for month in range(1, 13)]
    sums += [make_sum(month, 9, commune="62427", mode="gift") for month in range(1, 13)]
    sums += [make_sum(month, 2, commune="59355", elsewhere=True) for month in (3, 4, 8, 9)]

    shown = list_shown(decide_year(sums, MONTHS, "agreed"))

    year = Period(first=MONTHS[0], length="year")
    assert {(Period(first=month, length="month"), WHOLE) for month in MONTHS} <= shown
    for slice in (WHOLE, Slice(commune_code="62427"), Slice(epci_code="mel"), Slice(mode="gift")):
        assert (year, slice) in shown
    assert (Period(first=MONTHS[2], length="month"), Slice(commune_code="59355")) not in shown
    assert (Period(first=MONTHS[2], length="month"), Slice(side="elsewhere")) not in shown


def test_month_after_a_small_one_is_hidden_with_it_so_that_the_year_is_shown() -> None:
    sums = [make_sum(month, 2 if month == 5 else 12) for month in range(1, 13)]

    shown = list_shown(decide_year(sums, MONTHS, "done"))

    codes = {period.code for period, slice in shown if slice.is_whole}
    assert codes == {"2025", "2025-T1", "2025-T2", "2025-T3", "2025-T4"} | {
        f"2025-{month:02d}" for month in range(1, 13) if month not in (5, 6)
    }


@pytest.mark.parametrize("what", list(TABLES))
def test_what_was_shown_stays_shown_when_months_follow(what: str) -> None:
    sums = draw_year(5, MONTHS, most=12)

    before = list_shown(decide_year([one for one in sums if one.month < MONTHS[7]], MONTHS[:7], what))

    ended = {period for period, _ in before}
    after = {one for one in list_shown(decide_year(sums, MONTHS, what)) if one[0] in ended}
    assert {one for one in after if one[0].list_months()[-1] < MONTHS[7]} == before


def test_what_is_made_of_exchanges_is_shown_where_they_are_at_most() -> None:
    sums = [make_sum(month, 10) for month in (1, 2, 3)]
    q1 = read_period("2025-T1")
    assert q1 is not None

    shown = list_shown(decide_year(sums, MONTHS[:3], "hours", allowed={(q1, WHOLE)}))

    assert shown == {(q1, WHOLE)}


def decide_objects(
    sums: Sequence[MonthSum], months: Sequence[date]
) -> tuple[list[tuple[Figure, bool]], list[tuple[Figure, bool]]]:
    """What is decided of exchanges that are done, and of the objects in them."""
    done = decide_year(sums, months, "done")
    objects = [one for one in sums if one.mode in OBJECT_MODES]
    return done, decide_year(objects, months, "objects", allowed=list_allowed("objects", done))


def list_rows(decided: Sequence[tuple[Figure, bool]], sums: Sequence[MonthSum]) -> list[list[Atom]]:
    """Which of the finest numbers each figure adds up, of those that are shown."""
    return [
        [list_atoms(one) for one in sums if covers(figure, one)]
        for figure, is_shown in decided
        if is_shown and figure.slice != OBJECTS
    ]


@pytest.mark.parametrize("seed", range(12))
def test_objects_beside_all_exchanges_tell_no_small_number_of_help(seed: int) -> None:
    months = MONTHS[:6]
    sums = draw_year(seed, months, most=4 + 2 * (seed % 4))
    objects, help = ([one for one in sums if (one.mode in OBJECT_MODES) == kept] for kept in (True, False))

    done, made = decide_objects(sums, months)

    attacker = Attacker([*list_rows(done, sums), *list_rows(made, objects)])
    for figure, _ in done:
        for some in (sums, objects, help):
            covered = [one for one in some if covers(figure, one)]
            if 0 < sum(one.cases for one in covered) < LEAST and figure.slice != OBJECTS:
                assert not attacker.finds([list_atoms(one) for one in covered]), figure


def test_objects_are_shown_by_way_and_as_a_whole_but_by_no_commune() -> None:
    sums = [make_sum(1, 12), make_sum(1, 9, mode="gift"), make_sum(1, 2, mode="service", commune="62427")]
    more = [make_sum(2, 12), make_sum(2, 9, mode="gift"), make_sum(2, 8, mode="service")]

    _, made = decide_objects([*sums, *more], MONTHS[:2])

    # In January two who helped would be told by the whole, and by gifts beside loans.
    shown = {(period.code, slice) for period, slice in list_shown(made)}
    loans, gifts = ((Slice(mode=mode), Slice(kind="offer", mode=mode)) for mode in ("loan", "gift"))
    assert shown == {("2025-01", one) for one in loans} | {("2025-02", one) for one in (WHOLE, *loans, *gifts)}
