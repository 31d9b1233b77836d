"""In which order a day is made: fixed hours first to last, the others where the way is shortest, then by hand."""

import random
from collections.abc import Sequence
from itertools import pairwise, permutations
from time import monotonic

import pytest

from models.places.geometry import distance
from models.repairs.tours.routes import Waypoint, find_order, move_stop, put_by_hand
from models.repairs.tours.stops import MOST_STOPS

HOME = (50.60, 3.00)


def at(key: str, east: float, north: float = 0.0, *, hour: float | None = None) -> Waypoint:
    """A stop so many hundredths of a degree from home."""
    return Waypoint(key=key, point=(HOME[0] + north / 100, HOME[1] + east / 100), hour=hour)


def measure(way: Sequence[Waypoint]) -> float:
    """Metres in straight lines, from home on."""
    points = [HOME, *(one.point for one in way if one.point is not None)]
    return sum(distance(*one, *other) for one, other in pairwise(points))


def test_without_hours_it_goes_to_the_nearest_each_time() -> None:
    assert find_order([at("far", 9), at("near", 1), at("middle", 4)], HOME) == ["near", "middle", "far"]


def test_what_has_an_hour_stays_in_the_order_of_hours_however_far_that_is() -> None:
    stops = [at("noon", 1, hour=12), at("nine", 9, hour=9), at("three", 1.1, hour=15)]

    assert find_order(stops, HOME) == ["nine", "noon", "three"]


def test_what_has_none_is_done_on_the_way_between_hours() -> None:
    stops = [at("nine", 1, hour=9), at("noon", 9, hour=12), at("between", 5), at("before", 0.5)]

    assert find_order(stops, HOME) == ["before", "nine", "between", "noon"]


def test_what_lies_nowhere_comes_last_unless_it_has_an_hour() -> None:
    stops = [Waypoint(key="lost", point=None), at("near", 1), Waypoint(key="nine", point=None, hour=9)]

    order = find_order(stops, HOME)

    assert order[-1] == "lost" and set(order) == {"lost", "near", "nine"}
    assert find_order([], HOME) == [] and find_order([Waypoint(key="lost", point=None)]) == ["lost"]


@pytest.mark.parametrize("seed", range(6))
def test_the_way_is_close_to_the_shortest_there_is(seed: int) -> None:
    chance = random.Random(seed)
    stops = [at(str(one), chance.uniform(-9, 9), chance.uniform(-9, 9)) for one in range(7)]
    by_key = {one.key: one for one in stops}

    found = measure([by_key[key] for key in find_order(stops, HOME)])

    assert found <= 1.2 * min(measure(way) for way in permutations(stops))


@pytest.mark.parametrize("seed", range(6))
def test_hours_never_turn_round_and_nothing_is_lost(seed: int) -> None:
    chance = random.Random(seed)
    stops = [
        at(str(one), chance.uniform(-9, 9), chance.uniform(-9, 9), hour=one if one % 3 == 0 else None)
        for one in range(MOST_STOPS)
    ]
    started = monotonic()

    order = find_order(stops, HOME)

    assert monotonic() - started < 2
    assert sorted(order) == sorted(one.key for one in stops)
    hours = [int(key) for key in order if int(key) % 3 == 0]
    assert hours == sorted(hours)


def test_an_order_by_hand_holds_and_new_stops_come_at_its_end() -> None:
    assert put_by_hand(["a", "b", "c", "d"], ["c", "gone", "a"]) == ["c", "a", "b", "d"]
    assert put_by_hand(["a", "b"], None) == ["a", "b"]


def test_a_stop_moves_by_one_and_not_over_the_edge() -> None:
    assert move_stop(["a", "b", "c"], "c", -1) == ["a", "c", "b"]
    assert move_stop(["a", "b", "c"], "a", -1) == ["a", "b", "c"] == move_stop(["a", "b", "c"], "c", 1)
    assert move_stop(["a", "b"], "unknown", 1) == ["a", "b"]
