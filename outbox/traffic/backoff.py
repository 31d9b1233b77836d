"""When to try again what did not arrive: pure, so that every line of the schedule is a test (HT6)."""

from datetime import datetime, timedelta

WAITS = (
    timedelta(seconds=15),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=40),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)
"""How long to wait after the first, second… failure; after these, a day each time."""

DAILY = timedelta(days=1)
LONGEST = timedelta(days=10)
"""After so long the author is told that it did not arrive."""

JITTER = 0.25
MOST_OBEYED = timedelta(days=1)
"""A peer that asks for more patience than this in Retry-After is asked again sooner than it likes."""


def next_attempt(
    *, failures: int, created_at: datetime, at: datetime, chance: float, retry_after: int | None = None
) -> datetime | None:
    """When to try again after this many failures, this one included; None when it is time to give up.

    `chance` from 0 to 1 spreads the waits by a quarter either way; `retry_after` are the seconds that the peer asks
    for, which are waited at least.
    """
    wait = WAITS[failures - 1] if failures <= len(WAITS) else DAILY
    wait *= 1 + JITTER * (2 * chance - 1)
    if retry_after is not None:
        wait = max(wait, min(timedelta(seconds=max(retry_after, 0)), MOST_OBEYED))
    end = created_at + LONGEST
    if at >= end:
        return None
    return min(at + wait, end)  # the last try is on the tenth day itself, not a day before
