"""In which order a day is made: by the hours that are fixed, the others where the way is shortest. Pure.

The way is measured in straight lines: nearest neighbour, then 2-opt (a piece is turned round wherever that shortens
the way), by which no fixed hour ever comes before an earlier one. What lies nowhere on the map comes last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.places.geometry import distance

Point = tuple[float, float]

ROUNDS = 20
"""So often the whole way is gone through at most; it is as short as it gets long before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waypoint:
    """A stop as the order needs it: where it is, if that is known, and when one has to be there, if that is fixed."""

    key: str
    point: Point | None
    hour: float | None = None


def find_order(stops: Sequence[Waypoint], start: Point | None = None) -> list[str]:
    """The keys in the order that is proposed, from a `start` where that is known."""
    fixed = sorted((one for one in stops if one.hour is not None), key=lambda one: one.hour or 0.0)
    loose = [one for one in stops if one.hour is None and one.point is not None]
    way = [one.key for one in _shorten(_go_nearest(fixed, loose, start), start)]
    return way + [one.key for one in stops if one.key not in set(way)]


def put_by_hand(proposed: Sequence[str], kept: Sequence[str] | None) -> list[str]:
    """The order that was kept, without what is no stop any more, and new ones at its end as they are proposed."""
    known = set(proposed)
    held = [key for key in kept or () if key in known]
    return [*held, *(key for key in proposed if key not in set(held))]


def move_stop(order: Sequence[str], key: str, by: int) -> list[str]:
    """With this one a place earlier (-1) or later (1); as it was where there is none."""
    moved = list(order)
    if key in moved:
        at = moved.index(key)
        to = min(max(at + by, 0), len(moved) - 1)
        moved[at], moved[to] = moved[to], moved[at]
    return moved


def _go_nearest(fixed: Sequence[Waypoint], loose: Sequence[Waypoint], start: Point | None) -> list[Waypoint]:
    """Each time to the nearest: of the loose ones, and of the fixed ones the next."""
    hours, left, way = list(reversed(fixed)), list(loose), list[Waypoint]()
    here = start or next((one.point for one in [*fixed, *loose] if one.point is not None), None)
    while hours or left:
        near = min([*hours[-1:], *left], key=lambda one: (_measure_step(here, one.point), one.key))
        way.append(near)
        (hours if near.hour is not None else left).remove(near)
        here = near.point or here
    return way


def _measure_step(here: Point | None, there: Point | None) -> float:
    return distance(*here, *there) if here is not None and there is not None else 0.0


def _shorten(way: list[Waypoint], start: Point | None) -> list[Waypoint]:
    """Turn pieces round while that shortens the way, none in which two hours are fixed."""
    for _ in range(ROUNDS):
        before = way
        for begin in range(len(way) - 1):
            for end in range(begin + 2, len(way) + 1):
                way = _turn(way, begin, end, start)
        if way == before:
            break
    return way


def _list_points(piece: Sequence[Waypoint]) -> list[Point]:
    return [one.point for one in piece if one.point is not None]


def _turn(way: list[Waypoint], begin: int, end: int, start: Point | None) -> list[Waypoint]:
    """With the piece between these turned round, if that may be and is shorter by a metre at least."""
    piece = way[begin:end]
    if sum(one.hour is not None for one in piece) > 1:
        return way
    known = _list_points(piece)
    if not known:
        return way
    before = next(iter(_list_points(way[begin - 1 :: -1] if begin else [])), start)
    after = next(iter(_list_points(way[end:])), None)
    now = _measure_step(before, known[0]) + _measure_step(known[-1], after)
    then = _measure_step(before, known[-1]) + _measure_step(known[0], after)
    return [*way[:begin], *reversed(piece), *way[end:]] if then < now - 1 else way
