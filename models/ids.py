"""Time-ordered 63-bit ids, made here and not by the database, so that an object knows its id before it is stored."""

import itertools
import secrets
import time
from datetime import UTC, datetime

EPOCH = datetime(1990, 1, 1, tzinfo=UTC)
"""Chosen so that every id from 2026 to 2061 has nineteen digits: decimal strings then sort by arrival."""

_EPOCH_MICROSECONDS = int(EPOCH.timestamp()) * 1_000_000
_SEQUENCE_BITS = 12
_sequence = itertools.count(secrets.randbelow(1 << _SEQUENCE_BITS))


def make_id() -> int:
    """A new id: microseconds since EPOCH, then twelve bits that differ within a process and start at random.

    Mastodon clients page by these ids (clients.md §1.1), hence decimal, growing and never reused.
    """
    microseconds = time.time_ns() // 1_000 - _EPOCH_MICROSECONDS
    return (microseconds << _SEQUENCE_BITS) | (next(_sequence) & ((1 << _SEQUENCE_BITS) - 1))
