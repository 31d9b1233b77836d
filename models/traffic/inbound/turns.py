"""When it is the turn of what just came in: who sends much at once is behind those who send little, not before them.

Each domain has a clock of its own: it goes with ours, and a step ahead with each activity. What waits is taken in the
order of these moments, so nothing is held up where nobody else waits, and an activity of a quiet server is taken before
the thousands that came from a loud one. None is more than MOST_AHEAD behind, so a loud one has its turn too.

One domain is what somebody registered, with all names under it: servers whose names somebody lends under one of hers
share a clock, and whoever registers many has many. What comes again counts like what is new, since its turn is given
before it is looked up. A clock of ours that is set back takes turns back with it; what an actor sent keeps its order.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

STEP = timedelta(milliseconds=20)
"""Fifty activities a second of one domain are nobody's flood."""

MOST_AHEAD = timedelta(minutes=2)

MOST_DOMAINS = 4096
"""So many clocks are kept; those whose last activity is the longest ago go first, and they are mostly ours again."""


class Turns:
    """The clocks of the domains that sent something lately, as far as this process knows."""

    def __init__(self) -> None:
        self._clocks: OrderedDict[str, datetime] = OrderedDict()

    def take(self, domain: str, *, at: datetime) -> datetime:
        """The turn of one more activity of this domain, which came at this moment."""
        last = self._clocks.pop(domain, None)
        turn = at if last is None else max(at, min(last + STEP, at + MOST_AHEAD))
        self._clocks[domain] = turn
        if len(self._clocks) > MOST_DOMAINS:
            self._clocks.popitem(last=False)
        return turn

    def __len__(self) -> int:
        return len(self._clocks)
