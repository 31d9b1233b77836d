"""What may leave the house: no count that is so small that somebody could be recognised by it. Pure."""

from collections.abc import Mapping, Sequence

LEAST = 5
"""Smaller counts are not shown."""


def hide_small(counts: Sequence[int]) -> list[int | None]:
    """The counts that may be shown, None in the place of the others.

    What is between none and LEAST is hidden, and the smallest of the others with it: else what all of them make
    together would tell.
    """
    shown: list[int | None] = [None if 0 < one < LEAST else one for one in counts]
    if None in shown:
        others = [one for one in shown if one]
        if others:
            shown[shown.index(min(others))] = None
    return shown


def hide_alone(count: int) -> int | None:
    """A figure that stands by itself."""
    return None if 0 < count < LEAST else count


def merge_small(counts: Mapping[str, int]) -> tuple[dict[str, int], list[str]]:
    """The places that stand by themselves, of most repairs first, and the names of those that make one line together.

    These make at least LEAST as far as there are any: the smallest of the others joins them until they do.
    """
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    alone = {name: count for name, count in ordered if name and count >= LEAST}
    together = [name for name, count in ordered if name not in alone]
    while together and alone and sum(counts[name] for name in together) < LEAST:
        last = next(reversed(alone))
        del alone[last]
        together.append(last)
    return alone, together
