"""Figures on the terminal: a name, a value, a unit, and where there is one the target and whether it is met."""

from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def heading(text: str) -> None:
    """Begin a part."""
    print(f"\n{text}\n{'-' * len(text)}", flush=True)


def figure(name: str, value: float, unit: str, *, at_least: float | None = None, at_most: float | None = None) -> None:
    """Print one figure and how it stands to its target."""
    text = f"{name:<52} {value:>10,.1f} {unit:<6}"
    if at_least is not None:
        text += f"  target ≥ {at_least:,g}: {'reached' if value >= at_least else 'NOT reached'}"
    if at_most is not None:
        text += f"  target ≤ {at_most:,g}: {'reached' if value <= at_most else 'NOT reached'}"
    print(text, flush=True)
