"""Time-ordered 63-bit ids, made here and not by the database, so that an object knows its id before it is stored."""

import itertools
import os
import secrets
import time
from datetime import UTC, datetime

EPOCH = datetime(1990, 1, 1, tzinfo=UTC)
"""Chosen so that every id from 2026 to 2061 has nineteen digits: decimal strings then sort by arrival."""

_EPOCH_MICROSECONDS = int(EPOCH.timestamp()) * 1_000_000
HIGHEST_ID = 2**63 - 1
"""The highest id that a row can have (PostgreSQL's bigint)."""

SEQUENCE_BITS = 12
"""The lowest bits of an id, which tell those of one microsecond apart."""

_sequence = itertools.count(secrets.randbelow(1 << SEQUENCE_BITS))


def _begin_elsewhere() -> None:
    """A process that was forked does not count on from where its parent was, as those beside it would too."""
    global _sequence
    _sequence = itertools.count(secrets.randbelow(1 << SEQUENCE_BITS))


os.register_at_fork(after_in_child=_begin_elsewhere)


def make_id(moment: datetime | None = None) -> int:
    """A new id: microseconds since EPOCH, then twelve bits that differ within a process and start at random.

    Mastodon clients page by these ids, hence decimal, growing and never reused. What is fetched long after it was
    published takes its place in time: at that `moment`.
    """
    now = time.time_ns() // 1_000 if moment is None else int(moment.timestamp() * 1_000_000)
    microseconds = now - _EPOCH_MICROSECONDS
    return (microseconds << SEQUENCE_BITS) | (next(_sequence) & ((1 << SEQUENCE_BITS) - 1))
