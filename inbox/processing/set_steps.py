"""Which activities of a set take effect in one step: of one kind, in the order of each actor, none about the other."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from inbox.posts.sets.values import Touched


@dataclass(frozen=True, slots=True)
class Waiting:
    """One of the set by its place in it."""

    place: int
    actor_uri: str
    kind: Any
    touched: Touched


@dataclass(frozen=True, slots=True)
class SetStep:
    """Places in the set, in its order."""

    kind: Any
    places: list[int]


def list_steps(waiting: Sequence[Waiting]) -> Iterator[SetStep]:
    """All of them: of the kind with which most actors go on, what each sent of it in a row, and so on.

    So many actors who sent the same kinds in the same order need as many steps as one of them, and one who changes at
    every activity needs as many as she sent.
    """
    lanes: dict[str, deque[Waiting]] = {}
    for one in waiting:
        lanes.setdefault(one.actor_uri, deque()).append(one)
    while lanes:
        [(name, _)] = Counter(id(lane[0].kind) for lane in lanes.values()).most_common(1)
        kind = next(lane[0].kind for lane in lanes.values() if id(lane[0].kind) == name)
        yield SetStep(kind, sorted(_take(kind, lanes)))
        lanes = {actor_uri: lane for actor_uri, lane in lanes.items() if lane}


def _take(kind: Any, lanes: dict[str, deque[Waiting]]) -> Iterator[int]:
    changed: set[str] = set()
    seen: set[str] = set()
    for lane in lanes.values():
        while lane and lane[0].kind is kind and _stands_apart(lane[0].touched, changed, seen):
            one = lane.popleft()
            changed |= one.touched.changed
            seen |= one.touched.seen
            yield one.place


def _stands_apart(touched: Touched, changed: set[str], seen: set[str]) -> bool:
    return touched.changed.isdisjoint(changed | seen) and touched.seen.isdisjoint(changed)
