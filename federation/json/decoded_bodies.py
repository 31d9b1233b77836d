"""What a body says, handed on within this process: from where it was read and checked to where it takes effect."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from federation.json.fields import Json

MOST = 400
"""So many are kept: twice what is taken at the same time. What comes while all places are full is read again later."""

MOST_BYTES = 512 * 1024
"""So long all of them may be together, as bodies. What servers send takes five times as much memory once it is read, as
JSON and as an activity; the most that somebody could think of, `[{"":[]},…]`, some 31 times."""

KEPT_SECONDS = 10.0
"""What nobody took by then was taken by another process, or had come before: the next to keep or to take drops it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A JSON object as it stands, read once; `misread` where its words mean something else than they seem to.

    `activity` is what `read_activity` made of this very document, where that was done already.
    """

    document: Json
    misread: bool
    activity: Any = None


class DecodedBodies:
    """Found by their bytes and by nothing else: whoever takes one has what those very bytes say.

    Each is taken once. Nothing is kept before somebody came to take: a process that only answers needs none.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, tuple[float, Decoded]] = OrderedDict()
        self._bytes = 0
        self._wanted = False

    def keep(self, body: bytes, decoded: Decoded) -> None:
        """Remember what this body says, as long as there is room."""
        if not self._wanted:
            return
        now = time.monotonic()
        self._drop_old(now)
        if len(self._kept) < MOST and self._bytes + len(body) <= MOST_BYTES and body not in self._kept:
            self._kept[body] = (now + KEPT_SECONDS, decoded)
            self._bytes += len(body)

    def take(self, body: bytes) -> Decoded | None:
        """What this body says, where it was read here a moment ago; None where it has to be read."""
        self._wanted = True
        self._drop_old(time.monotonic())
        found = self._kept.get(body)
        if found is None:
            return None
        self._drop(body)
        return found[1]

    def _drop_old(self, now: float) -> None:
        while self._kept and next(iter(self._kept.values()))[0] < now:
            self._drop(next(iter(self._kept)))

    def _drop(self, body: bytes) -> None:
        del self._kept[body]
        self._bytes -= len(body)

    def __len__(self) -> int:
        return len(self._kept)
