"""Figures on the terminal: a name, a value, a unit, its ratio to the machine, and whether its target is met."""

from collections.abc import Sequence

from tests.bench.form import Sized
from tests.bench.machine import measure_against, scale


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def heading(text: str) -> None:
    """Begin a part."""
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def write_number(value: float) -> str:
    """As many places as say something."""
    return f"{value:,.3f}" if abs(value) < 1 else f"{value:,.2f}" if abs(value) < 10 else f"{value:,.1f}"


def figure(
    name: str,
    value: float,
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    by: str | None = None,
    size: Sized | None = None,
) -> None:
    """Print one figure and how it stands to its target.

    `by` is the yardstick (`machine.YARDSTICKS`) that it hangs on: the target is that of the reference machine, and is
    measured as its ratio on this one. It is for the `size` of the long form: a shorter run says nothing about it.
    """
    text = f"{name:<52} {write_number(value):>10} {unit:<6}"
    if by is not None:
        text += f" = {write_number(measure_against(value, by))} × {by}"
    for sign, target, is_met in (("≥", at_least, _is_at_least), ("≤", at_most, _is_at_most)):
        if target is not None:
            here = target if by is None else scale(target, by)
            said = f"{target:,g}" if by is None else f"{target:,g}, here {write_number(here)}"
            verdict = "reached" if is_met(value, here) else "NOT reached"
            if size is not None and size.now < size.long:
                verdict = f"not judged with {size.now:,}, it is for {size.long:,}"
            text += f"  target {sign} {said}: {verdict}"
    print(text, flush=True)


def _is_at_least(value: float, target: float) -> bool:
    return value >= target


def _is_at_most(value: float, target: float) -> bool:
    return value <= target
