"""What all who deal with jobs share: what does one, how often it is tried, and what is announced of them."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import orjson

CHANNEL = "ch_pgqueuer"
"""Where PGQueuer announces new jobs."""

Handler = Callable[[Any], Awaitable[None]]
"""Takes the payload; running it twice must do no harm, since a killed worker's job runs again."""

ATTEMPTS = 8
"""Tries before a job is put aside as failed; with the delays between them, about two hours."""

SILENT = timedelta(seconds=20)
"""A job whose worker said nothing for so long is taken again: nothing waits longer than half a minute for it."""

Hears = Callable[[str | bytes | bytearray], None]
"""Takes what was announced, as JSON."""


class JobSignal:
    """What was announced on CHANNEL, handed on by whoever holds the link: one of its own would be one more connection.

    A signal that is lost costs no job: they are looked for every few seconds.
    """

    def __init__(self) -> None:
        self._callbacks: list[Hears] = []

    def notify(self, payload: Any) -> None:
        """This was announced, on the link or in this process."""
        for callback in list(self._callbacks):
            callback(orjson.dumps(payload))

    def add(self, callback: Hears) -> None:
        """PGQueuer wants to hear."""
        self._callbacks.append(callback)

    def remove(self, callback: Hears) -> None:
        """PGQueuer wants to hear no more."""
        with suppress(ValueError):
            self._callbacks.remove(callback)
